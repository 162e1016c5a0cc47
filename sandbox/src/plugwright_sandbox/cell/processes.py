"""Worker processes, as the host sees them: ready, talked to, killed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from plugwright.sandboxes import Wall
from plugwright_sandbox.wire.channel import Channel


class Process(Protocol):
    """Something that runs, and that can be killed."""

    def ready(self) -> Sequence[Wall]:
        """Wait until it serves; say what stands around it."""

    @property
    def alive(self) -> bool:
        """Whether it still runs."""

    def kill(self) -> None:
        """End it now; nothing happens if it has ended."""

    def close(self) -> None:
        """End it, wait for it, and let go of everything it needed."""


class Worker:
    """One worker process, and the right to talk to it."""

    def __init__(
        self, process: Process, channel: Channel, *, background: bool = False
    ) -> None:
        self.background = background
        """Whether it gives way to all others, for ever."""
        self.process = process
        self.channel = channel
        self.turn = threading.RLock()
        self.talks = 0
        """How many conversations there are with it now, one inside the other."""
        self.sessions = 0
        self.reserved = 0
        """How many guests are being opened in it; counted by its sandbox."""
        self._killed = False

    @property
    def busy(self) -> bool:
        """Whether somebody talks to it, or is about to."""
        return bool(self.talks or self.reserved)

    def kill(self) -> None:
        """End the process now, whatever it is doing."""
        self._killed = True
        self.process.kill()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._killed and self.process.alive

    def close(self) -> None:
        """End it, and leave nothing of it behind."""
        self._killed = True
        self.channel.close()
        self.process.close()
