"""A real terminal, for tests to type at."""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from plugwright.host import Host

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """A real terminal with nobody at it: what to type is given beforehand."""

    def __init__(self, typed: str, columns: int = 80) -> None:
        import fcntl
        import struct
        import termios

        self._master, self.slave = os.openpty()
        size = struct.pack("HHHH", 24, columns, 0, 0)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, size)
        self._shown = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        os.write(self._master, typed.encode())

    def shown(self) -> str:
        """Give everything that was on the screen, once nobody writes to it any more."""
        os.close(self.slave)
        self._reader.join(timeout=10)
        os.close(self._master)
        return self._shown.decode()

    def _read(self) -> None:
        try:
            while chunk := os.read(self._master, 1 << 16):
                self._shown += chunk
        except OSError:
            pass  # Linux says so when the other side was closed


def decide_at_terminal(
    host: Host,
    monkeypatch: pytest.MonkeyPatch,
    bundle: str,
    typed: str,
    *,
    yes: bool = False,
) -> tuple[bool, str]:
    """Decide about a bundle as somebody who types this; give what they saw."""
    from plugwright.approving import decide

    terminal = Terminal(typed)
    with (
        open(terminal.slave, closefd=False) as keyboard,
        open(terminal.slave, "w", closefd=False) as screen,
        monkeypatch.context() as patch,
    ):
        patch.setattr(sys, "stdin", keyboard)
        patch.setattr(sys, "stdout", screen)
        decided = decide(host, bundle, yes=yes)
    return decided, ESCAPES.sub("", terminal.shown()).replace("\r\n", "\n")


def squeezed(shown: str) -> str:
    """Give the words without the box around them."""
    return " ".join(shown.replace("│", " ").split())
