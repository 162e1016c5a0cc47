"""Counts, on the host's side, what a worker could lie about.

A worker of this engine shares its interpreter with the guest. If a guest breaks the
filter, the worker's own counting is its own too; so the host counts what crosses, reads
the process's clock, and looks at sizes before it reads.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from plugwright.quotas import Quota
from plugwright_sandbox.restricted.codes import CODES, packed, unpacked
from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.channel import Channel, Closed, Late
from plugwright_sandbox.wire.frames import Message
from plugwright_sandbox.wire.replies import ENVELOPE

HEAD = 4096
"""Bytes of a message that are not the guest's own."""
SHORTEST = 0.001
"""Seconds between two looks at the processor's clock, at least."""


class ProcessorClock:
    """How much processor time another process has used."""

    def __init__(self, pid: int) -> None:
        # How the kernel numbers the clock of a whole process (CPUCLOCK_SCHED).
        self._number = (~pid << 3) | 2
        self._last = 0.0

    def seconds(self) -> float:
        """Read it; when the process is gone, give what was read last."""
        with suppress(OSError):
            self._last = time.clock_gettime(self._number)
        return self._last


class Metered(Channel):
    """A channel to a worker that is trusted with nothing."""

    def __init__(self, end: socket.socket, clock: ProcessorClock) -> None:
        super().__init__(end.fileno(), end.fileno())
        self._clock = clock
        self.begin(Quota())

    def begin(self, quota: Quota, codes: str | None = None) -> None:
        """Count from zero, for one step of the guest.

        `codes` are its compiled files, for the step that loads it; empty for a guest
        that is compiled now.
        """
        self._quota = quota
        self._sends = codes or ""
        most = HEAD + ENVELOPE + quota.payload + 6 * quota.output
        self.most = min(most + CODES * (codes is not None), frames.LIMIT)
        self._begun = self._clock.seconds()
        self._host_calls = self._from_guest = self._to_guest = 0
        self.codes = ""
        """The guest's compiled files, if the worker gave some; never looked into."""
        self.out_of_time = False
        """Whether the guest used up its processor time."""

    @property
    def cpu_seconds(self) -> float:
        """What this step has used so far."""
        return self._clock.seconds() - self._begun

    def send(
        self, head: dict[str, Any], text: str = "", deadline: float | None = None
    ) -> None:
        """Send one message, unless the guest has had enough."""
        super().send(*packed(head, text, self._sends), deadline)
        self._sends = ""
        self._to_guest += len(text)
        # An honest worker ends itself when it gets what is too much.
        if self._to_guest > self._quota.received + self._quota.payload:
            raise Closed("it was sent too much")

    def receive(self, deadline: float | None = None) -> Message:
        """Wait for one message, and count it."""
        self._watch_processor(deadline)
        try:
            message, self.codes = unpacked(super().receive(deadline))
        except ValueError as error:
            raise Closed("its compiled files have no such length") from error
        self._from_guest += len(message.text)
        is_question = "usage" not in message.head
        self._host_calls += is_question
        most = self._quota.payload
        if not is_question:
            most += 6 * self._quota.output + ENVELOPE
        if (
            len(message.text) > most
            or self._host_calls > self._quota.host_calls
            or self._from_guest > self._quota.sent + most * (not is_question)
        ):
            raise Closed("it says more than it may")
        return message

    def _watch_processor(self, deadline: float | None) -> None:
        """Wait for a message, and look at the processor's clock meanwhile."""
        while True:
            left = self._quota.cpu_seconds - self.cpu_seconds
            if left <= 0:
                self.out_of_time = True
                raise Late
            # It cannot use more processor time than passes: nothing to see before.
            now = time.monotonic()
            until = now + max(left, SHORTEST)
            if deadline is not None and deadline <= until:
                return  # the rest of the waiting is the channel's
            if self.waits(until - now):
                return
