"""Whether fuel fell, from pairs: the same input before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb

NOTICED = 0.005
"""Part of an input's fuel; a smaller difference counts as none."""
WORTH = 0.02
"""Part of all fuel that a rewrite has to save; for less, nobody should read it."""
HARM = 0.05
"""Part by which small inputs may become dearer where large ones become cheaper."""
DOUBT = 0.01
"""How likely it may be that as many fall by chance."""


class Answer(StrEnum):
    """What pairs say."""

    BETTER = "better"
    WORSE = "worse"
    NOT_SURE = "not sure yet"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What pairs of fuel say, and why."""

    answer: Answer
    before: int
    after: int
    """Fuel of all inputs that count."""
    cheaper: int
    dearer: int
    alike: int
    doubt: float
    """How likely it is that so many got cheaper by chance."""

    @property
    def ratio(self) -> float:
        """After to before; below 1 is less."""
        return self.after / self.before if self.before else 1.0

    def in_words(self) -> str:
        """Say it in a line."""
        return (
            f"{self.answer}: {self.before:,} → {self.after:,} fuel "
            f"({self.ratio:.2f}); of {self.cheaper + self.dearer + self.alike} inputs "
            f"{self.cheaper} got cheaper, {self.dearer} dearer"
        )


def weighed(
    pairs: Sequence[tuple[int, int]], small: Sequence[tuple[int, int]] = ()
) -> Evidence:
    """Weigh (before, after) of inputs of some size; `small` ones may not suffer."""
    before, after = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    cheaper = sum(b < a * (1 - NOTICED) for a, b in pairs)
    dearer = sum(b > a * (1 + NOTICED) for a, b in pairs)
    fell, rose = chance(cheaper, dearer), chance(dearer, cheaper)
    harm = sum(b for _, b in small) > (1 + HARM) * sum(a for a, _ in small)
    answer = Answer.NOT_SURE
    if rose <= DOUBT and after > before * (1 + WORTH):
        answer = Answer.WORSE
    elif fell <= DOUBT and after < before * (1 - WORTH):
        answer = Answer.NOT_SURE if harm else Answer.BETTER
    return Evidence(
        answer=answer,
        before=before,
        after=after,
        cheaper=cheaper,
        dearer=dearer,
        alike=len(pairs) - cheaper - dearer,
        doubt=fell,
    )


def chance(wins: int, losses: int) -> float:
    """How likely so many wins, or more, are if both are equally likely (sign test)."""
    games = wins + losses
    ways = sum(comb(games, k) for k in range(wins, games + 1))
    return ways / float(2**games) if games < 1000 else float(wins <= losses)
