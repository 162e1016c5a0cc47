"""What a contest knows: everybody who entered, what was said, and who is best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from plugwright.judging import Mutants
from plugwright_forge.acceptance import Acceptance, with_more
from plugwright_forge.approving import Approved, example_of
from plugwright_forge.bench import Bench
from plugwright_forge.board import Board, Ruling, Told, Version, board
from plugwright_forge.candidates import put_on_trial
from plugwright_forge.choice import Opinion, confidence
from plugwright_forge.competition.court import likeliest
from plugwright_forge.competition.records import (
    keep_entered,
    keep_instead,
    keep_noticed,
    keep_probes,
    keep_suite,
    keep_withdrawn,
    version_of,
)
from plugwright_forge.competition.rejudging import is_undisturbed, judged_anew
from plugwright_forge.competition.suites import (
    more_probes,
    suite_of,
    told_by_tests,
    without_dismissed,
)
from plugwright_forge.competition.telling import tell
from plugwright_forge.competition.unnoticed import Unnoticed
from plugwright_forge.gate import little_noticed, missing, unshown
from plugwright_forge.history import History
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.probing import Probe, marked, near
from plugwright_forge.product import Attempt
from plugwright_forge.session import Session
from plugwright_forge.specification import Specification
from plugwright_forge.steering import IMPROVING
from plugwright_forge.team import Team

MISTAKES = 96
"""Inputs near those of the tests, to find one that shows an unnoticed mistake."""


class Knowledge:
    """Grows step by step; who asks gets a board written from all of it."""

    def __init__(
        self,
        session: Session,
        team: Team,
        bench: Bench,
        history: History,
        specification: Specification,
        acceptance: Acceptance,
        shown: Approved,
        code: str,
    ) -> None:
        self._session = session
        self._steering = team.steering
        self._bench = bench
        self._history = history
        self.specification = specification
        self._shown = shown
        self.suite = suite_of(session, specification, acceptance, shown)
        more = more_probes(session, bench, specification, acceptance, code)
        self._probes = {"examples": shown.probes, "tests": marked(more, shown.written)}
        self._suite = ""
        """The name of the tests, where there are more than at first."""
        self._added = 0
        """How often tests were added, or were to be."""
        keep_suite(session, self.suite)
        for name, probes in self._probes.items():
            keep_probes(session, name, probes)
        self.told = [*shown.told]
        self.approved = shown.written + shown.examples
        """Examples that a person approved before the contest."""
        self.asked = [*shown.asked]
        """Inputs that a person was asked about."""
        self.rulings: dict[str, Ruling] = {}
        self.opinions: dict[str, Opinion] = {}
        self.instead: dict[str, str] = {}
        """Versions that an improvement of theirs stands for."""
        self.undone: dict[str, str] = {}
        """Repairs that made something worse, and what they were made from."""
        self.trials: list[Trial] = []
        self._versions: list[Version] = []
        self._mutants: dict[str, Mutants | None] = {}
        self._board: Board | None = None

    @property
    def board(self) -> Board:
        """Give all that is known."""
        if self._board is None:
            self._board = self._written(self.told)
        return self._board

    @property
    def probes(self) -> tuple[Probe, ...]:
        """Give the inputs that everybody is tried with."""
        return tuple(probe for each in self._probes.values() for probe in each)

    @property
    def matrix(self) -> Matrix:
        """Give the tests as far as they are trusted."""
        return Matrix(self.suite.acceptance, self.board.ledger)

    @property
    def best(self) -> Trial:
        """Give the version that wins."""
        winner = self.board.choice.winner
        while winner in self.undone:
            winner = self.undone[winner]
        while winner in self.instead:
            winner = self.instead[winner]
        return self.trials[[version.id for version in self._versions].index(winner)]

    def with_answers(self, told: Sequence[Told]) -> Board:
        """Give what would be known with some more answers."""
        return self._written([*self.told, *told]) if told else self.board

    def _written(self, told: Sequence[Told]) -> Board:
        return board(
            self._versions,
            self.probes,
            told,
            self.suite.acceptance,
            sources=self.suite.sources,
            rulings=self.rulings,
            opinions=self.opinions,
            instead=self.instead,
        )

    def decided_by(self, told: Told) -> str:
        """Name the likeliest rival, if the best is sure by this answer alone."""
        best, threshold = self.name(self.best), self._session.options.threshold
        without = self._written([each for each in self.told if each is not told])
        sure, else_ = (
            confidence(each.matrix, each.ledger, best).percent
            for each in (self.board, without)
        )
        if sure < threshold or else_ >= threshold:
            return ""
        mine = without.matrix.row(best).outputs
        rivals = likeliest(without, without.matrix.programs)
        return next((p for p in rivals if without.matrix.row(p).outputs != mine), "")

    def hangs_on(self, told: Told) -> bool:
        """Tell whether without this answer somebody would win who contradicts it."""
        without = self._written([each for each in self.told if each is not told])
        row = without.matrix.row(without.choice.winner)
        gives = row.outputs[without.matrix.probes.index(told.probe)]
        return gives is not None and (gives == told.output) is not told.wanted

    def improve(self, old: Trial, new: Trial) -> None:
        """Let a better version speak for the one that it was made from."""
        keep_instead(self._session, self.name(old), self.name(new))
        self.instead[self.name(old)] = self.name(new)
        self.changed()

    def withdraw(self, trial: Trial, why: str) -> None:
        """Take out a version that is no better after all; its commit stays."""
        keep_withdrawn(self._session, self.name(trial), why)
        at = self.trials.index(trial)
        del self.trials[at], self._versions[at]
        self.changed()

    @property
    def is_sure(self) -> bool:
        """Tell whether the best is probably right, and fails nothing that counts."""
        sure = confidence(self.board.matrix, self.board.ledger, self.name(self.best))
        enough = sure.percent >= self._session.options.threshold
        return enough and self.matrix.flawless(self.best)

    def is_alone(self, trial: Trial) -> bool:
        """Tell whether no other candidate does what a version does."""
        matrix = self.board.matrix
        return confidence(matrix, self.board.ledger, self.name(trial)).votes < 2

    def changed(self) -> None:
        """Write the board anew when it is asked for."""
        self._board = None

    def lacking(self, trial: Trial) -> tuple[str, ...]:
        """Say what a version lacks to be proposed."""
        return missing(
            self.matrix,
            self.specification,
            trial,
            self._session.options.threshold,
            known=self.board,
            version=self.name(trial),
        )

    def unshown(self, trial: Trial) -> frozenset[str]:
        """Name the requirements that nothing shows to be met, if these are too many."""
        known = self._session.options.threshold, self.board, self.name(trial)
        lacking = unshown(self.matrix, self.specification, trial, *known)
        return frozenset(requirement.id for requirement in lacking)

    def name(self, trial: Trial) -> str:
        """Name a version as the board does: `2.1`."""
        return f"{trial.candidate}.{trial.iteration}"

    def trial(self, name: str) -> Trial:
        """Find a version by its name on the board."""
        return next(trial for trial in self.trials if self.name(trial) == name)

    def failing(self, test: str) -> list[str]:
        """Name the versions that a test refuses."""
        matrix = self.board.matrix
        if test not in matrix.tests:
            return []
        return [name for name in matrix.programs if test in matrix.failed(name)]

    def gives(self, trial: Trial, probe: str) -> str | None:
        """Say what a version gives for an input; None if that is not known."""
        matrix = self.board.matrix
        return matrix.row(self.name(trial)).outputs[matrix.probes.index(probe)]

    def enter(
        self,
        code: str,
        candidate: int,
        *,
        lineage: str,
        origin: str,
        after: Trial | None = None,
    ) -> Trial:
        """Judge a version and keep it; a repair comes `after` another.

        The guard is told of it where there is a `lineage`.
        """
        iteration = 1 + max(
            (t.iteration for t in self.trials if t.candidate == candidate), default=-1
        )
        judged = put_on_trial(
            self._bench,
            self.specification,
            self.suite.acceptance,
            code,
            candidate=candidate,
            iteration=iteration,
            suite=self._suite,
        )
        trial = self._history.keep_trial(judged, after)
        outputs = [
            output
            for name, probes in self._probes.items()
            for output in self._observed(name, trial, probes)
        ]
        keep_entered(self._session, trial, origin)
        self.trials.append(trial)
        self._versions.append(
            version_of(trial, outputs=tuple(outputs), origin=origin, mutants=None)
        )
        self.changed()
        if lineage:
            tell(self._steering, trial, self.name(trial), lineage)
        return trial

    def _observed(
        self, name: str, trial: Trial, probes: Sequence[Probe]
    ) -> tuple[str | None, ...]:
        return self._bench.observe(
            f"observe/{name}/{trial.candidate}/{trial.iteration}",
            trial.code,
            self.specification,
            probes,
        )

    def listen(self, source: str, number: int) -> None:
        """Try everybody with the stories that a second tester tells."""
        told = self._told(source, f"court-{number}", f"C{number}.")
        # Their tests may have the names of others.
        self.try_with(f"court-{number}", [replace(probe, tests=()) for probe in told])

    def _told(self, source: str, name: str, prefix: str) -> tuple[Probe, ...]:
        code = self.best.code
        return told_by_tests(
            self._bench, self.specification, source, code, name, prefix
        )

    def try_with(self, name: str, probes: Sequence[Probe]) -> None:
        """Try everybody with more, but for what they were tried with."""
        written = [probe.story for probe in self.probes]
        fresh = [p for p in probes if p.story not in written]
        new = marked(fresh, self._shown.written)
        # The budget may end until here; then everything is as it was.
        seen = [self._observed(name, trial, new) for trial in self.trials]
        self._probes[name] = new
        keep_probes(self._session, name, new)
        self._versions = [
            replace(version, outputs=(*version.outputs, *outputs))
            for version, outputs in zip(self._versions, seen, strict=True)
        ]
        self.changed()

    def wants_tests(self, trial: Trial) -> bool:
        """Tell whether nothing is missing but tests that notice enough."""
        threshold = self._session.options.threshold
        too_few = little_noticed(self.board, self.name(trial), threshold)
        return bool(too_few) and self.lacking(trial) == too_few

    def add_tests(self, source: str) -> bool:
        """Put more tests behind those that there are, and judge everybody by all.

        False if none of them proves anything, or they disturb the others.
        """
        self._added += 1
        number, before = self._added, self.suite.acceptance
        acceptance = with_more(self._bench, self.specification, before, source, number)
        if acceptance is None:
            return False
        name = f"/{number}"
        told = self._told(acceptance.source, f"tests-{number}", f"T{number}.")
        # The budget may end until here; then everything is as it was.
        trials = [
            judged_anew(self._bench, self.specification, acceptance, trial, name)
            for trial in self.trials
        ]
        pairs = zip(self.trials, trials, strict=True)
        if not all(is_undisturbed(*pair, before, acceptance) for pair in pairs):
            return False
        self.suite, self._suite = replace(self.suite, acceptance=acceptance), name
        keep_suite(self._session, self.suite, name)
        self._history.keep_tests(acceptance)
        self.trials = trials
        self._versions = [
            replace(version, report=trial.report, mutation=None, kills=frozenset())
            for version, trial in zip(self._versions, self.trials, strict=True)
        ]
        self._mutants.clear()
        self.changed()
        self.try_with(f"tests-{number}", told)
        return True

    def tell_as_base(self, trial: Trial) -> None:
        """Tell the guard what is to be improved."""
        tell(self._steering, trial, self.name(trial), IMPROVING)

    def measure(self, trial: Trial) -> bool:
        """Measure what the tests notice of what passes them, or may be proposed."""
        name = self.name(trial)
        if name in self._mutants:
            return False
        if not self.matrix.flawless(trial) and self.lacking(trial):
            return False
        found = self._bench.mutate(
            f"mutants/{trial.candidate}/{trial.iteration}{self._suite}",
            trial.code,
            self.suite.acceptance.files,
            self.specification,
            trial.report,
        )
        self._mutants[name] = found
        if found is None:
            return False
        self._note_mutants(trial, found)
        return True

    def unnoticed(self, trial: Trial) -> Unnoticed | None:
        """Say what the mutants do that no test notices; None if none was measured."""
        found = self._mutants.get(self.name(trial))
        if found is None or not found.survivors:
            return None
        seed = f"{self._session.options.request} mistakes"
        more = near(self._probes["tests"], seed, MISTAKES, "M")
        return self._seen("mistakes", trial, found, (*self.probes, *more))

    def mistakes(self, trial: Trial) -> Unnoticed | None:
        """Say what mutants do with the tests' own inputs, as if no test were there."""
        found = self._bench.mutate(
            f"mutants/{trial.candidate}/{trial.iteration}/all",
            trial.code,
            {},
            self.specification,
            replace(trial.report, results=()),
        )
        told = [probe for probe in self.probes if probe.tests]
        return self._seen("mutants", trial, found, told) if found and told else None

    def _seen(
        self, key: str, trial: Trial, found: Mutants, tried: Sequence[Probe]
    ) -> Unnoticed:
        probes = {probe.id: probe for probe in tried}

        def seen(files: Mapping[str, str]) -> dict[str, str | None]:
            outputs = self._bench.observe(
                f"{key}/{len(probes)}/{sha256(files['plugin.py'].encode()).hexdigest()[:16]}",
                files["plugin.py"],
                self.specification,
                [*probes.values()],
            )
            return dict(zip(probes, outputs, strict=True))

        return Unnoticed(
            mutants=found,
            probes=probes,
            gives=seen(trial.files),
            others=[seen(files) for files in found.survivors],
        )

    def notice(self, trial: Trial, unnoticed: Unnoticed) -> bool:
        """Count as noticed what approved examples notice."""
        found = unnoticed.after(self.told)
        if found == unnoticed.mutants:
            return False
        self._mutants[self.name(trial)] = found
        when = f"{self._suite}/{len(self.told)}"
        keep_noticed(self._session, trial, when, found.score)
        self._note_mutants(trial, found)
        return True

    def _note_mutants(self, trial: Trial, found: Mutants) -> None:
        at = self.trials.index(trial)
        self._versions[at] = replace(
            self._versions[at], mutation=found.score, kills=frozenset(found.kills)
        )
        self.changed()

    def attempt(self, rounds: int, ended: str) -> Attempt:
        """Give the best that came of it."""
        best = self.best
        return Attempt(
            specification=self._with_approved(),
            matrix=self.matrix,
            trials=tuple(self.trials),
            best=best,
            iterations=rounds,
            board=self.board,
            version=self.name(best),
            ended=ended,
            mutants=self._mutants.get(self.name(best)),
        )

    def _with_approved(self) -> Specification:
        """Have the examples be those that a person approved in the end."""
        examples = self.specification.examples
        own = examples[: len(examples) - len(self._shown.examples)]
        shown = [example_of(t, self.probes) for t in self.told if t.wanted]
        gone = {test for test, each in self.rulings.items() if each.upheld is False}
        kept = without_dismissed(own, self.suite.acceptance, gone)
        return replace(self.specification, examples=(*kept, *shown))
