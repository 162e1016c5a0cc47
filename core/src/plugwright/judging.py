"""The shape of a judge: acceptance tests in, one verdict per test out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from plugwright.quotas import Quota
from plugwright.sandboxes import GENERATED, JSON


class Verdict(StrEnum):
    """How one test went, in the words of programming contests."""

    AC = "AC"
    """Accepted: the test passed."""
    WA = "WA"
    """Wrong answer: an assertion of the test failed, or the test was skipped."""
    TLE = "TLE"
    """Time limit: fuel or wall time ran out."""
    MLE = "MLE"
    """Memory limit."""
    OLE = "OLE"
    """Output limit: printed too much, sent too much or asked the host too often."""
    RE = "RE"
    """Runtime error: the plugin raised and the test did not expect it."""
    CE = "CE"
    """Compile error: the plugin, or the test file, could not be loaded."""
    SV = "SV"
    """Security violation: the plugin reached for what was not granted."""
    IE = "IE"
    """Internal error: the judge itself failed; says nothing about the plugin."""


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """What one acceptance test said."""

    __test__ = False  # not a test class, whatever pytest thinks of the name

    test: str
    """The test's id: `test_plan.py::test_moves_lessons[monday]`."""
    verdict: Verdict
    message: str = ""
    """Why it is not AC, for a person and for a repair prompt."""
    fuel: int = 0
    """What the plugin used in this test; exact and repeatable."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Which parts of one file were executed while its tests ran."""

    lines: tuple[int, ...] = ()
    """Lines with code that could be executed."""
    executed: tuple[int, ...] = ()
    """Those that were."""
    branches: tuple[tuple[int, int], ...] = ()
    """From line, to line: every way that a condition or a loop can go. Zero is the way
    out of the function, or of the module."""
    taken: tuple[tuple[int, int], ...] = ()
    """Those that were gone."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the judge found about one plugin."""

    results: tuple[TestResult, ...]
    denied: tuple[str, ...] = ()
    """Permissions that the plugin reached for without a grant."""
    used: tuple[str, ...] = ()
    """Permissions that it really used, so that no more need be asked for."""
    coverage: Mapping[str, Coverage] | None = None
    """By file of the plugin, if the case asked for it. The plugin could lie about what
    of it ran, and about nothing else."""

    @property
    def passed(self) -> bool:
        """Whether there are tests and every one is accepted."""
        return bool(self.results) and all(r.verdict is Verdict.AC for r in self.results)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One plugin and the tests that it has to pass."""

    name: str
    files: Mapping[str, str]
    """The plugin's own source text by file name, `plugin.py` among them."""
    tests: Mapping[str, str]
    """Ordinary pytest files by name; they never enter the plugin's sandbox."""
    permissions: tuple[str, ...] = ()
    quota: Quota = field(default_factory=Quota)
    """For each call that a test makes."""
    engine: str = GENERATED
    """The sandbox that the plugin runs in; its tests always run in the first one."""
    coverage: bool = False
    """Whether to say what of the plugin ran. Verdicts and fuel are as without: that
    comes from a second run, in which only this is measured."""


Watcher = Callable[[TestResult], None]


class Judge(Protocol):
    """Something that runs acceptance tests against a plugin."""

    name: str

    def judge(self, case: Case, watch: Watcher | None = None) -> Report:
        """Run every test; `watch` sees each result as it comes."""


class ManyJudge(Judge, Protocol):
    """A judge that can work on several cases side by side."""

    def judge_many(self, cases: Sequence[Case]) -> list[Report]:
        """Judge each case as `judge` would; reports come in the order of the cases."""


@dataclass(frozen=True, kw_only=True)
class Mutants:
    """What a plugin's tests notice of small mistakes put into it on purpose."""

    killed: int
    counted: int
    alive: tuple[str, ...] = ()
    """The mistakes that no test notices, in words."""
    kills: Mapping[str, int] = field(default_factory=dict)
    """How many each test notices, by the name of its function; only those that do."""
    survivors: tuple[Mapping[str, str], ...] = ()
    """The plugin's files with each mistake of `alive`, in the same order."""

    @property
    def score(self) -> float | None:
        """The share that is noticed; None where there was nothing to notice."""
        return self.killed / self.counted if self.counted else None


class MutantJudge(Judge, Protocol):
    """A judge that can also measure what tests are worth."""

    def mutate(self, case: Case, most: int, baseline: Report | None = None) -> Mutants:
        """Judge up to so many mutants of a plugin; `baseline` is its own report.

        That a mutant takes too long is not noticing it.
        """


@dataclass(frozen=True, kw_only=True)
class Call:
    """One thing that is asked of a plugin, or told to it."""

    command: str = ""
    arguments: Mapping[str, JSON] = field(default_factory=dict)
    event: str = ""
    """The name of what happened, if nothing is asked."""
    data: JSON = None


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What came of one call, as everybody outside can see it."""

    value: JSON = None
    refused: bool = False
    """Whether the plugin said that it cannot use this input."""
    failure: str = ""
    """What went wrong otherwise: `ValueError: ...`, or the quota that stopped it."""
    emitted: tuple[JSON, ...] = ()
    """The events that it told during the call."""
    fuel: int = 0


class Listener(Protocol):
    """A judge that can also say what tests ask of a plugin."""

    def calls(self, case: Case) -> Mapping[str, tuple[Call, ...]]:
        """Give the calls of each test, by its id, in the order in which it made them.

        They end where a test prepares what no story could: storage, files, the clock.
        """


class Observer(Protocol):
    """A judge that can also look at what a plugin does, without any expectation."""

    def observe(
        self, case: Case, stories: Sequence[Sequence[Call]]
    ) -> list[tuple[Observed, ...]]:
        """Play each story on a fresh plugin, call after call; its tests are ignored."""
