"""The shape of a judge: acceptance tests in, one verdict per test out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from plugwright.quotas import Quota
from plugwright.sandboxes import GENERATED


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
class Report:
    """What the judge found about one plugin."""

    results: tuple[TestResult, ...]
    denied: tuple[str, ...] = ()
    """Permissions that the plugin reached for without a grant."""
    used: tuple[str, ...] = ()
    """Permissions that it really used, so that no more need be asked for."""

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


Watcher = Callable[[TestResult], None]


class Judge(Protocol):
    """Something that runs acceptance tests against a plugin."""

    name: str

    def judge(self, case: Case, watch: Watcher | None = None) -> Report:
        """Run every test; `watch` sees each result as it comes."""
