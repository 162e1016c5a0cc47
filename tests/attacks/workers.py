"""Plays a worker that somebody has taken over: what it sends is anything."""

from __future__ import annotations

import socket

from attacks.arena import Arena, Played, ending
from attacks.table import Attack
from takeover import (
    USAGE,
    Play,
    TakenOver,
    ask,
    frame,
    question,
    reply,
    says,
    talking_to,
)

from plugwright.quotas import Quota
from plugwright_sandbox.wire.channel import Channel

QUOTA = Quota(seconds=20, load_seconds=20, payload=100_000, host_calls=50)
WORDS = {"frame": frame, "reply": reply, "question": question, "USAGE": USAGE}
"""What a row says its parts with."""


def play(attack: Attack, arena: Arena) -> Played:
    """Ask a worker that answers what the row says."""
    worker = TakenOver(_saying_no_more_than(eval(attack.make, {**WORDS})))
    try:
        outcome = ask(talking_to(worker, quota=QUOTA), QUOTA)
    finally:
        worker.close()
    return Played(ending=ending(outcome), told=repr(outcome), outcome=outcome)


def _saying_no_more_than(parts: list[bytes]) -> Play:
    """Say the parts and hang up, so that nobody waits for what does not come."""

    def play(channel: Channel, end: socket.socket) -> None:
        says(*parts)(channel, end)
        end.shutdown(socket.SHUT_WR)

    return play
