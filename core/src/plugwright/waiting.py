"""A line on the screen that says for whom one waits, and for how long already."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import monotonic
from typing import TextIO

from plugwright.sources import plain

SOON = 1.0
"""Seconds in which nobody wonders, and between two looks at the clock."""


@contextmanager
def waiting(who: str, after: float = SOON) -> Iterator[Callable[[], None]]:
    """Say it until the block ends, or what is given is called; not into a pipe."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield _nothing
        return
    name = " ".join(plain(who).split())
    line = _Line(f"waiting for {name:.50}", sys.stderr, after)
    try:
        yield line.end
    finally:
        line.end()


class _Line:
    def __init__(self, text: str, to: TextIO, after: float) -> None:
        self._text = text
        self._to = to
        self._after = after
        self._since = monotonic()
        self._over = Event()
        self._writing = Lock()
        self._is_shown = False
        Thread(target=self._show, daemon=True).start()

    def _show(self) -> None:
        while not self._over.wait(self._after):
            with self._writing:
                if not self._over.is_set():
                    seconds = monotonic() - self._since
                    self._to.write(f"\r\x1b[K{self._text} ({seconds:.0f} s)")
                    self._to.flush()
                    self._is_shown = True

    def end(self) -> None:
        """Take the line away; a second time does nothing."""
        self._over.set()
        with self._writing:
            if self._is_shown:
                self._to.write("\r\x1b[K")
                self._to.flush()
                self._is_shown = False


def _nothing() -> None:
    """Take nothing away: there is no screen."""
