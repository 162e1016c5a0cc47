"""A real terminal with a command at it, for tests that type and wait to see."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
_LONGEST = 30.0
"""Seconds after which what was waited for will not come."""


def _environment() -> dict[str, str]:
    """Give what a test set, without what whoever runs it happens to have."""
    found = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    return found if found.get("TERM") == "dumb" else {**found, "TERM": "xterm"}


class Pty:
    """`plugwright` at a terminal of its own, so that Ctrl-C reaches it alone."""

    def __init__(self, arguments: Sequence[str], columns: int = 80) -> None:
        self._master, slave = os.openpty()
        self.resize(columns)

        def take_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            # Shells ignore it for what they start in the background: these tests, say.
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        self._process = subprocess.Popen(
            [sys.executable, "-m", "plugwright", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=take_terminal,
            env=_environment(),
        )
        os.close(slave)
        self._raw = b""
        self._seen = 0

    @property
    def shown(self) -> str:
        """Everything that was on the screen."""
        return _ESCAPES.sub("", self._raw.decode(errors="replace")).replace("\r", "")

    @property
    def shown_raw(self) -> str:
        """The same, with all that a terminal obeys."""
        return self._raw.decode(errors="replace")

    def resize(self, columns: int) -> None:
        """Make it this wide."""
        size = struct.pack("HHHH", 24, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def until(self, text: str) -> str:
        """Wait until the screen shows a text after what was waited for before."""
        end = time.monotonic() + _LONGEST
        while (at := self.shown.find(text, self._seen)) < 0:
            if time.monotonic() > end or not self._read():
                raise AssertionError(f"{text!r} was not shown: {self.shown!r}")
        before, self._seen = self._seen, at + len(text)
        return self.shown[before : self._seen]

    def type(self, text: str) -> None:
        """Press these keys."""
        os.write(self._master, text.encode())

    def enter(self, line: str) -> None:
        """Type a line."""
        self.type(f"{line}\r")

    def paste(self, text: str) -> None:
        """Paste, as terminals do it that say where a paste begins and ends."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def kill(self) -> None:
        """End it as nobody can prevent."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def code(self) -> int:
        """Wait until it has ended."""
        end = time.monotonic() + _LONGEST
        while self._process.poll() is None and time.monotonic() < end:
            self._read()
        return self._process.wait(timeout=1)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 0.2)
        if not ready:
            return True
        try:
            chunk = os.read(self._master, 1 << 16)
        except OSError:
            return False  # Linux says so when the other side was closed
        self._raw += chunk
        return bool(chunk)
