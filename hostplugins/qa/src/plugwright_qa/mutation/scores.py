"""Which mutants the tests notice: every mutant is judged like any other plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from plugwright.judging import Case, Report, Verdict
from plugwright_qa.mutation.mutants import MOST, Mutant, mutants

JudgeMany = Callable[[Sequence[Case]], Sequence[Report]]
"""Judges cases, and gives their reports in the same order."""

ROOM = 10
"""How many times the fuel of the plugin's dearest test a mutant may use in one call."""
LEAST_FUEL = 50_000_000


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    """A test that the plugin passes failed, and not for want of time."""
    SURVIVED = "survived"
    """No test noticed it."""
    TIMED_OUT = "timed out"
    """All that was noticed is that it takes too long: a test without any assertion
    notices that, too, so it counts as not killed."""
    NO_MUTANT = "no mutant"
    """It could not be loaded, which says nothing about tests; not counted."""
    NOT_JUDGED = "not judged"
    """The judge itself failed; not counted."""


@dataclass(frozen=True, kw_only=True)
class Fated:
    """One mutant and what became of it."""

    mutant: Mutant
    fate: Fate
    killers: tuple[str, ...] = ()
    """The tests that killed it."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many mutants were noticed, of those that count."""

    killed: int
    counted: int

    @property
    def score(self) -> float | None:
        """The share that was killed; None where there was nothing to kill."""
        return self.killed / self.counted if self.counted else None


@dataclass(frozen=True, kw_only=True)
class Score:
    """How much a plugin's tests notice."""

    fates: tuple[Fated, ...]
    passed: tuple[str, ...]
    """The tests that the plugin itself passes: only they can kill."""

    @property
    def whole(self) -> Tally:
        """The tally of all mutants."""
        return _tally(self.fates)

    @property
    def functions(self) -> Mapping[str, Tally]:
        """The tally of each function, named `plugin.py: Plan.move`."""
        found: dict[str, list[Fated]] = {}
        for fated in self.fates:
            where = f"{fated.mutant.file}: {fated.mutant.function}"
            found.setdefault(where, []).append(fated)
        return {name: _tally(fates) for name, fates in found.items()}

    @property
    def kills(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the mutants that each test kills; a test without any notices no
        mistake."""
        return {
            test: tuple(f.mutant.id for f in self.fates if test in f.killers)
            for test in self.passed
        }


def score(
    case: Case,
    judge: JudgeMany,
    *,
    most: int = MOST,
    baseline: Report | None = None,
    of: Iterable[Mutant] | None = None,
) -> Score:
    """Judge each mutant of a plugin by the plugin's tests.

    `baseline` is the report on the plugin as it is, if there is one already; `of` are
    the mutants, if not all.
    """
    if baseline is None:
        (baseline,) = judge([replace(case, coverage=False)])
    good = {r.test for r in baseline.results if r.verdict is Verdict.AC}
    made = tuple(mutants(case.files, most=most) if of is None else of)
    # A mutant that never ends would use up all that a call may use, in every test.
    dearest = max((r.fuel for r in baseline.results), default=0)
    fuel = min(case.quota.fuel, max(LEAST_FUEL, ROOM * dearest))
    quota = replace(case.quota, fuel=fuel)
    reports = judge(
        [
            replace(
                case,
                files={**case.files, mutant.file: mutant.source},
                quota=quota,
                coverage=False,
            )
            for mutant in made
        ]
    )
    fates = tuple(
        _fated(mutant, report, good)
        for mutant, report in zip(made, reports, strict=True)
    )
    passed = tuple(r.test for r in baseline.results if r.test in good)
    return Score(fates=fates, passed=passed)


def _fated(mutant: Mutant, report: Report, good: set[str]) -> Fated:
    verdicts = {r.test: r.verdict for r in report.results}
    if verdicts and all(verdict is Verdict.CE for verdict in verdicts.values()):
        return Fated(mutant=mutant, fate=Fate.NO_MUTANT)
    told = {test: verdict for test, verdict in verdicts.items() if test in good}
    kinds = set(told.values()) - {Verdict.AC}
    noticed = kinds - {Verdict.TLE, Verdict.IE, Verdict.CE}
    killers = tuple(test for test, verdict in told.items() if verdict in noticed)
    if killers:
        return Fated(mutant=mutant, fate=Fate.KILLED, killers=killers)
    fate = Fate.SURVIVED
    if Verdict.TLE in kinds:
        fate = Fate.TIMED_OUT
    elif kinds:
        fate = Fate.NOT_JUDGED
    return Fated(mutant=mutant, fate=fate)


def _tally(fates: Iterable[Fated]) -> Tally:
    uncounted = (Fate.NO_MUTANT, Fate.NOT_JUDGED)
    counted = [each for each in fates if each.fate not in uncounted]
    killed = sum(each.fate is Fate.KILLED for each in counted)
    return Tally(killed=killed, counted=len(counted))
