"""Vectors as a few bytes each, and which of very many are likely to be near another.

Theory
------
To compare a vector with each of 100,000 others is too much for Python, and much for
anybody. So a vector is turned (its signs flipped by lot, then a Hadamard transform:
angles stay as they are, and no place means more than another), and of 256 places only
the signs are kept. A question is not cut down like this: what it has at each place adds
to those that have the same sign, and is taken from the others. That gives the order of
the cosines but for some noise, so a few hundred of the best are looked at exactly.

Python does this for all vectors at once: the bytes of one place of all codes stand
together, a *plane*, `bytes.translate` looks each up in a table of what it adds, and
whole planes are added as one large number, a byte for each sum. Nothing depends on an
extension of SQLite, which many Pythons cannot load.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import add, mul, sub

PLACES = 256
"""Signs that are kept of a vector."""
PLANES = PLACES // 8
"""Bytes of a code."""


def code_of(vector: Sequence[float]) -> bytes:
    """Give the signs of a vector, once it is turned."""
    turned = _turned(vector)
    bits = "".join(["1" if part > 0 else "0" for part in turned])
    # The first place is the lowest bit.
    return int(bits[::-1], 2).to_bytes(PLANES, "little")


def levels(planes: Sequence[bytes], vector: Sequence[float]) -> bytes:
    """Give for each code, from 0 to 255, how near it seems to be to a vector.

    Each plane has one byte of every code.
    """
    total = 0
    for plane, table in zip(planes, _tables(_turned(vector)), strict=True):
        total += int.from_bytes(plane.translate(table), "little")
    return total.to_bytes(len(planes[0]), "little")


def nearest(
    found: bytes, numbers: Sequence[int], most: int, fits: Callable[[int], bool]
) -> list[int]:
    """Give the numbers with the highest levels that fit, the best first."""
    best: list[int] = []
    for place in _places(found):
        number = numbers[place]
        if number and fits(number):  # 0 is nobody's
            best.append(number)
            if len(best) == most:
                break
    return best


def _places(found: bytes) -> Iterator[int]:
    for level in range(255, -1, -1):
        place = found.find(level)
        while place >= 0:
            yield place
            place = found.find(level, place + 1)


def _turned(vector: Sequence[float]) -> list[float]:
    size = max(PLACES, 1 << (len(vector) - 1).bit_length())
    signs = _signs(size)
    parts = [*map(mul, vector, signs), *[0.0] * (size - len(vector))]
    for _ in range(size.bit_length() - 1):
        firsts, seconds = parts[0::2], parts[1::2]
        parts = [*map(add, firsts, seconds), *map(sub, firsts, seconds)]
    return parts[:PLACES]


@lru_cache(maxsize=8)
def _signs(size: int) -> tuple[float, ...]:
    # The same for ever: codes in files were made with these.
    bits = random.Random(size).getrandbits(size)
    return tuple(1.0 if bits >> place & 1 else -1.0 for place in range(size))


def _tables(turned: Sequence[float]) -> Iterator[bytes]:
    """Say what each byte of each plane adds, so that no sum is more than a byte.

    That leaves three bits or so for a plane. To round them adds less noise than it does
    to keep signs only.
    """
    parts = [turned[first : first + 8] for first in range(0, PLACES, 8)]
    # Half a level for each plane is for rounding up.
    scale = (255 - PLANES / 2) / (2 * sum(map(abs, turned)) or 1.0)
    for each in parts:
        sums = [sum(map(abs, each)) * scale - sum(each) * scale + 0.5]
        for part in each:
            added = 2 * scale * part
            sums += [known + added for known in sums]
        yield bytes(map(int, sums))
