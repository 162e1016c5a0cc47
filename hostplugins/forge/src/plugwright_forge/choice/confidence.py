"""How probably the winner is right, with what that is made of.

What is believed is an estimate; a curve, fitted to what became of earlier estimates,
makes a calibrated probability of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from plugwright_forge.choice.belief import believe
from plugwright_forge.choice.curves import Curve
from plugwright_forge.choice.ledger import Ledger
from plugwright_forge.choice.matrix import Matrix
from plugwright_forge.choice.trust import Source


@dataclass(frozen=True, kw_only=True)
class Confidence:
    """A probability, and its inputs."""

    probability: float
    estimate: float
    """Before calibration; to be kept, together with what became of it."""
    votes: int
    """Independent candidates that do the same."""
    voices: int
    """Independent candidates in all."""
    behaviours: int
    rival: float
    """How probably the next best behaviour is the right one."""
    unseen: float
    """How probably none of them is right."""
    approved_failed: tuple[str, ...]
    approved: int
    trusted_failed: tuple[str, ...]
    trusted: int

    @property
    def percent(self) -> int:
        """Give the whole percents that it reaches: 84.9 % is not 85 %."""
        return floor(100 * self.probability + 1e-9)

    def in_words(self) -> str:
        """Say it with its reasons."""
        return (
            f"{self.percent}% sure: {self.votes} of {self.voices} candidates do "
            f"the same, among {self.behaviours} behaviours; it passes "
            f"{self.approved - len(self.approved_failed)} of {self.approved} approved "
            f"examples and {self.trusted - len(self.trusted_failed)} of {self.trusted} "
            f"trusted tests; the next best is right with {self.rival:.0%}, none of "
            f"them with {self.unseen:.0%}"
        )


FITTED = Curve(
    ((0.0, 0.0), (0.1, 0.52), (0.72, 0.615), (0.87, 0.85), (0.9, 0.88), (1.0, 0.97))
)
"""Fitted by hand to what became of 1,680 sessions of the contest: who wins with a low
estimate is right half of the time, however low it is; and nothing is ever certain."""


def confidence(
    matrix: Matrix, ledger: Ledger, winner: str, curve: Curve = FITTED
) -> Confidence:
    """Estimate how probably the winner is right."""
    belief = believe(matrix, ledger)
    estimate = belief.of(winner)
    mine = next(b for b in belief.behaviours if winner in b.programs)
    others = zip(belief.behaviours, belief.weights, strict=True)
    approved = [t for t in matrix.tests if ledger[t].source is Source.APPROVED]
    trusted = [t for t in ledger.rejecting(matrix.tests) if t not in approved]
    failed = matrix.failed(winner)
    return Confidence(
        probability=min(max(curve(estimate), 0.0), 1.0),
        estimate=estimate,
        votes=mine.votes,
        voices=matrix.voices,
        behaviours=len(belief.behaviours),
        rival=max((weight for b, weight in others if b is not mine), default=0.0),
        unseen=belief.unseen,
        approved_failed=tuple(t for t in approved if t in failed),
        approved=len(approved),
        trusted_failed=tuple(t for t in trusted if t in failed),
        trusted=len(trusted),
    )
