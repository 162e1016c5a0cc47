"""The winner made cheaper, where that can help; or the winner as it was, and why.

First its growth is measured. Where fuel grows no faster than n log n, only rules are
tried, and only those that are about a line that a profile shows to be hot. A model is
asked only for what grows faster. What comes of it has to stand where the winner stood:
before all tests, the gate and the stages of quality. Nothing of it is essential: who
runs out of budget or turns in circles here leaves the winner as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from plugwright.judging import Call, Case, Observer, Report
from plugwright.quality import Quality, Source
from plugwright.sandboxes import JSON
from plugwright_forge.approving import schemas
from plugwright_forge.bench import Bench
from plugwright_forge.budget import Amounts, OutOfBudget
from plugwright_forge.competition.knowledge import Knowledge
from plugwright_forge.delivering.stages import (
    STEP,
    Look,
    dumped,
    parsed,
    worse,
)
from plugwright_forge.gate import withheld
from plugwright_forge.guard import Made
from plugwright_forge.matrix import Trial
from plugwright_forge.optimising import (
    Growth,
    Outcome,
    SessionWorkshop,
    asking,
    growths,
    heat,
    optimise,
    rewrites,
)
from plugwright_forge.optimising.asking import ROLE
from plugwright_forge.optimising.inputs import near_calls
from plugwright_forge.optimising.keeping import keep_outcome
from plugwright_forge.probing import is_answer
from plugwright_forge.session import Session
from plugwright_forge.team import Team
from plugwright_forge.watching import Watcher

UNSEEN = "nobody could measure how its fuel grows"
PHASE = "optimisation"
ASKS = 3
"""Rewrites that a model may hand in."""
HOT = 0.1
"""From this part of all fuel on, a line is worth a rule where nothing grows fast."""
PROFILED = 2
"""Commands that are profiled to find such a line."""
KEPT = 0.1
"""The part of the seconds, beside the reserve, that is left to those who come after."""
KEPT_CALLS = 2
"""Their calls of models: the integration review, and the README."""


class Cheaper:
    """The optimiser's place in a contest."""

    def __init__(
        self,
        session: Session,
        team: Team,
        bench: Bench,
        watcher: Watcher,
        known: Knowledge,
        look: Look | None,
    ) -> None:
        self._session = session
        self._purse = team.purse
        self._bench = bench
        self._watcher = watcher
        self._known = known
        self._look = look
        self._team = team.apart(ROLE)
        self._seed = f"{session.options.request} cheaper"

    def make(self, best: Trial, after: Trial) -> Outcome | None:
        """Make the best cheaper, and let that go on in its place; None if idle.

        It is committed `after` the newest version of its candidate.
        """
        judge = self._bench.observer
        if judge is None or self._known.lacking(best):
            return None
        try:
            found = self._optimised(best, judge)
        except OutOfBudget as error:
            found = Outcome(
                code=best.code, tries=(), stopped=error.message, reason=UNSEEN
            )
        if found is None:
            return None
        if found.changed:
            found = replace(found, refused=self._entered(best, after, found))
        keep_outcome(self._session, found)
        for line in found.in_words().split("\n"):
            self._watcher.note(line)
        return found

    def _optimised(self, best: Trial, judge: Observer) -> Outcome | None:
        specification = self._known.specification
        described = schemas(self._bench, specification)
        workshop = self._workshop(best, judge)
        calls = self._answered(best)
        others = {each.name for each in specification.commands} - {
            call.command for call in calls
        }
        near = near_calls(specification, described, self._seed)
        calls += [call for call in near if call.command in others]
        grown = growths(workshop, best.code, calls)
        fast = [each for each in grown if each.is_fast]
        reason = fast[0].in_words() if fast else self._hot(workshop, best.code, grown)
        if not reason:
            return None
        self._watcher.phase(PHASE)
        self._watcher.note(reason)
        found = optimise(
            best.code,
            workshop,
            specification,
            described,
            seed=self._seed,
            asks=ASKS if fast else 0,
        )
        return replace(found, reason=reason)

    def _answered(self, best: Trial) -> list[Call]:
        """Give the tests' calls that it answers; it may refuse what is made up."""
        return [
            probe.story[-1]
            for probe in self._known.probes
            if not probe.before
            and (output := self._known.gives(best, probe.id)) is not None
            and is_answer(output)
        ]

    def _hot(self, workshop: SessionWorkshop, code: str, grown: list[Growth]) -> str:
        """Say which line is hot that a rule could mend; empty if there is none."""
        found = rewrites(code)
        for number, each in enumerate(grown[: PROFILED if found else 0], 1):
            key = f"optimise/hot/{number}"
            hot = workshop.profiled(key, code, each.story)
            for rewrite in found if hot and hot.lines else ():
                part = heat(rewrite, hot) if hot else 0.0
                if part >= HOT:
                    return (
                        f"`{each.command}`: {part:.0%} of its fuel is about line "
                        f"{rewrite.line}, where a rule could help"
                    )
        return ""

    def _workshop(self, best: Trial, judge: Observer) -> SessionWorkshop:
        specification = self._known.specification
        ask = asking(self._team, specification)

        def asked(about: str, sections: Mapping[str, str]) -> str | None:
            self._leave_enough(Amounts(calls=1 + KEPT_CALLS))
            code = ask(about, sections)
            if code is not None:
                self._team.steering.tell(Made(lineage=ROLE, text=code))
            return code

        def accepted(key: str, code: str) -> Report:
            if code == best.code:
                return best.report
            self._leave_enough(Amounts())
            tests = self._known.suite.acceptance.files
            files = {"plugin.py": code}
            return self._bench.judge(key, "a cheaper one", files, tests, specification)

        return SessionWorkshop(
            step=self._step,
            case=Case(
                name=specification.name,
                files={},
                tests={},
                permissions=_permissions(self._known),
            ),
            judge=judge,
            accepted=accepted,
            ask=asked,
        )

    def _step(self, key: str, compute: Callable[[], JSON]) -> JSON:
        if not self._session.has(key):
            self._leave_enough(Amounts())
        return self._bench.work(key, compute)

    def _leave_enough(self, wanted: Amounts) -> None:
        kept = Amounts(seconds=KEPT * self._purse.budget.seconds)
        self._purse.need(wanted.plus(kept), among=("calls", "seconds", "wall"))

    def _entered(self, best: Trial, after: Trial, found: Outcome) -> str:
        """Let it take the winner's place, or say why it cannot."""
        known = self._known
        try:
            trial = known.enter(
                found.code,
                best.candidate,
                lineage="",  # whether it turns in circles, its own guard says
                origin=_origin(known.name(best), found),
                after=after,
            )
        except OutOfBudget as error:
            return error.message
        refused = self._refused(best, trial)
        if refused:
            known.withdraw(trial, refused)
        else:
            known.improve(best, trial)
        return refused

    def _refused(self, best: Trial, trial: Trial) -> str:
        known = self._known
        lost = known.matrix.passed(best) - known.matrix.passed(trial)
        if lost:
            return f"it fails `{min(lost)}`"
        try:
            known.measure(trial)
            lacking = known.lacking(trial)
            return lacking[0] if lacking else self._worse_quality(best, trial)
        except OutOfBudget as error:
            return error.message

    def _worse_quality(self, best: Trial, trial: Trial) -> str:
        if self._look is None:
            return ""
        after = self._looked_at(self._look, trial)
        if not withheld(after):
            return ""
        return worse(self._looked_at(self._look, best), after)

    def _looked_at(self, look: Look, trial: Trial) -> Quality:
        known = self._known
        source = Source(
            name=known.specification.name,
            files=trial.files,
            tests=known.suite.acceptance.files,
            permissions=_permissions(known),
            examples={
                each.command: each.arguments
                for each in known.specification.examples
                if each.can_be_tried and not each.refuses
            },
        )
        key = f"{STEP}/{known.name(trial)}"
        return parsed(self._bench.work(key, lambda: dumped(look(source))))


def _permissions(known: Knowledge) -> tuple[str, ...]:
    return tuple(str(wish.permission) for wish in known.specification.permissions)


def _origin(name: str, found: Outcome) -> str:
    kept = "; ".join(f"{t.said} ({t.where})" for t in found.tries if t.kept)
    return (
        f"{name}, made cheaper: {kept}; {found.ratio:.2f} of the fuel on large inputs"
    )
