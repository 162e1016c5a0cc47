"""A worker that somebody has taken over says anything, or nothing, or too late."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from typing import Any

import pytest
from takeover import (
    HASTY,
    OURS,
    QUOTA,
    USAGE,
    ask,
    end,
    frame,
    question,
    reply,
    says,
    talking_to,
)

from plugwright.sandboxes import Guest, Kind
from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.channel import Channel
from plugwright_sandbox.wire.conversation import Conversation

HOSTILE = {
    "bytes that are no length": b"\xff\xff\xff\xff",
    "a length over the limit": struct.pack(">I", frames.LIMIT + 1),
    "a message of no bytes": frame(b""),
    "not JSON": frame(b"{"),
    "not text": frame(b"\xff\xfe\x00"),
    "a list": frame(b"[1, 2]"),
    "a number": frame(b"1"),
    "an empty object": frame(b"{}"),
    "a key twice": frame(b'{"session":1,"call":1,"call":1,"usage":[]}'),
    "a head nested deeply": frame(
        b'{"session":1,"call":1,"usage":' + b"[" * 500 + b"]" * 500 + b"}"
    ),
    "a head nested very deeply": frame(b'{"session":' + b"[" * 60_000),
    "a head of a megabyte": frame(b'{"session":"' + b"x" * (1 << 20) + b'"}'),
    "a head with NaN": frame(b'{"session":1,"call":1,"usage":[NaN]}'),
    "a head with a million digits": frame(b'{"session":' + b"9" * 1_000_000 + b"}"),
    "text that is not ASCII": frame(
        json.dumps({**OURS, "usage": USAGE}).encode() + b'\n{"value":"\xc3\xa9"}'
    ),
    "another session": reply(session=2),
    "no session": reply(session=None),
    "another call": reply(call=2),
    "the call before": reply(call=0),
    "no call": reply(call=None),
    "a call in a list": reply(call=[1]),
    "a question of another session": question(session=2),
    "a question of another call": question(call=7),
    "no usage, but much else": frames.encoded(OURS | {"value": 1}, '{"value":1}')
    + reply(usage=None),
    "usage that is null": reply(usage=None),
    "usage that is an object": reply(usage=dict.fromkeys("abcdefgh", 1)),
    "usage in words": reply(usage=["much"] * 8),
    "a number too few": reply(usage=USAGE[:-1]),
    "a number too many": reply(usage=[*USAGE, 1]),
    "a count below zero": reply(usage=[-1, *USAGE[1:]]),
    "a count that is true": reply(usage=[True, *USAGE[1:]]),
    "a count with a fraction": reply(usage=[1.5, *USAGE[1:]]),
    "a time below zero": reply(usage=[*USAGE[:-1], -0.5]),
    "a time that is NaN": frame(
        b'{"session":1,"call":1,"usage":[1,1,1,1,1,1,1,NaN]}\n{}'
    ),
    "a time that is infinite": frame(
        b'{"session":1,"call":1,"usage":[1,1,1,1,1,1,1,1e999]}\n{}'
    ),
    "a quota that does not exist": reply(stopped=["money", 1]),
    "a quota that is a method": reply(stopped=["within", 1]),
    "a stop without a number": reply(stopped=["fuel"]),
    "a stop that is a number": reply(stopped=1),
    "a stop in words": reply(stopped=["fuel", "all of it"]),
    "a stop below zero": reply(stopped=["fuel", -1]),
    "denials that are none": reply(denied=5),
    "a denial that is a list": reply(denied=[["clock"]]),
    "a breakdown without end": reply(broken="x" * 10_000),
    "a breakdown that is none": reply(broken=1),
}


@pytest.mark.parametrize("step", ["load", "call"])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_worker_that_breaks_the_protocol_is_killed(
    what: str, step: str, taken_over: Any
) -> None:
    worker = taken_over(says(HOSTILE[what]))
    conversation = talking_to(worker)

    outcome = conversation.ask(step, {}, {}, QUOTA)

    assert end(outcome) == (Kind.BROKEN, "worker")
    assert outcome.value is None
    assert not worker.alive
    assert conversation.over


@pytest.mark.parametrize("words", [b"", b"\x00\x00", struct.pack(">I", 100) + b"{"])
def test_a_worker_that_ends_in_the_middle_is_an_outcome(
    words: bytes, taken_over: Any
) -> None:
    def play(channel: Channel, end: socket.socket) -> None:
        channel.receive()
        end.sendall(words)
        end.shutdown(socket.SHUT_RDWR)

    assert end(ask(talking_to(taken_over(play)))) == (Kind.BROKEN, "worker")


# Replies that nobody asked for.


def test_a_second_reply_is_read_by_the_next_call_and_kills_the_worker_then(
    taken_over: Any,
) -> None:
    """Had it been believed, a guest could answer calls before they are made."""
    worker = taken_over(says(reply('{"value":"true"}') + reply('{"value":"forged"}')))
    conversation = talking_to(worker)

    assert ask(conversation).value == "true"
    assert worker.alive
    second = ask(conversation)

    assert end(second) == (Kind.BROKEN, "worker")
    assert not worker.alive


def test_a_reply_of_the_call_before_is_no_reply(taken_over: Any) -> None:
    worker = taken_over(says(reply(), reply('{"value":"replayed"}')))
    conversation = talking_to(worker)
    ask(conversation)

    assert end(ask(conversation)) == (Kind.BROKEN, "worker")


def test_a_reply_that_was_there_before_the_call_is_still_only_a_reply_to_it(
    taken_over: Any,
) -> None:
    """Who guesses the numbers gains nothing: it is that guest's own worker anyway."""

    def play(channel: Channel, end: socket.socket) -> None:
        end.sendall(reply('{"value":1}'))

    assert ask(talking_to(taken_over(play))).value == 1


