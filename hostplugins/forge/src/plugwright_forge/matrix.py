"""Programs against tests: every version of every candidate, and what it passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from plugwright.judging import Report, TestResult, Verdict
from plugwright_forge.acceptance import Acceptance, function_of, requirement_of
from plugwright_forge.choice import Ledger


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One version of one candidate, and how it did."""

    candidate: int
    iteration: int
    """0 for the first version; each repair, mend or rewrite of it is one more."""
    code: str
    report: Report
    problems: tuple[str, ...] = ()
    """Where its interface is not the specification's."""
    commit: str = ""

    @property
    def files(self) -> dict[str, str]:
        """As a judge wants them."""
        return {"plugin.py": self.code}

    @property
    def loads(self) -> bool:
        """Whether any single test of it could be run."""
        return any("::" in result.test for result in self.report.results)

    @property
    def fuel(self) -> int:
        """What all its tests used together."""
        return sum(result.fuel for result in self.report.results)


@dataclass(frozen=True)
class Matrix:
    """What passed, by test function: all of its cases must."""

    acceptance: Acceptance
    ledger: Ledger | None = None
    """How far each test is trusted; without one, what proves something is trusted."""

    @cached_property
    def rejecting(self) -> frozenset[str]:
        """Give the tests that may reject a candidate."""
        if self.ledger is None:
            return self.acceptance.trusted
        return frozenset(self.ledger.rejecting(self._known))

    @cached_property
    def ranking(self) -> frozenset[str]:
        """Give the tests that may at least tell who is better: those too."""
        if self.ledger is None:
            return self.acceptance.trusted
        return frozenset(self.ledger.ranking(self._known))

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Give the tests that may do neither."""
        return tuple(t for t in self.acceptance.functions if t not in self.ranking)

    @property
    def _known(self) -> tuple[str, ...]:
        tests = self.acceptance.functions
        return tuple(t for t in tests if self.ledger is None or t in self.ledger)

    def passed(self, trial: Trial) -> frozenset[str]:
        """Give the test functions that a trial passes."""
        met = {function_of(result.test) for result in trial.report.results}
        failed = {
            function_of(result.test)
            for result in trial.report.results
            if result.verdict is not Verdict.AC
        }
        return frozenset(self.acceptance.functions) & (met - failed)

    def trusted(self, trial: Trial) -> frozenset[str]:
        """Give the trusted ones among them."""
        return self.passed(trial) & self.rejecting

    def ranked(self, trial: Trial) -> frozenset[str]:
        """Give those that may rank, and are passed."""
        return self.passed(trial) & self.ranking

    def failures(self, trial: Trial) -> tuple[TestResult, ...]:
        """Give what a trial has to answer for, what is trusted most first.

        A right test that nobody passes has little trust, so those that rank count too.
        """
        ranking = self.ranking
        found = [
            result
            for result in trial.report.results
            if result.verdict is not Verdict.AC
            and (not trial.loads or function_of(result.test) in ranking)
        ]
        return tuple(sorted(found, key=self._doubt))

    def _doubt(self, result: TestResult) -> float:
        function = function_of(result.test)
        if self.ledger is None or function not in self.ledger:
            return 0.0
        return -self.ledger.trust(function)

    def aside(self, trial: Trial) -> tuple[str, ...]:
        """Give the tests that a flawless trial fails: none of them is trusted."""
        passed = self.passed(trial)
        return tuple(name for name in self.acceptance.functions if name not in passed)

    def flawless(self, trial: Trial) -> bool:
        """Tell whether nothing that is known speaks against it."""
        return (
            self.ranked(trial) == self.ranking
            and not trial.problems
            and not trial.report.denied
        )

    def met(self, trial: Trial) -> frozenset[str]:
        """Give the requirements whose trusted tests all pass, if there are any."""
        passed = self.trusted(trial)
        failed = self.rejecting - passed
        met = {requirement_of(test) for test in passed}
        # An example that a person approved is of no requirement in particular.
        return frozenset(met - {requirement_of(test) for test in failed} - {""})

    def in_words(self, trials: Iterable[Trial]) -> str:
        """Write the whole matrix as a Markdown table."""
        columns = tuple(trials)
        head = [f"{trial.candidate}.{trial.iteration}" for trial in columns]
        lines = [_row("test", *head), _row(*["---"] * (len(head) + 1))]
        for function in self.acceptance.functions:
            mark = "" if function in self.rejecting else " (not trusted)"
            cells = [_verdicts(trial.report, function) for trial in columns]
            lines.append(_row(function + mark, *cells))
        return "\n".join(lines)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _verdicts(report: Report, function: str) -> str:
    found = [r.verdict for r in report.results if function_of(r.test) == function]
    worst = [verdict for verdict in found if verdict is not Verdict.AC]
    return next(iter(worst or found), Verdict.CE).value
