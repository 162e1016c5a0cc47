"""Chance that can be repeated: the same seed gives the same bytes, in either engine."""

from __future__ import annotations

import hashlib


class Stream:
    """Random bytes that only depend on a seed."""

    def __init__(self, seed: int) -> None:
        self._seed = (seed % (1 << 256)).to_bytes(32, "big")
        self._block = 0

    def take(self, count: int) -> bytes:
        """Give back the next bytes."""
        self._block += 1
        source = self._seed + self._block.to_bytes(8, "big")
        return hashlib.shake_256(source).digest(count)
