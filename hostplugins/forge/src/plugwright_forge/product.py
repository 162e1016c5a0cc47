"""What the team made: everything that a bundle and a decision need."""

from __future__ import annotations

from dataclasses import dataclass

from plugwright.judging import Mutants, Report
from plugwright.quality import Quality
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.bench import Description
from plugwright_forge.board import Board
from plugwright_forge.choice import Confidence, confidence
from plugwright_forge.delivering.tutorial import Demonstration
from plugwright_forge.gate import shown
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.optimising import Outcome
from plugwright_forge.specification import Specification, Wish


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The best version that came out of the trials, good or not."""

    specification: Specification
    matrix: Matrix
    trials: tuple[Trial, ...]
    best: Trial
    iterations: int
    """Rounds of repair that were spent."""
    board: Board
    """All that is known, as it was in the end."""
    version: str
    """What the best is called on the board."""
    ended: str = ""
    """Why the work ended before it was done, if it did."""
    mutants: Mutants | None = None
    """What its tests notice, if that was measured."""
    optimised: Outcome | None = None
    """What came of making it cheaper, if there was something to win."""

    @property
    def success(self) -> str:
        """Say which share of the requirements is shown to be met, and how surely."""
        met = len(shown(self.matrix, self.best, self.board, self.version))
        total = len(self.specification.requirements)
        rate = 100 * met // total if total else 0
        return (
            f"{met} of {total} requirements are shown to be met ({rate} %); "
            f"{self.certainty.in_words()}"
        )

    @property
    def certainty(self) -> Confidence:
        """Say how probably the best is right, and what that is made of."""
        return confidence(self.board.matrix, self.board.ledger, self.version)

    @property
    def confidence(self) -> float:
        """Say how probably the best is right."""
        return self.certainty.probability


@dataclass(frozen=True, kw_only=True)
class Product:
    """A plugin that passed everything, ready to be packed."""

    attempt: Attempt
    acceptance: Acceptance
    """The tests that travel with it."""
    description: Description
    permissions: tuple[Wish, ...]
    report: Report
    readme: str
    unsure: tuple[str, ...]
    shown: tuple[Demonstration, ...] = ()
    """Calls of its commands that gave an answer."""
    quality: Quality | None = None
    """What the stages found, if anybody could be asked."""


@dataclass(frozen=True)
class Failure:
    """The gate stayed shut."""

    attempt: Attempt
    missing: tuple[str, ...]
    """What would have to hold, in words."""
    quality: Quality | None = None
