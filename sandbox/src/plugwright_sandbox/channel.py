"""One line of messages between two processes, over whatever has a descriptor."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from plugwright_sandbox import frames
from plugwright_sandbox.frames import LENGTH_SIZE, BadFrame, Message

CHUNK = 1 << 16
LONGEST_WAIT = 1e6
"""Seconds of one wait; the system counts its milliseconds in 31 bits."""

Ready = Callable[[float], object]
"""Waits so many milliseconds, and tells whether there is something to do."""


class Closed(Exception):
    """The other side has gone, or has not kept to the protocol."""


class Late(Closed):
    """The other side did not answer in time."""


class Channel:
    """Sends and receives messages. Several threads may send, and one may receive."""

    def __init__(self, inward: int, outward: int) -> None:
        self._in = inward
        self._out = outward
        self._buffer = bytearray()
        self._sending = threading.Lock()
        self._blocks = True
        self._readable: Ready | None = None
        self._writable: Ready | None = None
        if hasattr(select, "poll"):
            readable, writable = select.poll(), select.poll()
            readable.register(inward, select.POLLIN)
            writable.register(outward, select.POLLOUT)
            self._readable, self._writable = readable.poll, writable.poll

    @classmethod
    def over(cls, end: socket.socket) -> Channel:
        """Use a socket for both directions; its owner closes it."""
        return cls(end.fileno(), end.fileno())

    def send(
        self, head: dict[str, Any], text: str = "", deadline: float | None = None
    ) -> None:
        """Send one message. Raises BadFrame for what is none, and sends nothing.

        Raises `Late` or `Closed` like `receive`: whoever does not read may hold up
        whoever writes.
        """
        data = memoryview(frames.encoded(head, text))
        try:
            with self._sending:
                if deadline is not None and self._blocks and self._writable:
                    os.set_blocking(self._out, False)
                    self._blocks = False
                while data:
                    try:
                        data = data[os.write(self._out, data) :]
                    except BlockingIOError:
                        self._wait(self._writable, deadline)
        except OSError as error:
            raise Closed from error

    def close(self) -> None:
        """Let go of the descriptors; their numbers may be other files' from now on."""
        self._in = self._out = -1
        self._readable = self._writable = None

    def waits(self, seconds: float) -> bool:
        """Tell whether a message comes within this time; yes, where nobody can tell."""
        ready = self._readable
        return bool(self._buffer or not ready or ready(seconds * 1000))

    def receive(self, deadline: float | None = None) -> Message:
        """Wait for one message, until `time.monotonic()` is past the deadline.

        Raises `Late`, or `Closed` at the end and for what breaks the protocol. Without
        `poll`, as on Windows, somebody else has to end a sender that is late.
        """
        try:
            size = frames.length(self._take(LENGTH_SIZE, deadline))
            return frames.decoded(self._take(size, deadline))
        except (BadFrame, OSError) as error:
            raise Closed(str(error)) from error

    def _take(self, size: int, deadline: float | None) -> bytes:
        while len(self._buffer) < size:
            if deadline is not None or not self._blocks:
                self._wait(self._readable, deadline)
            data = os.read(self._in, max(CHUNK, size - len(self._buffer)))
            if not data:
                raise Closed("the end")
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _wait(self, ready: Ready | None, deadline: float | None) -> None:
        while ready is not None:
            rest = LONGEST_WAIT
            if deadline is not None:
                rest = min(rest, deadline - time.monotonic())
            if rest <= 0:
                raise Late
            if ready(rest * 1000):
                return
