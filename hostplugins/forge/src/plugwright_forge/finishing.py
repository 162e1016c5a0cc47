"""From the best version to a plugin that can be proposed, or to what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from plugwright.judging import Report
from plugwright_forge.answers import Answer
from plugwright_forge.bench import Bench, Description
from plugwright_forge.budget import OutOfBudget
from plugwright_forge.choice import Evidence, Kind
from plugwright_forge.competition.suites import finished
from plugwright_forge.delivering.doubts import doubts
from plugwright_forge.delivering.making import delivered
from plugwright_forge.delivering.stages import Look
from plugwright_forge.delivering.tidying import tidied
from plugwright_forge.delivering.tutorial import Demonstration, demonstrations
from plugwright_forge.documentation import with_facts, write_readme
from plugwright_forge.gate import missing
from plugwright_forge.integration import Integration, review_integration, settle
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.probing import Probe
from plugwright_forge.product import Attempt, Failure, Product
from plugwright_forge.session import Session
from plugwright_forge.steering import InCircles
from plugwright_forge.team import Team
from plugwright_forge.watching import Watcher


class Finish:
    """The last part of a session; it may use what the budget keeps for it."""

    def __init__(
        self,
        session: Session,
        team: Team,
        bench: Bench,
        watcher: Watcher,
        look: Look | None = None,
    ) -> None:
        self._session = session
        self._team = team
        self._bench = bench
        self._watcher = watcher
        self._look = look

    def of(self, attempt: Attempt, answers: tuple[Answer, ...]) -> Product | Failure:
        """Finish the best version, or say what it lacks."""
        # Nothing more is asked of anybody for what cannot be proposed.
        lacking = self._missing(attempt, attempt.matrix, attempt.best)
        if lacking:
            ended = (attempt.ended,) if attempt.ended else ()
            return Failure(attempt, (*lacking, *ended))
        self._team.is_last = True
        try:
            return self._finished(attempt, answers)
        except OutOfBudget as error:
            return Failure(attempt, (f"it was not judged for the last time: {error}",))

    def _finished(
        self, attempt: Attempt, answers: tuple[Answer, ...]
    ) -> Product | Failure:
        self._watcher.phase("integration")
        if self._look:
            attempt = tidied(
                self._session, self._bench, self._team.purse, self._look, attempt
            )
        aside = attempt.matrix.aside(attempt.best)
        acceptance = finished(
            attempt.matrix.acceptance.without(aside), attempt.specification
        )
        description = self._bench.describe("describe/final", attempt.best.files)
        integration = self._integrate(attempt, description)
        # From here on with its comments: what is judged last is what is delivered.
        attempt = delivered(
            self._session, attempt, acceptance.source, integration.permissions
        )
        best = attempt.best
        found = (*doubts(attempt, answers, integration), *_doubts(attempt, aside))
        unsure = tuple(dict.fromkeys(found))
        report = self._bench.judge(
            "judge/final",
            "the plugin",
            best.files,
            acceptance.files,
            attempt.specification,
            tuple(str(wish.permission) for wish in integration.permissions),
            last=True,
        )
        self._watcher.phase("documentation")
        shown = self._demonstrate(attempt, acceptance.source)
        readme = with_facts(
            self._document(attempt, description, report, unsure),
            attempt.specification,
            integration.permissions,
            report,
            shown,
            unsure,
        )

        self._watcher.phase("gate")
        lacking = self._missing(
            attempt,
            Matrix(acceptance, attempt.board.ledger),
            replace(best, report=report),
        )
        if lacking or not report.passed:
            return Failure(attempt, lacking or ("not every test passes",))
        self._watcher.note(attempt.success)
        return Product(
            attempt=attempt,
            acceptance=acceptance,
            description=description,
            permissions=integration.permissions,
            report=report,
            readme=readme,
            unsure=unsure,
            shown=shown,
        )

    def _integrate(self, attempt: Attempt, description: Description) -> Integration:
        try:
            return review_integration(
                self._team, attempt.specification, attempt.best, description
            )
        except (OutOfBudget, InCircles) as error:
            note = f"Nobody reviewed how it fits in: {error.message}"
            found = settle(attempt.specification, attempt.best.report, ())
            return replace(found, unsure=(*found.unsure, note))

    def _document(
        self,
        attempt: Attempt,
        description: Description,
        report: Report,
        unsure: tuple[str, ...],
    ) -> str:
        specification = attempt.specification
        try:
            return write_readme(
                self._team,
                self._session.options.request,
                specification,
                description,
                report,
                unsure,
            )
        except (OutOfBudget, InCircles) as error:
            self._watcher.note(f"nobody wrote the README: {error.message}")
            return f"# {specification.name}\n\n{specification.summary}\n"

    def _demonstrate(self, attempt: Attempt, tests: str) -> tuple[Demonstration, ...]:
        specification = attempt.specification

        def observe(probes: Sequence[Probe]) -> Sequence[str | None]:
            return self._bench.observe(
                "observe/tutorial", attempt.best.code, specification, probes
            )

        try:
            return demonstrations(observe, specification, tests)
        except OutOfBudget:  # the tutorial says that nothing could be shown
            return ()

    def _missing(
        self, attempt: Attempt, matrix: Matrix, trial: Trial
    ) -> tuple[str, ...]:
        return missing(
            matrix,
            attempt.specification,
            trial,
            self._session.options.threshold,
            known=attempt.board,
            version=attempt.version,
        )


def _doubts(attempt: Attempt, aside: tuple[str, ...]) -> Iterator[str]:
    acceptance, ledger = attempt.matrix.acceptance, attempt.board.ledger
    for name in aside:
        if name not in acceptance.trusted:
            flaws = acceptance.evidence.get(name, (Evidence(kind=Kind.TRIVIAL),))
            why = "; ".join(str(each.kind) for each in flaws)
            yield f"The test `{name}` was set aside: {why}; and this plugin fails it."
        else:
            yield (
                f"The test `{name}` was set aside: this plugin fails it, and it is "
                f"probably wrong (it is right with {ledger.trust(name):.0%})."
            )
    for name in attempt.matrix.doubtful:
        if name not in aside and name in acceptance.trusted:
            yield f"The test `{name}` is doubtful, and decided nothing."
    if attempt.ended:
        yield f"The work ended early: {attempt.ended}"
    if attempt.mutants is None:
        yield "How much the tests notice was not measured."
