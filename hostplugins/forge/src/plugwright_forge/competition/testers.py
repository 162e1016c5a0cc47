"""Other testers: asked when a test is in doubt, or when something is to be proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugwright.judging import Report
from plugwright_forge.bench import Bench
from plugwright_forge.board import Ruling
from plugwright_forge.budget import OutOfBudget
from plugwright_forge.competition import court
from plugwright_forge.competition.knowledge import Knowledge
from plugwright_forge.competition.objections import objections
from plugwright_forge.competition.records import keep_rulings
from plugwright_forge.interview import Person
from plugwright_forge.matrix import Trial
from plugwright_forge.session import Session
from plugwright_forge.team import Team
from plugwright_forge.testing import kinds_of
from plugwright_forge.watching import Watcher


def rule(
    session: Session,
    watcher: Watcher,
    known: Knowledge,
    rulings: Mapping[str, Ruling],
    number: int | str,
) -> None:
    """Have rulings hold from now on; `number` is that of the trial."""
    keep_rulings(session, number, rulings)
    known.rulings |= rulings
    known.changed()
    for test, ruling in rulings.items():
        watcher.note(f"  {test}: {ruling.why}")


class Testers:
    """Asks one more tester, or says that there is nothing to ask."""

    def __init__(
        self,
        session: Session,
        team: Team,
        bench: Bench,
        watcher: Watcher,
        person: Person,
        known: Knowledge,
    ) -> None:
        self._session = session
        self._team = team
        self._bench = bench
        self._watcher = watcher
        self._person = person
        self._known = known
        self._trials = 0
        self._opinions: dict[int, str] = {}
        """What second testers wrote, by the trial."""
        self._heard: set[tuple[int, str]] = set()
        """Which of them were heard about which version."""
        self._taken: set[tuple[int, str]] = set()
        """Tests of theirs that were put behind the others."""
        self._open: set[str] = set()
        """Tests that had a trial without a ruling."""

    def try_accused(self, best: Trial) -> bool:
        """Put tests on trial that four different programs fail, and none passes."""
        tests = court.accused(self._known.board) | self._team.steering.suspects
        return self._try(tests)

    def try_doubted(self, best: Trial) -> bool:
        """Put tests on trial on which it hangs whether the best one is right."""
        known = self._known
        return self._try(court.doubted(known.board, known.name(best)))

    def try_unheard(self, best: Trial) -> bool:
        """Put tests on trial against one that lacks nothing, if that can be paid.

        What it fails was set aside without a word; that ends no session early.
        """
        return self._paid(self.try_doubted, best)

    def hear_objections(self, best: Trial) -> bool:
        """Put behind the tests what a second tester has against what lacks nothing.

        If that one can be paid: the first tester may have misread the request, too.
        """
        return self._paid(self._ask_another, best) or self._hear_objections(best)

    def _ask_another(self, best: Trial) -> bool:
        if self._trials:
            return False
        self._trials += 1
        self._watcher.note("a second tester is asked")
        self._second_opinion()
        return True

    def _hear_objections(self, best: Trial) -> bool:
        known, name = self._known, self._known.name(best)
        for number, opinion in self._opinions.items():
            if (number, name) in self._heard:
                continue
            self._heard.add((number, name))
            against = self._objections(best, opinion, number)
            self._taken |= {(number, test) for test in kinds_of(against)}
            if against and known.add_tests(against):
                self._watcher.note(f"a second tester objects to {name}")
                return True
        return False

    def _objections(self, best: Trial, opinion: str, number: int) -> str:
        known = self._known

        def judged(trial: Trial) -> Report:
            return court.judged(
                self._bench, opinion, known.specification, trial, number
            )

        return objections(
            opinion,
            judged(best),
            (judged(trial) for trial in known.trials if trial is not best),
            known.specification,
            known.suite.acceptance.functions,
            known.board.matrix.passed(known.name(best)),
            taken=[test for which, test in self._taken if which == number],
        )

    def _paid(self, way: Callable[[Trial], bool], best: Trial) -> bool:
        try:
            return way(best)
        except OutOfBudget as error:
            self._watcher.note(error.message)
            return False

    def confirm(self, best: Trial) -> bool:
        """Ask a second tester, where too few have tried for any test to be trusted."""
        known = self._known
        ledger, matrix = known.board.ledger, known.matrix
        tests = [
            test
            for test in matrix.acceptance.functions
            if test in matrix.ranking - matrix.rejecting
            and test in matrix.acceptance.trusted
            and test not in known.rulings
        ]
        missing = {ledger[test].requirement for test in tests} - matrix.met(best)
        if self._trials >= court.MOST or not missing or not matrix.flawless(best):
            return False
        self._trials += 1
        self._watcher.note("a second tester is asked")
        self._rule(
            court.confirmed(
                self._bench,
                self._second_opinion(),
                known.specification,
                tests,
                best,
                self._trials,
            ),
            self._trials,
        )
        return True

    def _try(self, suspects: set[str]) -> bool:
        known = self._known
        if self._trials >= court.MOST:
            return False
        accused = {
            test: [known.trial(p) for p in court.likeliest(known.board, failing)]
            for test in known.suite.acceptance.functions
            if test in suspects
            and test not in known.rulings
            and (failing := known.failing(test))
        }
        if not accused:
            return False
        self._trials += 1
        self._watcher.note(f"on trial: {', '.join(accused)}")
        rulings = court.tried(
            self._bench,
            self._second_opinion(),
            known.specification,
            accused,
            self._trials,
            again=self._open,
        )
        for test in accused.keys() - rulings.keys():
            self._open.add(test)
            self._watcher.note(f"  {test}: no second tester wrote one like it")
        rulings = court.heard(self._session, self._person, rulings, known.specification)
        self._rule(rulings, self._trials)
        return True

    def _second_opinion(self) -> str | None:
        known = self._known
        source = court.second_opinion(
            self._team, self._session.options.asked, known.specification, self._trials
        )
        if source is not None:
            known.listen(source, self._trials)
            self._opinions[self._trials] = source
        return source

    def _rule(self, rulings: Mapping[str, Ruling], number: int) -> None:
        rule(self._session, self._watcher, self._known, rulings, number)
