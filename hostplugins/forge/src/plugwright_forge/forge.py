"""The forge: from a request to a plugin that is ready for a person's decision.

Read from the top, this is the whole way. Everything with a consequence is a step of the
session or follows from one, so the same code starts a session and resumes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plugwright.judging import Judge
from plugwright.providers import Provider
from plugwright_forge.acceptance import Acceptance, write_acceptance
from plugwright_forge.answers import Answer
from plugwright_forge.approving import Approved, approved
from plugwright_forge.bench import Bench, Describe
from plugwright_forge.budget import Purse
from plugwright_forge.candidates import no_candidate, write_candidates
from plugwright_forge.competition import Contest
from plugwright_forge.competition.workshop import FIRST
from plugwright_forge.delivering.stages import Look
from plugwright_forge.design import check_wanted, write_specification
from plugwright_forge.finishing import Finish
from plugwright_forge.history import History
from plugwright_forge.improving import with_approved
from plugwright_forge.interview import Person, hold_interview
from plugwright_forge.person import OffTheClock
from plugwright_forge.product import Attempt, Failure, Product
from plugwright_forge.session import Session
from plugwright_forge.settling import settled
from plugwright_forge.specification import Specification
from plugwright_forge.steering import Steering
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
        others: Sequence[Provider] = (),
        look: Look | None = None,
    ) -> None:
        """Take who answers, the strongest of the `others` last."""
        self._look = look
        self._session = session
        self._options = session.options
        self._history = History(session)
        providers, purse = (provider, *others), Purse(session.options.budget)
        person = OffTheClock(person, session)
        steering = Steering(session, person, watcher, len(providers))
        self._team = Team(session, providers, watcher, steering, purse)
        self._bench = Bench(session, judge, describe, watcher, purse)
        self._person = person
        self._watcher = watcher

    def run(self) -> Product | Failure:
        """Do what is not done yet, and give what came out."""
        answers = self._interview()
        specification = self._specify(answers)
        codes = self._write_candidates(specification)
        shown = self._show_examples(specification, codes)
        specification = self._with_examples(specification, shown)
        acceptance = self._write_tests(specification)
        attempt = self._compete(specification, acceptance, codes, shown)
        finish = Finish(
            self._session, self._team, self._bench, self._watcher, self._look
        )
        result = finish.of(attempt, answers)
        if isinstance(result, Failure):
            self._history.keep_failure(result)
        return result

    def deliver(self, product: Product, bundle: Mapping[str, bytes]) -> None:
        """Bring the finished bundle into the session's folder."""
        self._history.keep_bundle(product, bundle)

    def refuse(self, failure: Failure) -> Failure:
        """Keep what came of it as not good enough after all."""
        self._history.keep_failure(failure)
        return failure

    def _interview(self) -> tuple[Answer, ...]:
        self._watcher.phase("interview")
        self._history.keep_request()
        answers = hold_interview(self._team, self._session, self._person, self._watcher)
        self._history.keep_interview(answers)
        return answers

    def _specify(self, answers: tuple[Answer, ...]) -> Specification:
        self._watcher.phase("specification")
        base = self._options.base
        written = write_specification(
            self._team,
            self._bench,
            self._options.asked,
            answers,
            base,
            self._options.allowed,
        )
        if base:
            written = with_approved(self._session, self._person, written, base)
        specification = settled(
            self._session,
            self._person,
            written,
            lambda changed: check_wanted(
                self._bench, changed, base, self._options.allowed
            ),
        )
        self._history.keep_specification(specification)
        return replace(specification, start=base.source) if base else specification

    def _write_candidates(self, specification: Specification) -> Mapping[int, str]:
        self._watcher.phase("candidates")
        count = min(self._options.candidates, FIRST)
        codes = write_candidates(self._team, specification, count, self._watcher)
        if not codes and count == self._options.candidates:
            raise no_candidate(self._session)
        return codes

    def _show_examples(
        self, specification: Specification, codes: Mapping[int, str]
    ) -> Approved:
        """Ask a person where candidates differ."""
        self._watcher.phase("examples")
        return approved(self._session, self._bench, self._person, specification, codes)

    def _with_examples(
        self, specification: Specification, shown: Approved
    ) -> Specification:
        """Have everybody work from what the person approved."""
        if not shown.examples:
            return specification
        examples = (*specification.examples, *shown.examples)
        changed = replace(specification, examples=examples)
        self._history.keep_examples(changed)
        return changed

    def _write_tests(self, specification: Specification) -> Acceptance:
        self._watcher.phase("tests")
        acceptance = write_acceptance(
            self._team,
            self._bench,
            self._options.asked,
            specification,
            self._watcher,
            self._options.testing,
        )
        self._history.keep_tests(acceptance)
        return acceptance

    def _compete(
        self,
        specification: Specification,
        acceptance: Acceptance,
        codes: Mapping[int, str],
        shown: Approved,
    ) -> Attempt:
        return Contest(
            self._session,
            self._team,
            self._bench,
            self._history,
            self._watcher,
            self._person,
            specification,
            acceptance,
            codes,
            shown,
            self._look,
        ).hold()
