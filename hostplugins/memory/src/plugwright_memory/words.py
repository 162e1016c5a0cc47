"""Texts as the words that they are found by, and questions as phrases of such words.

Only words reach SQLite, each in quotes, so that no question can be a mistake in its
language of queries.
"""

from __future__ import annotations

import re
from hashlib import sha256
from unicodedata import normalize

MOST_TERMS = 32
"""How many different words of a question count."""

# Languages that put no spaces between words: each character is a word by itself, and
# a word of a question is a phrase of them.
_UNSPACED = re.compile(
    r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
_WORD = re.compile(r"\w+")


def spaced(text: str) -> str:
    """Part what is written without spaces."""
    return _UNSPACED.sub(r" \1 ", text)


def terms(question: str) -> list[str]:
    """Give the different words of a question, each as a phrase for FTS5."""
    found = {word.lower(): word for word in _WORD.findall(normalize("NFC", question))}
    return [f'"{spaced(word).strip()}"' for word in found.values()][:MOST_TERMS]


def filed(about: str) -> str:
    """Give the one word that stands for a subject, exactly as it is written."""
    return f"subject{sha256(about.encode()).hexdigest()[:24]}"
