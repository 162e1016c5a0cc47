"""The built-in hashing embedding: texts that share words and word pieces are near.

It finds shared words and pieces of words, not meaning: `car` is as far from `auto` as
from `tree`. In return it needs no model, no network and no download, and gives the same
vector on every machine for ever.

A word counts as much as its pieces together: each run of three letters, and the word
itself, so that `practising` is near `practises` and a letter may be wrong. Each piece
is hashed to one of the places of a vector, with a sign, so that two pieces in one place
take from each other as often as they add.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from zlib import crc32

from plugwright_memory.words import each_word

NAME = "hashing"
"""What the settings call it."""
LENGTH = 512


class Hashing:
    """Gives vectors by hashing. It knows words and their pieces, and no meaning."""

    identity = f"built-in hashing/1 of words and pieces, {LENGTH}"
    """Changes with anything that changes a vector."""
    at_least = 0.2
    """Texts without anything in common are as near as this once in a million."""
    weight = 0.1
    """It knows nothing that words do not know better, but for their spelling."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give a vector for each text."""
        return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    vector = [0.0] * LENGTH
    for word in each_word(text):
        for place, part in _placed(word):
            vector[place] += part
    return vector


@lru_cache(maxsize=1 << 14)
def _placed(word: str) -> tuple[tuple[int, float], ...]:
    """Give the places of a word's pieces, and what each adds there."""
    framed = f"^{word[:64]}$"
    pieces = {framed, *(framed[n : n + 3] for n in range(len(framed) - 2))}
    part = 1 / sqrt(len(pieces))
    hashes = [crc32(piece.encode("utf-8", "surrogatepass")) for piece in sorted(pieces)]
    return tuple(
        (each % LENGTH, part if each & 0x80000000 else -part) for each in hashes
    )
