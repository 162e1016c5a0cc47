"""Who makes programs: models by plans, a synthesiser, fixes by rule, and repair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plugwright.judging import TestResult, Verdict
from plugwright_forge.approving import example_of
from plugwright_forge.budget import Amounts
from plugwright_forge.candidates import SYNTHESISER, write_candidate
from plugwright_forge.choice import can_still_change
from plugwright_forge.competition.errors import is_of_form, is_small, mends
from plugwright_forge.competition.knowledge import Knowledge
from plugwright_forge.matrix import Trial
from plugwright_forge.repair import improves, lesson_of, write_repair
from plugwright_forge.session import Session
from plugwright_forge.steering import IMPROVING
from plugwright_forge.synthesis.plugins import found_plugin
from plugwright_forge.team import Team
from plugwright_forge.watching import Watcher

FIRST = 3
"""Candidates that are written before anything is known of them."""
_AHEAD = 3
"""So many candidates are thought ahead when one more is bought."""


class Workshop:
    """Makes one more program, or says that it has none to make."""

    def __init__(
        self, session: Session, team: Team, watcher: Watcher, known: Knowledge
    ) -> None:
        self._options = session.options
        self._team = team
        self._watcher = watcher
        self._known = known
        self._number = 0
        self._first = 0
        self.rounds = 0
        """Of repair, in all."""
        self._of_lineage: dict[int, int] = {}
        self._told: set[int] = set()
        """Candidates of which the guard knows as tries of what is improved."""
        self._given_up: set[int] = set()
        self._mended: set[str] = set()
        self._lesson = ""
        self._turns = 0

    def begin(self, codes: Mapping[int, str]) -> None:
        """Let the first ones in, and who needs no model."""
        self._number = self._first = min(self._options.candidates, FIRST)
        for number, code in codes.items():
            self._enter(number, code)
        known = self._known
        found = found_plugin(replace(known.specification, examples=known.approved))
        if found is not None:
            self._watcher.note("a program was found from the examples alone")
            self._known.enter(
                found,
                SYNTHESISER,
                lineage=f"candidate-{SYNTHESISER}",
                origin="found from the examples, without a model",
            )
        if not self._known.trials:
            self._buy()

    def explore(self, best: Trial) -> bool:
        """Buy a candidate while that can change who wins.

        Only where nothing speaks against the best one, and it is not sure: whoever
        fails something is repaired, or left for a new plan.
        """
        known = self._known
        if known.is_sure or not known.matrix.flawless(best):
            return False
        return self._explored()

    def seek_witness(self, best: Trial) -> bool:
        """Buy a candidate where only one does what the best one does.

        However sure that one looks: who misreads a request alone may pass every test.
        What was found from examples read no request.
        """
        alone = self._known.is_alone(best) and best.candidate != SYNTHESISER
        return alone and self._explored()

    def _explored(self) -> bool:
        board, left = self._known.board, self._options.candidates - self._number
        if left < 1:
            return False
        outlook = can_still_change(board.matrix, board.ledger, min(left, _AHEAD))
        if not outlook.can_change:
            return False
        self._watcher.note(f"one more candidate: {outlook.why}")
        return self._buy()

    def go_by_new_plan(self, best: Trial) -> bool:
        """Begin anew where repair does not help."""
        return not self._known.is_sure and self.begin_anew(best)

    def begin_anew(self, best: Trial) -> bool:
        """Begin anew, however sure the best one is: it lacks something after all."""
        if self._number >= self._options.candidates:
            return False
        self._watcher.note("a new plan")
        self._lesson = ""
        self._improve_on(best)
        return self._buy()

    def mend(self, best: Trial) -> bool:
        """Try what can be mended without a model."""
        known, name = self._known, self._known.name(best)
        if name in self._mended:
            return False
        self._mended.add(name)
        for fix in mends(best, known.matrix):
            self._watcher.note(f"without a model: {fix.said}")
            trial = known.enter(
                fix.code,
                best.candidate,
                lineage="",  # rules try everything; that is no circle
                origin=f"{name}, mended: {fix.said}",
                after=self.tip(best),
            )
            if improves(known.matrix, trial, best):
                known.improve(best, trial)
                return True
            known.undone[known.name(trial)] = name
        return False

    def repair(self, best: Trial) -> bool:
        """Show the best one its failures; at most twice for one lineage."""
        if not self._may_repair(best):
            return False
        known, done = self._known, self._of_lineage.get(best.candidate, 0)
        self._improve_on(best)
        self._watcher.phase("repair")
        self.rounds += 1
        self._of_lineage[best.candidate] = done + 1
        code = write_repair(
            self._team,
            known.matrix,
            known.specification,
            best,
            iteration=self.rounds,
            lesson=self._lesson,
            beside=_wrong_beside(known, best),
        )
        if code is not None:
            trial = known.enter(
                code,
                best.candidate,
                lineage=IMPROVING,
                origin=f"{known.name(best)}, repaired",
                after=self.tip(best),
            )
            self._settle(trial, best)
        return True

    def say_how_far(self, best: Trial) -> None:
        """Tell whoever watches what is met, and what is not yet."""
        met = len(self._known.matrix.met(best))
        total = len(self._known.specification.requirements)
        self._watcher.iteration(self.rounds, met, total)
        for result in best.report.results:
            if result.verdict is not Verdict.AC:
                self._watcher.note(f"  not yet ({result.verdict}): {_in_words(result)}")

    def _may_repair(self, best: Trial) -> bool:
        steering, lineage = self._team.steering, best.candidate
        if steering.turns > self._turns:
            # The guard wants another plan.
            self._turns = steering.turns
            self._given_up.add(lineage)
        if self._number < self._options.candidates:
            # Wrong answers want another plan; what does not even run is mended, though
            # the smallest models do better when they begin anew.
            small = is_small(self._options.model)
            if small or lineage in self._given_up or not is_of_form(best):
                return False
        done = self._of_lineage.get(lineage, 0)
        return done < self._options.iterations and (
            not self._known.matrix.flawless(best)
            or bool(_wrong_beside(self._known, best))
        )

    def tip(self, best: Trial) -> Trial:
        """Give the newest version of a lineage, after which the next is committed."""
        return max(
            (t for t in self._known.trials if t.candidate == best.candidate),
            key=lambda trial: trial.iteration,
        )

    def _improve_on(self, best: Trial) -> None:
        """Have the guard see what follows as tries to be better than this."""
        if best.candidate not in self._told:
            self._told.add(best.candidate)
            self._known.tell_as_base(best)

    def _settle(self, trial: Trial, best: Trial) -> None:
        """Keep a repair that is better, and say why one is undone."""
        known = self._known
        if improves(known.matrix, trial, best):
            known.improve(best, trial)
            self._lesson = ""
        else:
            known.undone[known.name(trial)] = known.name(best)
            self._lesson = lesson_of(known.matrix, trial, best)
            self._watcher.note(self._lesson)
            # Wrong answers want another plan; what does not even run is mended on.
            if not is_of_form(best):
                self._given_up.add(best.candidate)
        self.say_how_far(known.best)

    def _buy(self) -> bool:
        """Have one more written; False when there are no more to be had."""
        while self._number < self._options.candidates:
            self._team.purse.need(Amounts(calls=1))
            self._number += 1
            specification = self._known.specification
            code = write_candidate(self._team, specification, self._number)
            if code is not None:
                self._enter(self._number, code)
                return True
            self._watcher.note(f"candidate {self._number} drops out")
        return False

    def _enter(self, number: int, code: str) -> None:
        improving = bool(self._told)
        if improving:
            self._told.add(number)
        plans = len(self._known.specification.plans)
        self._known.enter(
            code,
            number,
            lineage=IMPROVING if improving else f"candidate-{number}",
            origin=f"written by plan {1 + (number - 1) % plans}",
        )


def _wrong_beside(known: Knowledge, trial: Trial) -> tuple[str, ...]:
    """Say what a version gets wrong that a person said, as a repair reads it."""
    wrong = []
    for told in known.told:
        gives = known.gives(trial, told.probe)
        if gives is None or (gives == told.output) is told.wanted:
            continue
        example = example_of(told, known.probes)
        wrong.append(f"{'wanted' if told.wanted else 'not wanted'}: {example.text}")
    return tuple(wrong)


def _in_words(result: TestResult) -> str:
    """Read a test's name as the sentence that it is."""
    name = result.test.rpartition("::")[2]
    return name.removeprefix("test_").replace("_", " ")
