"""The dice themselves."""

from __future__ import annotations

from random import Random


def roll(usual: int, sides: int = 6, seed: int | None = None) -> int:
    """Give a number from one to `sides`; the same for the same seed."""
    return Random(usual if seed is None else seed).randint(1, sides)
