"""Texts as the words that they are found by, and questions as phrases of such words.

Only words reach SQLite, each in quotes, so that no question can be a mistake in its
language of queries.
"""

from __future__ import annotations

import re
from hashlib import sha256
from unicodedata import category, normalize

OF_RUN = "kindrun"
"""The word that stands for what was said of a run."""
MOST_TERMS = 32
"""How many different words of a question count."""

# Scripts that put no spaces between words: each letter is a word by itself, and a word
# of a question is a phrase of them.
_UNSPACED = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
# Vowels and strokes that Hebrew and Arabic are written with or without. SQLite would
# part words at them.
_OPTIONAL = re.compile(
    r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)


def spaced(text: str) -> str:
    """Write a text so that each of its words is found, however it is spelt in Unicode.

    Whether an accent is a character by itself, whether letters are wide, joined or
    large: that makes no difference. What is written without spaces is parted.
    """
    return _parted(_plain(text))


def terms(question: str) -> list[str]:
    """Give the different words of a question, each as a phrase for FTS5."""
    found = dict.fromkeys(_words(_plain(question)))
    return [f'"{_parted(word).strip()}"' for word in found][:MOST_TERMS]


def each_word(text: str) -> list[str]:
    """Give all words of a text, in their order; of some scripts, each letter."""
    return _parted(" ".join(_words(_plain(text)))).split()


def filed(about: str) -> str:
    """Give the one word that stands for a subject, exactly as it is written."""
    return f"subject{sha256(about.encode()).hexdigest()[:24]}"


def _plain(text: str) -> str:
    return _OPTIONAL.sub("", normalize("NFKC", text).casefold())


def _parted(text: str) -> str:
    return _UNSPACED.sub(r" \1 ", text)


def _words(text: str) -> list[str]:
    # Marks belong to the letter before: the vowels of Hindi, Thai and others are some.
    is_within = {
        letter: letter.isalnum() or letter == "_" or category(letter)[0] == "M"
        for letter in {*text}
    }
    return "".join(each if is_within[each] else " " for each in text).split()
