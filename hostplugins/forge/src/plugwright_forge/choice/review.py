"""Peer review: two behaviours side by side, by what they do, asked in both orders.

Whoever is asked sees inputs and outputs, never code and never a name. An opinion counts
only if it is the same in both orders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plugwright_forge.choice.matrix import Matrix

MOST_REVIEWED = 4
MOST_SHOWN = 3


class Opinion(StrEnum):
    """Which of two is better."""

    FIRST = "first"
    SECOND = "second"
    NONE = "none"


@dataclass(frozen=True)
class Shown:
    """One probe on which two programs differ."""

    probe: str
    first: str
    second: str


Reviewer = Callable[[tuple[Shown, ...]], Opinion]
"""Asked twice about each pair; the second time with first and second exchanged."""


@dataclass(frozen=True, kw_only=True)
class Duel:
    """One pair, and what was said."""

    first: str
    second: str
    shown: tuple[Shown, ...]
    forwards: Opinion
    backwards: Opinion

    @property
    def winner(self) -> str | None:
        """Give the program that both orders prefer, if they agree."""
        match self.forwards, self.backwards:
            case Opinion.FIRST, Opinion.SECOND:
                return self.first
            case Opinion.SECOND, Opinion.FIRST:
                return self.second
        return None

    def in_words(self) -> str:
        """Say how it went."""
        if self.winner:
            other = self.second if self.winner == self.first else self.first
            return f"in both orders, {self.winner} is preferred to {other}"
        return (
            f"between {self.first} and {self.second} the two orders say "
            f"{self.forwards} and {self.backwards}, which is no opinion"
        )


def review(
    matrix: Matrix, programs: Sequence[str], ask: Reviewer
) -> tuple[str, tuple[Duel, ...]]:
    """Let programs meet in turn; without an opinion the earlier one stays."""
    best, duels = programs[0], []
    for other in programs[1:MOST_REVIEWED]:
        shown = differences(matrix, best, other)
        if not shown:
            continue
        turned = tuple(Shown(s.probe, s.second, s.first) for s in shown)
        duel = Duel(
            first=best,
            second=other,
            shown=shown,
            forwards=ask(shown),
            backwards=ask(turned),
        )
        duels.append(duel)
        best = duel.winner or best
    return best, tuple(duels)


def differences(matrix: Matrix, first: str, second: str) -> tuple[Shown, ...]:
    """Give the first few probes on which two programs differ."""
    rows = matrix.row(first).outputs, matrix.row(second).outputs
    return tuple(
        Shown(probe, one, other)
        for probe, one, other in zip(matrix.probes, *rows, strict=True)
        if one is not None and other is not None and one != other
    )[:MOST_SHOWN]
