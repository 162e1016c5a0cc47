"""What is done when the loop guard raises an alarm: each rung of its ladder, for real.

The team and the contest tell it what happens. What it changes is how the next question
is asked: with a word of advice, without what went before, of another model, by another
plan, with what a person said; and in the end it ends the work.
"""

from __future__ import annotations

from dataclasses import replace

from plugwright.errors import PlugwrightError
from plugwright.sandboxes import JSON
from plugwright_forge.answers import Answers, Level, Question
from plugwright_forge.autonomy import Ask, is_asked
from plugwright_forge.guard import (
    Alarm,
    Limits,
    LoopGuard,
    Observation,
    Rung,
    Signal,
)
from plugwright_forge.session import Session
from plugwright_forge.watching import Watcher

IMPROVING = "improvement"
"""The lineage of everything that is tried after the first candidates: it is there that
a session can go in circles."""
_MAKER = "implementer"
_NUDGES = {
    Signal.CIRCULAR_DEPENDENCY: "Nobody waits for anybody here. Begin with an "
    "assumption, and say which.",
    Signal.CHANTING: "Answer briefly, and say nothing twice.",
    Signal.FORMAT_FAILURE: "Give nothing but what is asked for, in the form that is "
    "asked for.",
    Signal.OSCILLATION: "Earlier versions took turns in what they got wrong. Write one "
    "that does all of it.",
    Signal.REPEATED_ARTEFACT: "This very file was handed in before, and did not do. "
    "Change what it does.",
    Signal.REPEATED_ERROR: "The same error was there after earlier attempts. Look for "
    "another cause of it.",
    Signal.NO_PROGRESS: "Nothing got better lately. Begin with the first failure "
    "alone.",
}
_OF_ROLES = (
    Signal.CONTEXT_OVERFLOW,
    Signal.CIRCULAR_DEPENDENCY,
    Signal.CHANTING,
    Signal.FORMAT_FAILURE,
)


class InCircles(PlugwrightError):
    """The ladder is at its end."""

    def __init__(self, alarm: Alarm) -> None:
        super().__init__(
            f"the work turns in circles: {'; '.join(alarm.evidence)}",
            remedy="say more in the request, or choose another model with `--model`",
        )
        self.alarm = alarm


class Steering:
    """Listens to a session, and steers it out of circles."""

    def __init__(
        self,
        session: Session,
        person: Answers,
        watcher: Watcher,
        models: int = 1,
        *,
        alone: str = "",
    ) -> None:
        """Steer everybody, or a role `alone`: a word to it, and then the end of it."""
        self._session = session
        self._person = person
        self._watcher = watcher
        self._models = models
        self._maker = alone or _MAKER
        self._log = f"alarm/{alone}" if alone else "alarm"
        rungs = (Rung.NUDGE, Rung.ABORT) if alone else _rungs(session, models)
        self.guard = LoopGuard(Limits(rungs=rungs))
        self._nudges: dict[str, str] = {}
        self._told: list[str] = []
        self._fresh: set[str] = set()
        self._turned: dict[str, int] = {}
        self._at_the_top = False
        self.turns = 0
        """How often another plan or model was called for."""
        self.suspects: set[str] = set()
        """Tests that are to be put on trial."""
        self.narrow = 0
        """How much is left out of questions that are too long: 0 to 2."""

    def apart(self, role: str) -> Steering:
        """Give one for a role that the rest of the work can do without."""
        given = (self._session, self._person, self._watcher, self._models)
        return Steering(*given, alone=role)

    def tell(self, seen: Observation) -> Alarm | None:
        """Tell the guard, and do what it says. Raises `InCircles` at the end."""
        alarm = self.guard.observe(replace(seen, at=float(self._session.moment)))
        if alarm is not None:
            self._carry_out(alarm)
        return alarm

    def advice(self, role: str) -> str:
        """Give what is to be said to a role beside its question."""
        return "\n".join(filter(None, [self._nudges.get(role, ""), *self._told]))

    def is_fresh(self, role: str) -> bool:
        """Tell whether a role is to forget what went wrong before."""
        return role in self._fresh

    def asked(self, role: str) -> None:
        """Note that a role was asked anew, without what went before."""
        self._fresh.discard(role)

    def model(self, role: str, wanted: int) -> int:
        """Say which model a role asks."""
        if self._at_the_top:
            return self._models - 1
        return (wanted + self._turned.get(role, 0)) % self._models

    def _carry_out(self, alarm: Alarm) -> None:
        number = len(self.guard.alarms)
        self._session.step(f"{self._log}/{number}", lambda: _dumped(alarm))
        self._watcher.note(alarm.reasoning)
        roles = alarm.about if alarm.signal in _OF_ROLES else (self._maker,)
        match alarm.rung:
            case Rung.NUDGE:
                self._nudge(alarm, roles)
            case Rung.RESET_CONTEXT:
                self._fresh.update(roles)
                self.narrow = 2 if alarm.signal is Signal.CONTEXT_OVERFLOW else 0
            case Rung.ALTERNATIVE:
                self.turns += 1
                for role in roles:
                    self._turned[role] = self._turned.get(role, 0) + 1
            case Rung.ASK:
                self._ask(alarm, number)
            case Rung.ESCALATE:
                self._at_the_top = True
            case Rung.ABORT:
                raise InCircles(alarm)

    def _nudge(self, alarm: Alarm, roles: tuple[str, ...]) -> None:
        if alarm.signal is Signal.CONTEXT_OVERFLOW:
            self.narrow = 1
        if alarm.signal is Signal.TEST_FAILURE_LOOP:
            # An id names a file and a case, too; on trial is the function.
            functions = (test.partition("[")[0] for test in alarm.about)
            self.suspects.update(name.rpartition("::")[2] for name in functions)
        for role in roles:
            self._nudges[role] = _NUDGES.get(alarm.signal, "")

    def _ask(self, alarm: Alarm, number: int) -> None:
        question = Question(
            question=f"It hangs: {alarm.evidence[0]}. What should be done?",
            level=Level.ESSENTIAL,
            implication="Nothing else helped so far; the best there is will be kept.",
            default="",
        )

        def ask() -> JSON:
            prepared = self._session.options.answers.get(f"stuck-{number}")
            return prepared or self._person.answer(number, question) or ""

        said = str(self._session.step(f"stuck/{number}", ask)).strip()
        if said:
            self._told.append(f"The person who wants the plugin says: {said}")


def _rungs(session: Session, models: int) -> tuple[Rung, ...]:
    """Leave out what cannot be done here: nobody is there, or nothing is stronger."""
    without = set()
    if not is_asked(session.options.autonomy, Ask.STUCK):
        without.add(Rung.ASK)
    if models < 2:
        without.add(Rung.ESCALATE)
    return tuple(rung for rung in Rung if rung not in without)


def _dumped(alarm: Alarm) -> JSON:
    return {
        "signal": alarm.signal.value,
        "rung": alarm.rung.value,
        "confidence": alarm.confidence,
        "occurrences": alarm.occurrences,
        "about": [*alarm.about],
        "reasoning": alarm.reasoning,
    }
