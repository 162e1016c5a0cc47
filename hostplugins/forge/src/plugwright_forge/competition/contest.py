"""The contest: candidates before the judge, and what is done until one is good enough.

In each turn the first of these that can be done is done: try a suspected test, buy a
candidate, ask the person, mend by rule, repair, go by a new plan. Every one of them is
bounded, so the contest ends; and it ends early when the gate has nothing to say, the
budget is used up, or the loop guard sees no way on. The winner is then made cheaper,
where that can help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from plugwright_forge.acceptance import Acceptance
from plugwright_forge.approving import Approved
from plugwright_forge.bench import Bench
from plugwright_forge.budget import OutOfBudget
from plugwright_forge.candidates import no_candidate
from plugwright_forge.competition.cheaper import Cheaper
from plugwright_forge.competition.knowledge import Knowledge
from plugwright_forge.competition.questions import Questions
from plugwright_forge.competition.testers import Testers
from plugwright_forge.competition.workshop import Workshop
from plugwright_forge.delivering.stages import Look
from plugwright_forge.history import History
from plugwright_forge.interview import Person
from plugwright_forge.matrix import Trial
from plugwright_forge.product import Attempt
from plugwright_forge.session import Session
from plugwright_forge.skeletons import empty_plugin
from plugwright_forge.specification import Specification
from plugwright_forge.steering import InCircles
from plugwright_forge.team import Team
from plugwright_forge.watching import Watcher

TURNS = 200
"""In a contest; each of them is bounded by something smaller."""


class Contest:
    """One specification, one set of tests, and everybody who tries."""

    def __init__(
        self,
        session: Session,
        team: Team,
        bench: Bench,
        history: History,
        watcher: Watcher,
        person: Person,
        specification: Specification,
        acceptance: Acceptance,
        codes: Mapping[int, str],
        shown: Approved,
        look: Look | None = None,
    ) -> None:
        self._session = session
        self._watcher = watcher
        code = next(iter(codes.values()), empty_plugin(specification))
        self._known = Knowledge(
            session, team, bench, history, specification, acceptance, shown, code
        )
        self._workshop = Workshop(session, team, watcher, self._known)
        self._questions = Questions(session, team, watcher, person, self._known)
        self._testers = Testers(session, team, bench, watcher, person, self._known)
        self._cheaper = Cheaper(session, team, bench, watcher, self._known, look)
        self._codes = codes
        """What each candidate is at first."""

    def hold(self) -> Attempt:
        """Give the best that came of it, good or not."""
        self._watcher.phase("contest")
        ended = ""
        try:
            self._first_round()
            for _ in range(TURNS):
                if not self._turn():
                    break
        except (OutOfBudget, InCircles) as error:
            if not self._known.trials:
                raise
            ended = error.message
            self._watcher.note(ended)
            self._ask_what_is_left()
        optimised = None
        if not ended:
            best = self._known.best
            optimised = self._cheaper.make(best, self._workshop.tip(best))
        attempt = self._known.attempt(self._workshop.rounds, ended)
        return replace(attempt, optimised=optimised)

    def _first_round(self) -> None:
        self._workshop.begin(self._codes)
        if not self._known.trials:
            raise no_candidate(self._session)
        best = self._known.best
        self._watcher.note(f"candidate {best.candidate} goes on")
        self._workshop.say_how_far(best)

    def _ask_what_is_left(self) -> None:
        """Ask the person what costs no question to a model, once these are spent."""
        questions = self._questions
        ways = [
            questions.ask_again,
            questions.show_card,
            questions.ask_twice,
            questions.show_accuser,
            questions.show_requirement,
            self._known.measure,
            questions.show_mistake,
            questions.ask_at_last,
        ]
        try:
            for _ in range(TURNS):
                best = self._known.best
                if not self._known.lacking(best) and not self._known.measure(best):
                    break
                if not any(way(best) for way in ways):
                    break
        except OutOfBudget as error:
            self._watcher.note(error.message)

    def _turn(self) -> bool:
        """Do one thing, or say that nothing is left to do."""
        best = self._known.best
        lacking = self._known.lacking(best)
        workshop, questions, testers = self._workshop, self._questions, self._testers
        ways: list[Callable[[Trial], bool]] = [testers.try_accused]
        if lacking:
            ways += [questions.ask_again, workshop.explore]
        ways += [questions.show_card, questions.ask_twice]
        if lacking:
            ways += [
                questions.show_accuser,
                testers.try_doubted,
                testers.confirm,
                questions.show_requirement,
                questions.show_mistake,
                questions.ask_for_tests,
                workshop.mend,
                workshop.repair,
                workshop.go_by_new_plan,
            ]
        else:
            ways += [
                workshop.seek_witness,
                testers.try_unheard,
                self._known.measure,
                testers.hear_objections,
            ]
        ways += [questions.review, self._known.measure, questions.show_misreading]
        if lacking:
            ways += [workshop.begin_anew, questions.ask_at_last]
        return any(way(best) for way in ways)
