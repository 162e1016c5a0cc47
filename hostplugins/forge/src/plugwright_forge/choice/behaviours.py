"""What programs do, however they are written: candidates are counted in this."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from plugwright_forge.choice.matrix import Matrix


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """Programs that pass the same tests and give the same outputs."""

    programs: tuple[str, ...]
    votes: int
    """How many independent candidates do this."""
    passed: frozenset[str]
    outputs: tuple[str | None, ...]

    @cached_property
    def voice(self) -> float:
        """How much it counts: the root of its votes."""
        return sqrt(self.votes)

    @property
    def name(self) -> str:
        """Call it by its first program."""
        return self.programs[0]


def behaviours(
    matrix: Matrix, tests: Collection[str] | None = None
) -> tuple[Behaviour, ...]:
    """Give the different behaviours, by these tests only if some are named."""
    counted = frozenset(matrix.tests if tests is None else tests)
    return matrix.once(("behaviours", counted), lambda: _behaviours(matrix, counted))


def _behaviours(matrix: Matrix, counted: frozenset[str]) -> tuple[Behaviour, ...]:
    found: dict[tuple[frozenset[str], tuple[str | None, ...]], list[str]] = {}
    for row in matrix.rows:
        key = matrix.passed(row.program.id) & counted, row.outputs
        found.setdefault(key, []).append(row.program.id)
    return tuple(
        Behaviour(
            programs=tuple(programs),
            votes=len({matrix.row(one).program.lineage for one in programs} - {""}),
            passed=passed,
            outputs=outputs,
        )
        for (passed, outputs), programs in found.items()
    )


@dataclass(frozen=True)
class Share:
    """How much of the different behaviours passes a test."""

    passing: float
    total: float
    behaviours: int

    def usual_beside(self, voice: float, *, passes: bool) -> float:
        """Give the chance that another behaviour passes, as far as others say.

        Beside one of this voice, which was run and passes it, or does not.
        """
        others = max(self.total - voice, 0.0)
        passing = max(self.passing - (voice if passes else 0.0), 0.0)
        return (min(passing, others) + 0.5) / (others + 1)

    @property
    def part(self) -> float:
        """Give it between 0 and 1."""
        return self.passing / self.total if self.total else 0.0

    @property
    def usual(self) -> float:
        """Give it as a chance, which is never 0 or 1."""
        return (self.passing + 0.5) / (self.total + 1)


def shares(matrix: Matrix) -> dict[str, Share]:
    """Say for each test which share of the behaviours passes it.

    A behaviour counts with the root of its votes: many copies of one mistake are not
    many witnesses, and neither is a right program that many found one witness only.
    """
    return matrix.once("shares", lambda: _shares(matrix))


def _shares(matrix: Matrix) -> dict[str, Share]:
    passing = dict.fromkeys(matrix.tests, 0.0)
    total = dict.fromkeys(matrix.tests, 0.0)
    count = dict.fromkeys(matrix.tests, 0)
    for behaviour in behaviours(matrix):
        voice = behaviour.voice
        for test in behaviour.passed:
            passing[test] += voice
            total[test] += voice
            count[test] += 1
        for test in matrix.failed(behaviour.name):
            total[test] += voice
            count[test] += 1
    return {
        test: Share(passing=passing[test], total=total[test], behaviours=count[test])
        for test in matrix.tests
    }