def test_two_guests_of_one_worker_cannot_answer_for_each_other(taken_over: Any) -> None:
    worker = taken_over(says(reply('{"value":1}', session=2), b""))
    described = Guest(name="g", files={}, dispatcher="g:d")
    first = Conversation(worker, 1, described, grace=0.1)

    assert end(ask(first)) == (Kind.BROKEN, "worker")


# Time.


def silent(channel: Channel, end: socket.socket) -> None:
    channel.receive()


def deaf(channel: Channel, end: socket.socket) -> None:
    threading.Event().wait(0.5)


def dribbling(channel: Channel, end: socket.socket) -> None:
    channel.receive()
    for byte in struct.pack(">I", 1 << 20) + b" " * (1 << 20):
        end.sendall(bytes([byte]))
        time.sleep(0.01)


@pytest.mark.parametrize("play", [silent, deaf, dribbling])
@pytest.mark.parametrize(
    ("step", "quota"), [("call", "seconds"), ("load", "load_seconds")]
)
def test_a_worker_that_is_late_is_killed_and_the_time_is_on_the_bill(
    play: Any, step: str, quota: str, taken_over: Any
) -> None:
    worker = taken_over(play)
    conversation = talking_to(worker)

    # Longer than what a socket holds until somebody reads.
    outcome = conversation.ask(step, {"text": "x" * 1_000_000}, {}, HASTY)

    assert end(outcome) == (Kind.STOPPED, quota)
    assert outcome.usage.seconds >= getattr(HASTY, quota)
    assert not worker.alive
    assert conversation.over


def test_a_worker_that_asks_and_does_not_read_the_answer_is_late(
    taken_over: Any,
) -> None:
    worker = taken_over(says(question()))
    conversation = talking_to(worker, services={"service": lambda _: "x" * 1_000_000})

    assert end(ask(conversation, HASTY)) == (Kind.STOPPED, "seconds")
    assert not worker.alive


def test_a_service_that_takes_all_the_time_costs_the_guest_its_life(
    taken_over: Any,
) -> None:
    worker = taken_over(says(question(), reply()))
    conversation = talking_to(worker, services={"service": lambda _: time.sleep(0.5)})

    assert end(ask(conversation, HASTY)) == (Kind.STOPPED, "seconds")


def test_a_breakdown_is_on_the_bill_too(taken_over: Any) -> None:
    conversation = talking_to(
        taken_over(says(question(), b"\xff" * 4)),
        services={"service": lambda _: time.sleep(0.2)},
    )

    assert ask(conversation).usage.seconds >= 0.2
