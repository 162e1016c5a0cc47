"""What the page is told: numbered messages that a page which was away gets later.

All of it follows from the session's log, for the forge runs from the top each time. So
a feed lives as long as one run; whoever comes with a number of another run is told to
begin anew, and gets everything.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex
from threading import Lock

from plugwright.sandboxes import JSON
from plugwright.sources import plain

_SILENCE = 15.0
"""Seconds after which a line without meaning says that the server is still there."""


@dataclass(frozen=True)
class Place:
    """How far somebody has read."""

    run: str = ""
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read what a browser sends back; what is none is the beginning."""
        run, _, number = text.partition("-")
        is_number = number.isascii() and number.isdecimal() and len(number) < 10
        return cls(run, int(number)) if is_number else cls()

    def __str__(self) -> str:
        return f"{self.run}-{self.number}"


class Feed:
    """The messages of one run after another; written by one thread, read by others."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._run = token_hex(4)
        self._messages: list[str] = []
        self._listeners: set[Callable[[], object]] = set()
        self._is_closed = False

    def tell(self, kind: str, **facts: JSON) -> None:
        """Add a message. Its texts are shown, so nothing in them may mislead."""
        with self._lock:
            self._messages.append(json.dumps({"kind": kind, **_shown(facts)}))
        self._wake()

    def begin(self) -> None:
        """Begin a new run: the old messages are told again by the forge itself."""
        with self._lock:
            self._run, self._messages = token_hex(4), []
        self._wake()

    def close(self) -> None:
        """Say nothing more; whoever has read all of it may go."""
        with self._lock:
            self._is_closed = True
        self._wake()

    async def follow(self, place: Place) -> AsyncIterator[str]:
        """Give server-sent events from a place on, for as long as there are any."""
        yield "retry: 1000\n\n"
        with self._listening() as woken:
            while True:
                woken.clear()
                lines, place, is_over = self._after(place)
                for line in lines:
                    yield line
                if is_over:
                    return
                try:
                    await asyncio.wait_for(woken.wait(), _SILENCE)
                except TimeoutError:
                    yield ": still here\n\n"

    def _after(self, place: Place) -> tuple[list[str], Place, bool]:
        with self._lock:
            lines, known = [], len(self._messages)
            if place.run != self._run or place.number > known:
                place = Place(self._run)
                lines = [_event(place, '{"kind": "begin"}')]
            for number, text in enumerate(self._messages[place.number :], 1):
                lines.append(_event(Place(self._run, place.number + number), text))
            return lines, Place(self._run, known), self._is_closed

    @contextmanager
    def _listening(self) -> Iterator[asyncio.Event]:
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        with self._lock:
            self._listeners.add(wake)
        try:
            yield woken
        finally:
            with self._lock:
                self._listeners.discard(wake)

    def _wake(self) -> None:
        with self._lock:
            for wake in self._listeners:
                wake()


def _event(place: Place, text: str) -> str:
    return f"id: {place}\ndata: {text}\n\n"


def _shown(facts: dict[str, JSON]) -> dict[str, JSON]:
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: JSON) -> JSON:
    if isinstance(value, str):
        # Line by line: the ends of lines are meant.
        return "\n".join(map(plain, value.split("\n")))
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {plain(key): _plain(each) for key, each in value.items()}
    return value
