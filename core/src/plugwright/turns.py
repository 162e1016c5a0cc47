"""Who may go in to a plugin next, and how a call is ended from outside.

Theory
------
A plugin answers one call at a time, as its author may rely on: what it reads from its
storage is still so when it writes. So each plugin has a door. Who finds it closed has
to wait, the most urgent first, and among those the one who came first.

Two callers could wait for each other for ever: one is inside of `a` and asks `b`, the
other is inside of `b` and asks `a`. So whoever is inside somewhere waits for a short
while only, and is refused then.

How urgent a call is, and who may end it, is said around it (`calling`), not with it: a
command that calls another one is as urgent as who called it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from heapq import heapify, heappop, heappush
from itertools import count
from time import monotonic
from typing import NamedTuple

from plugwright.errors import PlugwrightError, Refused
from plugwright.priorities import Priority

PATIENCE_INSIDE = 1.0
"""Seconds for which a caller who is inside of one plugin waits for another."""


class Cancelled(PlugwrightError):
    """Whoever wanted the call does not want it any more."""


class Caller:
    """On whose behalf calls are made: how urgent they are, and when to end them."""

    def __init__(self, priority: Priority = Priority.INTERACTIVE) -> None:
        self.priority = priority
        self.began: float | None = None
        """When the first call was let in, on the monotonic clock; None is not yet."""
        self.waits_for = ""
        """The plugin that it waits for now, because somebody else is inside."""
        self.is_stopped = False
        self._guard = threading.Lock()
        self._endings: list[Callable[[], object]] = []

    def stop(self) -> None:
        """End what is under way, and let nothing begin any more. From any thread."""
        with self._guard:
            self.is_stopped = True
            for end in reversed(self._endings):
                end()

    def begins(self) -> None:
        """Note when the first call is let in."""
        if self.began is None:
            self.began = monotonic()

    @contextmanager
    def ending_with(self, end: Callable[[], object]) -> Iterator[None]:
        """Have `stop` call this while the block lasts, and never afterwards."""
        with self._guard:
            self._refuse_stopped()
            self._endings.append(end)
        try:
            yield
        finally:
            with self._guard:
                self._endings.remove(end)

    def _refuse_stopped(self) -> None:
        if self.is_stopped:
            raise Cancelled("the call was cancelled")


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def caller() -> Caller | None:
    """Give on whose behalf this code runs; None is a person who waits."""
    return _caller.get()


@contextmanager
def calling(who: Caller) -> Iterator[Caller]:
    """Make the calls of this block on somebody's behalf."""
    before = _caller.set(who)
    try:
        yield who
    finally:
        _caller.reset(before)


class _Waiting(NamedTuple):
    priority: Priority
    number: int
    """Who came first; so the two below are never compared."""
    thread: int
    turn: threading.Lock
    """Held until it is this one's turn, or until it need not wait any more."""


class _Door:
    __slots__ = ("guard", "inside", "queue")

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.inside = 0
        """The thread that is; 0 is none."""
        self.queue: list[_Waiting] = []


class Doors:
    """One door for each plugin."""

    def __init__(self) -> None:
        self._doors: dict[str, _Door] = {}
        self._numbers = count()

    def enter(self, name: str, who: Caller | None = None) -> None:
        """Go in when it is this caller's turn. Raises `Cancelled`, or `Refused`."""
        door = self._doors.get(name) or self._doors.setdefault(name, _Door())
        me = threading.get_ident()
        with door.guard:
            if not door.inside:
                door.inside = me
                return
            if door.inside == me:
                raise Refused(f"`{name}` is being called, and cannot be called by that")
            priority = Priority.INTERACTIVE if who is None else who.priority
            waiting = _Waiting(priority, next(self._numbers), me, threading.Lock())
            waiting.turn.acquire()
            heappush(door.queue, waiting)
        self._wait(name, door, waiting, who)

    def leave(self, name: str) -> None:
        """Let the next one in."""
        door = self._doors[name]
        with door.guard:
            if not door.queue:
                door.inside = 0
                return
            following = heappop(door.queue)
            door.inside = following.thread
            following.turn.release()

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """Be inside until the end of the block."""
        self.enter(name, caller())
        try:
            yield
        finally:
            self.leave(name)

    def waiting(self, name: str) -> int:
        """Count who waits."""
        door = self._doors.get(name)
        return len(door.queue) if door else 0

    def _wait(
        self, name: str, door: _Door, waiting: _Waiting, who: Caller | None
    ) -> None:
        is_inside = any(
            other.inside == waiting.thread for other in [*self._doors.values()]
        )
        patience = PATIENCE_INSIDE if is_inside else -1
        try:
            if who is None:
                waiting.turn.acquire(timeout=patience)
            else:
                with who.ending_with(lambda: _withdraw(door, waiting)):
                    who.waits_for = name
                    waiting.turn.acquire(timeout=patience)
        except BaseException:
            if not _withdraw(door, waiting) and door.inside == waiting.thread:
                self.leave(name)  # it had become our turn
            raise
        finally:
            if who is not None:
                who.waits_for = ""
        if _withdraw(door, waiting) or door.inside != waiting.thread:
            if who is not None and who.is_stopped:
                raise Cancelled("the call was cancelled")
            raise Refused(f"`{name}` is being called, and does not come to an end")


def _withdraw(door: _Door, waiting: _Waiting) -> bool:
    """Wait no more; tells whether it was still waiting."""
    with door.guard:
        if waiting not in door.queue:
            return False
        door.queue.remove(waiting)
        heapify(door.queue)
        waiting.turn.release()
        return True
