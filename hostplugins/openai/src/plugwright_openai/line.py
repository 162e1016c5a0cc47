"""What a wish to stop cuts, wherever a call stands just then.

A blocked `recv` hears of nothing but its socket. So whoever wishes a call to end shuts
the socket down, from another thread, and the call that waits on it wakes up. A call
that waits between two tries waits here, too.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Lock

from plugwright.providers import Cancel


class Cut(Exception):
    """A call ended because somebody wished it."""


class Line:
    """One call's way to its server."""

    def __init__(self, cancel: Cancel | None = None) -> None:
        self._socket: socket.socket | None = None
        self._was_cut = Event()
        self._lock = Lock()
        if cancel is not None:
            cancel.then(self.cut)

    @property
    def was_cut(self) -> bool:
        """Whether somebody wished the end."""
        return self._was_cut.is_set()

    def hold(self, sock: socket.socket) -> None:
        """Let this socket be cut from now on."""
        with self._lock:
            self._socket = sock
        if self.was_cut:
            self.cut()
            raise Cut

    def let_go(self) -> None:
        """The socket is another's now, and must not be cut any more."""
        with self._lock:
            self._socket = None

    def cut(self) -> None:
        """End the call, from any thread."""
        self._was_cut.set()
        with self._lock:
            if self._socket is not None:
                with suppress(OSError):
                    # The plain socket's, under TLS too: that one's own would take the
                    # encryption away from who is reading just now.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Wait; raises `Cut` as soon as the end is wished."""
        if self._was_cut.wait(seconds):
            raise Cut
