"""A real terminal, for tests to type at."""

from __future__ import annotations

import os
import threading


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
