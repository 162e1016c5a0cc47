import re
from collections import Counter
from typing import TypedDict

from plugwright_sdk import InputError, command

LETTERS = r"[^\W\d_]+"
WORD = re.compile(rf"{LETTERS}(?:['-]{LETTERS})*")


class Count(TypedDict):
    word: str
    count: int


def small(text: str) -> str:
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower()


@command(name="top-words")
def top_words(text: str, n: int, ignored: list[str]) -> list[Count]:
    """Say which words are used most."""
    if n < 0:
        raise InputError("`n` must not be negative")
    left_out = {small(word) for word in ignored}
    counts = Counter(w for w in WORD.findall(small(text)) if w not in left_out)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    if n == 0:
        return []
    least = counts[ranked[n - 1]] if n <= len(ranked) else 0
    return [
        {"word": word, "count": counts[word]}
        for word in ranked
        if counts[word] >= least
    ]
