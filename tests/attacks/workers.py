"""Plays a worker that somebody has taken over: what it sends is anything."""

from __future__ import annotations

import json
import socket
import struct
import threading
from contextlib import suppress
from typing import Any

from attacks.arena import Arena, Played, ending
from attacks.table import Attack

from plugwright.quotas import Quota
from plugwright.sandboxes import Guest
from plugwright_sandbox import frames
from plugwright_sandbox.channel import Channel, Closed
from plugwright_sandbox.conversation import Conversation

USAGE = [1, 2, 3, 4, 5, 0.25, 0.5, 0.125]
OURS = {"session": 1, "call": 1}
QUOTA = Quota(seconds=20, load_seconds=20, payload=100_000, host_calls=50)


class TakenOver:
    """A worker whose end of the socket is in the hands of the row."""

    def __init__(self, parts: list[bytes]) -> None:
        self._near, self._far = socket.socketpair()
        self.channel = Channel.over(self._near)
        self.turn = threading.RLock()
        self.talks = 0
        self.killed = False
        self._thread = threading.Thread(target=self._speak, args=[parts])
        self._thread.start()

    def _speak(self, parts: list[bytes]) -> None:
        # Whoever is killed in the middle of a sentence does not finish it.
        with suppress(Closed, OSError):
            heard = Channel.over(self._far)
            for part in parts:
                heard.receive()
                self._far.setblocking(True)  # a channel's socket never waits
                self._far.sendall(part)
            self._far.shutdown(socket.SHUT_WR)
            while self._far.recv(1 << 16):
                pass

    def kill(self) -> None:
        """Nothing of it is heard any more."""
        self.killed = True
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
    """A reply to the first call, but for what the row wants to have otherwise."""
    told = frames.dump({**OURS, "usage": USAGE, **head})  # a packed one can say less
    return frame(f"{told}\n{text}".encode())


def question(service: Any = "service", arguments: Any = None, **head: Any) -> bytes:
    """A question during the first call."""
    asked = {"service": service, "arguments": arguments or {}}
    return frames.encoded(OURS | head, json.dumps(asked))


def play(attack: Attack, arena: Arena) -> Played:
    """Ask a worker that answers what the row says."""
    words = {"frame": frame, "reply": reply, "question": question, "USAGE": USAGE}
    worker = TakenOver(eval(attack.make, words))
    guest = Guest(name="g", files={}, dispatcher="g:d", quota=QUOTA)
    try:
        outcome = Conversation(worker, 1, guest, grace=0.1).ask("call", {}, QUOTA, {})
    finally:
        worker.close()
    return Played(ending=ending(outcome), told=repr(outcome), outcome=outcome)
