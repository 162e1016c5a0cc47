"""Whom a contest asks beside programmers: the person, a second tester, reviewers."""

from __future__ import annotations

from plugwright_forge.bench import Bench
from plugwright_forge.board import Ruling
from plugwright_forge.choice import select
from plugwright_forge.choice.splitting import MOST_CARDS
from plugwright_forge.competition import court
from plugwright_forge.competition.harvest import harvested
from plugwright_forge.competition.knowledge import Knowledge
from plugwright_forge.competition.records import keep_rulings
from plugwright_forge.competition.reviewing import reviewer
from plugwright_forge.example_cards import ask_about, ask_again, hold_cards
from plugwright_forge.interview import Person
from plugwright_forge.matrix import Trial
from plugwright_forge.session import Session
from plugwright_forge.team import Team
from plugwright_forge.watching import Watcher


class Questions:
    """Asks one more thing, or says that it has none to ask."""

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
        self._again: set[str] = set()

    def try_accused(self, best: Trial) -> bool:
        """Put tests on trial that four different programs fail, and none passes."""
        tests = court.accused(self._known.board) | self._team.steering.suspects
        return self._try(tests)

    def try_doubted(self, best: Trial) -> bool:
        """Put tests on trial on which it hangs whether the best one is right."""
        known = self._known
        return self._try(court.doubted(known.board, known.name(best)))

    def show_accuser(self, best: Trial) -> bool:
        """Ask about an input of a trusted test that the best one fails.

        However sure we are otherwise: the answer decides between test and program.
        """
        known = self._known
        if len(known.asked) >= MOST_CARDS:
            return False
        failing = known.matrix.rejecting - known.matrix.trusted(best)
        calls = {
            (example.command, str(example.arguments))
            for example in harvested(known.suite.acceptance.source, known.specification)
            if example.text in failing
        }
        for probe in known.probes:
            if probe.id in known.asked:
                continue
            if (probe.command, str(probe.arguments)) in calls:
                known.told += ask_about(
                    self._session, self._person, known.board, known.asked, probe
                )
                known.changed()
                return True
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
        self._keep(
            court.confirmed(
                self._team,
                self._bench,
                self._session.options.asked,
                known.specification,
                tests,
                best,
                self._trials,
            )
        )
        return True

    def show_card(self, best: Trial) -> bool:
        """Ask a person about the input that splits the candidates best."""
        known = self._known
        before = len(known.asked)
        if before >= MOST_CARDS:
            return False
        told = hold_cards(
            self._session,
            self._person,
            known.probes,
            known.with_answers,
            most=before + 1,
            asked=known.asked,
        )
        known.told += told
        known.changed()
        return len(known.asked) > before

    def ask_again(self, best: Trial) -> bool:
        """Ask whether an answer was meant that all else speaks against."""
        known = self._known
        for told in known.told:
            gives = known.gives(best, told.probe)
            fits = gives is None or (gives == told.output) is told.wanted
            if fits or told.probe in self._again:
                continue
            self._again.add(told.probe)
            number = known.asked.index(told.probe) + 1
            probe = next(p for p in known.probes if p.id == told.probe)
            if ask_again(self._session, self._person, number, told, probe):
                continue
            self._watcher.note("an answer was withdrawn")
            known.told.remove(told)
            known.changed()
            return True
        return False

    def review(self, best: Trial) -> bool:
        """Have a model compare what programs do that are equal in all else."""
        known, before = self._known, len(self._known.opinions)
        ask = reviewer(
            self._session,
            self._team,
            known.specification,
            known.probes,
            known.opinions,
        )
        select(known.board.matrix, known.board.ledger, ask)
        known.changed()
        return len(known.opinions) > before

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
            self._team,
            self._bench,
            self._session.options.asked,
            known.specification,
            accused,
            self._trials,
        )
        rulings = court.heard(self._session, self._person, rulings, known.specification)
        self._keep(rulings)
        return True

    def _keep(self, rulings: dict[str, Ruling]) -> None:
        keep_rulings(self._session, self._trials, rulings)
        self._known.rulings |= rulings
        self._known.changed()
        for test, ruling in rulings.items():
            self._watcher.note(f"  {test}: {ruling.why}")
