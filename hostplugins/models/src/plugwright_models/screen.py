"""Shows an answer while it comes: its text, and between its pieces what is called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from plugwright.agents import AgentEvent, Called, Calling, Result
from plugwright.lines import say
from plugwright.providers import Finish, Piece
from plugwright.redaction import redact
from plugwright.sources import plain
from plugwright.waiting import waiting


class Screen:
    """Standard output for what is said, standard error for what is said about it."""

    def __init__(self) -> None:
        self._is_in_line = False
        self._heard: Callable[[], None] | None = None

    @contextmanager
    def waiting(self, who: str) -> Iterator[None]:
        """Say that somebody is waited for, until there is something to show."""
        with waiting(who) as self._heard:
            yield

    def show(self, event: AgentEvent) -> None:
        """Show one event."""
        if self._heard is not None:
            self._heard()
        match event:
            case Piece(text) if text:
                sys.stdout.write(plain(redact(text)))
                sys.stdout.flush()
                self._is_in_line = not text.endswith("\n")
            case Calling(call):
                self.end_line()
                say(plain(f"calling {call.name}"), first="  ", rest="    ", err=True)
            case Called(call, text) if text.startswith("error: "):
                say(plain(f"{call.name}: {text:.300}"), first="  ", rest="  ", err=True)
            case Result(finish=Finish.LENGTH):
                self.end_line()
                say("(it was cut off: no answer may be longer)", err=True)

    def interrupted(self) -> None:
        """Go to the next line: the terminal has shown `^C` in this one."""
        self._is_in_line = True
        self.end_line()

    def end_line(self) -> None:
        """Go to the beginning of a line, if text stands in this one."""
        if self._is_in_line:
            sys.stdout.write("\n")
            sys.stdout.flush()
            self._is_in_line = False
