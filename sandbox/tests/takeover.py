"""Workers that somebody has taken over: real sockets, and whatever the test says."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind, Outcome
from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.channel import Channel, Closed
from plugwright_sandbox.wire.conversation import Conversation

Play: TypeAlias = Callable[[Channel, socket.socket], object]
"""What is done at the worker's end, by messages or by raw bytes."""

USAGE = [1, 2, 3, 4, 5, 0.25, 0.5, 0.125]
OURS = {"session": 1, "call": 1}
QUOTA = Quota(seconds=60, load_seconds=60)
HASTY = Quota(seconds=0.2, load_seconds=0.3)


class TakenOver:
    """A worker that a thread of the test speaks for."""

    def __init__(self, play: Play) -> None:
        self._near, self._far = socket.socketpair()
        self.channel = Channel.over(self._near)
        self.turn = threading.RLock()
        self.talks = self.sessions = 0
        self.alive = True
        self._thread = threading.Thread(target=self._run, args=[play])
        self._thread.start()

    def _run(self, play: Play) -> None:
        # Whoever is killed in the middle of a sentence does not finish it.
        with suppress(Closed, OSError):
            play(Channel.over(self._far), self._far)
            while self._far.recv(1 << 16):
                pass

    def kill(self) -> None:
        """Nothing of it is heard any more."""
        self.alive = False
        with suppress(OSError):  # it has gone by itself
            self._far.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End its thread, and close both ends."""
        self.kill()
        self._thread.join()
        self._near.close()
        self._far.close()


def frame(body: bytes) -> bytes:
    """Put a length before any bytes."""
    return struct.pack(">I", len(body)) + body


def reply(text: str = "{}", **head: Any) -> bytes:
    """A reply to the first call, but for what the test wants to have otherwise."""
    told = frames.dump({**OURS, "usage": USAGE, **head})  # a packed one can say less
    return frame(f"{told}\n{text}".encode())


def question(service: Any = "service", arguments: Any = None, **head: Any) -> bytes:
    """A question during the first call."""
    asked = {"service": service, "arguments": arguments or {}}
    return frames.encoded(OURS | head, json.dumps(asked))


def says(*parts: bytes) -> Play:
    """Play a worker that waits for a message before each of its parts."""

    def play(channel: Channel, end: socket.socket) -> None:
        for part in parts:
            channel.receive()
            end.setblocking(True)  # a channel's socket never waits
            end.sendall(part)

    return play


def talking_to(worker: Any, **guest: Any) -> Conversation:
    """A conversation of session 1."""
    described = Guest(**{"name": "g", "files": {}, "dispatcher": "g:d"} | guest)
    return Conversation(worker, 1, described, grace=0.1)


def ask(conversation: Conversation, quota: Quota = QUOTA, **about: Any) -> Outcome:
    """Call the guest once."""
    return conversation.ask("call", about, {}, quota)


def end(outcome: Outcome) -> tuple[Kind, str]:
    """How it failed."""
    assert outcome.failure is not None
    return outcome.failure.kind, outcome.failure.type
