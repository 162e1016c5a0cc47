"""The contest: candidates before the judge, one that goes on, and its repair."""

from __future__ import annotations

from plugwright.judging import TestResult, Verdict
from plugwright_forge.bench import Bench
from plugwright_forge.candidates import no_candidate, put_on_trial, write_candidate
from plugwright_forge.history import History
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.product import Attempt
from plugwright_forge.repair import improves, lesson_of, write_repair
from plugwright_forge.selection import select
from plugwright_forge.session import Session
from plugwright_forge.specification import Specification
from plugwright_forge.team import Team
from plugwright_forge.watching import Watcher


class Contest:
    """One specification, one set of tests, and everybody who tries."""

    def __init__(
        self,
        session: Session,
        team: Team,
        bench: Bench,
        history: History,
        watcher: Watcher,
        specification: Specification,
        matrix: Matrix,
    ) -> None:
        self._session = session
        self._team = team
        self._bench = bench
        self._history = history
        self._watcher = watcher
        self._specification = specification
        self._matrix = matrix
        self._trials: list[Trial] = []

    def hold(self) -> Attempt:
        """Give the best that came of it, good or not."""
        self._watcher.phase("candidates")
        self._first_round()
        first = select(self._matrix, self._trials)
        self._watcher.note(f"candidate {first.candidate} goes on")
        self._tell(0, first)
        best, rounds = self._repaired(first)
        return Attempt(
            specification=self._specification,
            matrix=self._matrix,
            trials=tuple(self._trials),
            best=best,
            iterations=rounds,
        )

    def _first_round(self) -> None:
        for number in range(1, self._session.options.candidates + 1):
            code = write_candidate(self._team, self._specification, number)
            if code is None:
                self._watcher.note(f"candidate {number} drops out")
            else:
                self._try(code, number, 0)
        if not self._trials:
            raise no_candidate(self._session)

    def _repaired(self, best: Trial) -> tuple[Trial, int]:
        rounds, tip, lesson = 0, best, ""
        while self._may_go_on(best, rounds):
            rounds += 1
            self._watcher.phase("repair")
            code = write_repair(
                self._team,
                self._matrix,
                self._specification,
                best,
                iteration=rounds,
                lesson=lesson,
            )
            if code is None:
                continue
            tip = self._try(code, best.candidate, rounds, tip)
            if improves(self._matrix, tip, best):
                best, lesson = tip, ""
            else:
                lesson = lesson_of(self._matrix, tip, best)
                self._watcher.note(lesson)
            self._tell(rounds, best)
        return best, rounds

    def _may_go_on(self, best: Trial, rounds: int) -> bool:
        left = rounds < self._session.options.iterations
        return left and not self._matrix.flawless(best)

    def _try(
        self, code: str, candidate: int, iteration: int, after: Trial | None = None
    ) -> Trial:
        judged = put_on_trial(
            self._bench,
            self._specification,
            self._matrix.acceptance,
            code,
            candidate=candidate,
            iteration=iteration,
        )
        trial = self._history.keep_trial(judged, after)
        self._trials.append(trial)
        return trial

    def _tell(self, iteration: int, best: Trial) -> None:
        met = len(self._matrix.met(best))
        total = len(self._specification.requirements)
        self._watcher.iteration(iteration, met, total)
        for result in best.report.results:
            if result.verdict is not Verdict.AC:
                self._watcher.note(f"  not yet ({result.verdict}): {_in_words(result)}")


def _in_words(result: TestResult) -> str:
    """Read a test's name as the sentence that it is."""
    name = result.test.rpartition("::")[2]
    return name.removeprefix("test_").replace("_", " ")
