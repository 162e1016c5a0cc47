"""The forge: from a request to a plugin that is ready for a person's decision.

Read from the top, this is the whole way. Everything with a consequence is a step of the
session or follows from one, so the same code starts a session and resumes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plugwright.judging import Judge, Report
from plugwright.providers import Provider
from plugwright_forge.acceptance import Acceptance, write_acceptance
from plugwright_forge.answers import Answer
from plugwright_forge.bench import Bench, Describe, Description
from plugwright_forge.contest import Contest
from plugwright_forge.design import write_specification
from plugwright_forge.documentation import write_readme
from plugwright_forge.gate import missing
from plugwright_forge.history import History
from plugwright_forge.integration import Integration, review_integration
from plugwright_forge.interview import Person, assumptions, hold_interview
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.product import Attempt, Failure, Product
from plugwright_forge.session import Session
from plugwright_forge.specification import Specification
from plugwright_forge.team import Team
from plugwright_forge.watching import Watcher


class Forge:
    """One session at work."""

    def __init__(
        self,
        session: Session,
        *,
        provider: Provider,
        judge: Judge,
        describe: Describe,
        person: Person,
        watcher: Watcher,
    ) -> None:
        self._session = session
        self._options = session.options
        self._history = History(session)
        self._team = Team(session, provider, watcher)
        self._bench = Bench(session, judge, describe, watcher)
        self._person = person
        self._watcher = watcher

    def run(self) -> Product | Failure:
        """Do what is not done yet, and give what came out."""
        answers = self._interview()
        specification = self._specify(answers)
        acceptance = self._write_tests(specification)
        attempt = self._compete(specification, Matrix(acceptance))
        # Nothing more is asked of anybody for what cannot be proposed.
        lacking = self._missing(attempt.matrix, specification, attempt.best)
        if lacking:
            return self._fail(attempt, lacking)
        return self._finish(attempt, answers)

    def deliver(self, product: Product, bundle: Mapping[str, bytes]) -> None:
        """Bring the finished bundle into the session's folder."""
        self._history.keep_bundle(product, bundle)

    def _interview(self) -> tuple[Answer, ...]:
        self._watcher.phase("interview")
        self._history.keep_request()
        answers = hold_interview(self._team, self._session, self._person, self._watcher)
        self._history.keep_interview(answers)
        return answers

    def _specify(self, answers: tuple[Answer, ...]) -> Specification:
        self._watcher.phase("specification")
        request = self._options.request
        specification = write_specification(self._team, self._bench, request, answers)
        self._history.keep_specification(specification)
        return specification

    def _write_tests(self, specification: Specification) -> Acceptance:
        self._watcher.phase("tests")
        acceptance = write_acceptance(
            self._team, self._bench, self._options.request, specification
        )
        self._history.keep_tests(acceptance)
        return acceptance

    def _compete(self, specification: Specification, matrix: Matrix) -> Attempt:
        return Contest(
            self._session,
            self._team,
            self._bench,
            self._history,
            self._watcher,
            specification,
            matrix,
        ).hold()

    def _finish(
        self, attempt: Attempt, answers: tuple[Answer, ...]
    ) -> Product | Failure:
        description, integration = self._integrate(attempt)
        aside = attempt.matrix.aside(attempt.best)
        unsure = _unsure(attempt, answers, integration, aside)
        acceptance = attempt.matrix.acceptance.without(aside)
        report = self._judge_finally(attempt, acceptance, integration)

        self._watcher.phase("documentation")
        specification = attempt.specification
        readme = write_readme(
            self._team,
            self._options.request,
            specification,
            description,
            report,
            unsure,
        )

        self._watcher.phase("gate")
        final = replace(attempt.best, report=report)
        lacking = self._missing(Matrix(acceptance), specification, final)
        if lacking or not report.passed:
            return self._fail(attempt, lacking or ("not every test passes",))
        return Product(
            attempt=attempt,
            acceptance=acceptance,
            description=description,
            permissions=integration.permissions,
            report=report,
            readme=readme,
            unsure=unsure,
        )

    def _integrate(self, attempt: Attempt) -> tuple[Description, Integration]:
        self._watcher.phase("integration")
        best = attempt.best
        description = self._bench.describe("describe/final", best.files)
        integration = review_integration(
            self._team, attempt.specification, best, description
        )
        return description, integration

    def _judge_finally(
        self, attempt: Attempt, acceptance: Acceptance, integration: Integration
    ) -> Report:
        return self._bench.judge(
            "judge/final",
            "the plugin",
            attempt.best.files,
            acceptance.files,
            attempt.specification,
            tuple(str(wish.permission) for wish in integration.permissions),
        )

    def _missing(
        self, matrix: Matrix, specification: Specification, trial: Trial
    ) -> tuple[str, ...]:
        return missing(matrix, specification, trial, self._options.threshold)

    def _fail(self, attempt: Attempt, lacking: tuple[str, ...]) -> Failure:
        failure = Failure(attempt, lacking)
        self._history.keep_failure(failure)
        return failure


def _unsure(
    attempt: Attempt,
    answers: tuple[Answer, ...],
    integration: Integration,
    aside: tuple[str, ...],
) -> tuple[str, ...]:
    doubts = (
        *attempt.specification.unsure,
        *assumptions(answers),
        *integration.unsure,
        *(
            f"The test `{name}` was set aside: it passes on an empty plugin, and "
            "fails on this one."
            for name in aside
        ),
    )
    return tuple(dict.fromkeys(doubts))
