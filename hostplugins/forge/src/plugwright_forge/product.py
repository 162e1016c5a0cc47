"""What the team made: everything that a bundle and a decision need."""

from __future__ import annotations

from dataclasses import dataclass

from plugwright.judging import Report
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.bench import Description
from plugwright_forge.matrix import Matrix, Trial
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


@dataclass(frozen=True)
class Failure:
    """The gate stayed shut."""

    attempt: Attempt
    missing: tuple[str, ...]
    """What would have to hold, in words."""
