"""The desk: where the forge, in its thread, meets the person at the page, in another.

The forge lays down a question and waits; the first answer to it wins. An answer is
*kept* when the step of the session that it belongs to is on the disk, and only then is
the page told so. Between two steps the forge looks here whether it should wait or end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Condition

from plugwright.sandboxes import JSON
from plugwright_forge.web.feed import Feed

_TURN = 1.0
"""Seconds that one wait takes at most: Windows lets nobody interrupt a longer one."""


class StoppedByPerson(KeyboardInterrupt):
    """The person at the page stopped the forge, which ends as with Ctrl-C."""


class TooLate(Exception):
    """What was answered is not asked any more; the text says why."""


class NotKept(Exception):
    """An answer was given, but not kept; the text says why."""


class State(StrEnum):
    """What the forge is doing, as far as a person may steer it."""

    RUNNING = "running"
    PAUSING = "pausing"
    """It will wait after the step under way."""
    PAUSED = "paused"
    STOPPING = "stopping"
    """It will end after the step under way."""
    STOPPED = "stopped"
    """It has ended, and can be resumed."""
    OVER = "over"


class Wish(StrEnum):
    """What a person may want of it."""

    PAUSE = "pause"
    GO_ON = "go-on"
    STOP = "stop"
    RESUME = "resume"
    CLOSE = "close"


_ALLOWED: Mapping[Wish, Sequence[State]] = {
    Wish.PAUSE: (State.RUNNING,),
    Wish.GO_ON: (State.PAUSING, State.PAUSED),
    Wish.STOP: (State.RUNNING, State.PAUSING, State.PAUSED),
    Wish.RESUME: (State.STOPPED,),
    Wish.CLOSE: (State.STOPPED,),
}


@dataclass(frozen=True)
class Said:
    """What a person chose, and typed where that was the choice."""

    choice: str
    text: str = ""


@dataclass
class _Ask:
    id: str
    step: str
    choices: Sequence[str]
    said: Said | None = None
    kept: Future[None] = field(default_factory=Future)


class Desk:
    """One at a time is asked; anybody may answer."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._changed = Condition()
        self._state = State.RUNNING
        self._ask: _Ask | None = None
        self._asked = 0
        self._steps: list[str] = []
        self._wants_close = False

    # What the forge does.

    def ask(self, kind: str, choices: Sequence[str], **facts: JSON) -> Said:
        """Lay down a question, and wait for whoever answers it first."""
        with self._changed:
            self._asked += 1
            step = self._steps[-1] if self._steps else ""
            ask = self._ask = _Ask(f"{self._asked}", step, choices)
            self.feed.tell("ask", id=ask.id, about=kind, choices=[*choices], **facts)
            while ask.said is None:
                self._end_if_stopped()
                self._changed.wait(_TURN)
            return ask.said

    def look_up(self) -> None:
        """Wait here while somebody wants a pause. Raises `StoppedByPerson`."""
        with self._changed:
            if self._state is State.PAUSING:
                self._become(State.PAUSED)
            while self._state is State.PAUSED:
                self._changed.wait(_TURN)
            self._end_if_stopped()

    @contextmanager
    def at_step(self, key: str) -> Iterator[None]:
        """Do a step: what is asked meanwhile is kept when the step is."""
        self._steps.append(key)
        try:
            yield
        finally:
            self._steps.pop()
        self.keep(key)

    def keep(self, step: str = "") -> None:
        """Tell whoever answered that the answer is on the disk."""
        with self._changed:
            if self._ask and self._ask.said and self._ask.step in ("", step):
                self._settle(self._ask, "")

    def turn_down(self, why: str) -> None:
        """Tell whoever answered that the answer cannot be used; it is asked again."""
        with self._changed:
            if self._ask and self._ask.said:
                self._settle(self._ask, why)

    # What happens around the forge.

    def begin(self) -> None:
        """Begin a run; who wished for a stop or a pause before it did, gets that."""
        with self._changed:
            self._steps.clear()
            if self._state is State.RUNNING:
                self._become(State.RUNNING)

    def end(self, why: str) -> None:
        """End a run that can be resumed, and say why."""
        with self._changed:
            if self._ask:
                self._settle(self._ask, "the forge stopped before it was kept")
            self._become(State.STOPPED, why)

    def wants_more(self) -> bool:
        """Wait until somebody wants to resume, or to close."""
        with self._changed:
            while self._state is State.STOPPED and not self._wants_close:
                self._changed.wait(_TURN)
            return not self._wants_close

    def close(self, words: str, *, is_good: bool, **facts: JSON) -> None:
        """Say what came of it all; nothing is asked or told any more."""
        with self._changed:
            if self._ask:
                self._settle(self._ask, "the forge has ended")
            self._state = State.OVER
            self.feed.tell("over", words=words, good=is_good, **facts)
            self.feed.close()

    # What the page does.

    def answer(self, id: str, said: Said) -> Future[None]:
        """Answer a question; done when the answer is kept. Raises `TooLate`."""
        with self._changed:
            ask = self._ask
            if ask is None or ask.id != id:
                raise TooLate("this is not asked any more; the page shows what is")
            if ask.said is not None:
                raise TooLate("somebody else answered this first, in another window")
            if said.choice not in ask.choices:
                raise ValueError(f"`{said.choice:.40}` is no answer to this question")
            ask.said = said
            self.feed.tell("answered", id=id, choice=said.choice, text=said.text)
            self._changed.notify_all()
            return ask.kept

    def steer(self, wish: Wish) -> None:
        """Pause, go on, stop, resume or close. Raises `TooLate`."""
        with self._changed:
            if self._state not in _ALLOWED[wish]:
                raise TooLate(f"it is {self._state}, so there is nothing to {wish}")
            match wish:
                case Wish.PAUSE:
                    self._become(State.PAUSING)
                case Wish.GO_ON:
                    self._become(State.RUNNING)
                case Wish.RESUME:
                    # Now: whoever asks after this is told of the new run alone.
                    self.feed.begin()
                    self._become(State.RUNNING)
                case Wish.STOP:
                    self._become(State.STOPPING)
                case Wish.CLOSE:
                    self._wants_close = True
            self._changed.notify_all()

    def _become(self, state: State, why: str = "") -> None:
        self._state = state
        self.feed.tell("state", state=state, why=why)

    def _end_if_stopped(self) -> None:
        if self._state is State.STOPPING:
            raise StoppedByPerson

    def _settle(self, ask: _Ask, problem: str) -> None:
        self._ask = None
        self.feed.tell("settled", id=ask.id, problem=problem)
        if problem:
            ask.kept.set_exception(NotKept(problem))
        else:
            ask.kept.set_result(None)
