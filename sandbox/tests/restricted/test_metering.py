"""What the host counts for itself, because a worker could lie."""

from __future__ import annotations

import os
import socket
import struct
import time

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind
from plugwright_sandbox.restricted.codes import packed, unpacked
from plugwright_sandbox.restricted.metering import Metered, ProcessorClock
from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.channel import Channel, Closed, Late
from plugwright_sandbox.wire.conversation import Conversation

QUOTA = Quota(payload=1000, host_calls=3, sent=2500, received=2500, output=10)


class Prisoner:
    """A worker that says whatever the test wants, from the other end of a socket."""

    def __init__(self) -> None:
        self._host, self.end = socket.socketpair()
        self.channel = Metered(self._host, ProcessorClock(os.getpid()))
        self.channel.begin(QUOTA)
        self.killed = False

    def says(self, head: dict, text: str = "") -> None:
        self.end.sendall(frames.encoded(head, text))

    def kill(self) -> None:
        self.killed = True


@pytest.fixture
def prisoner():
    prisoner = Prisoner()
    yield prisoner
    prisoner.end.close()
    prisoner._host.close()


def test_questions_are_counted(prisoner):
    for _ in range(4):
        prisoner.says({"call": 1}, "{}")
    for _ in range(3):
        prisoner.channel.receive(time.monotonic() + 5)

    with pytest.raises(Closed, match="it says more than it may"):
        prisoner.channel.receive(time.monotonic() + 5)


@pytest.mark.parametrize(
    ("head", "sizes"),
    [
        ({"call": 1}, [1001]),
        ({"call": 1}, [900, 900, 900]),
        ({"usage": []}, [2000]),
    ],
)
def test_bytes_are_counted(prisoner, head, sizes):
    for size in sizes:
        prisoner.says(head, "x" * size)
    for _ in sizes[:-1]:
        prisoner.channel.receive(time.monotonic() + 5)

    with pytest.raises(Closed, match="it says more than it may"):
        prisoner.channel.receive(time.monotonic() + 5)


def test_a_message_that_is_too_long_is_not_even_read(prisoner):
    prisoner.end.sendall(struct.pack(">I", 5 << 20))

    with pytest.raises(Closed, match="a frame of"):
        prisoner.channel.receive(time.monotonic() + 5)


def test_what_it_is_sent_is_counted(prisoner):
    for _ in range(3):
        prisoner.channel.send({"step": "answer"}, "x" * 1000)

    with pytest.raises(Closed, match="it was sent too much"):
        prisoner.channel.send({"step": "answer"}, "x" * 1000)


def test_processor_time_is_watched_while_it_says_nothing(prisoner):
    prisoner.channel.begin(Quota(cpu_seconds=0.05))
    busy = time.process_time()
    while time.process_time() - busy < 0.06:
        pass

    with pytest.raises(Late):
        prisoner.channel.receive(time.monotonic() + 60)
    assert prisoner.channel.out_of_time


def test_the_clock_of_a_process_that_is_gone_stands_still():
    clock = ProcessorClock(2**22 + 1)  # no such process can be

    assert clock.seconds() == 0.0


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x00\x00\x05hello",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02[]",
        frames.encoded({"session": 2, "call": 1, "usage": []}),
        frames.encoded({"session": 1, "call": 1, "usage": [0] * 8}, "no JSON"),
        frames.encoded({"session": 1, "call": 1, "usage": [-1] * 8}, "{}"),
        frames.encoded(
            {"session": 1, "call": 1, "usage": [0] * 8, "stopped": ["luck", 1]}, "{}"
        ),
        b"",
    ],
)
def test_garbage_breaks_the_call_and_nothing_else(prisoner, garbage):
    from plugwright_sandbox.cell.processes import Worker

    worker = Worker(prisoner, prisoner.channel)
    guest = Guest(name="guest", files={}, dispatcher="x:y")
    prisoner.end.sendall(garbage)
    prisoner.end.shutdown(socket.SHUT_WR)

    outcome = Conversation(worker, 1, guest, grace=1).ask("call", {}, {}, QUOTA)

    assert outcome.failure.kind is Kind.BROKEN
    assert outcome.value is None


def test_compiled_files_count_for_nobody_and_are_not_looked_into(prisoner):
    prisoner.channel.begin(QUOTA, "")
    prisoner.says(*packed({"usage": []}, "{}", "x" * 100_000))

    message = prisoner.channel.receive(time.monotonic() + 5)

    assert message == frames.Message({"usage": []}, "{}")
    assert prisoner.channel.codes == "x" * 100_000


def test_compiled_files_go_with_the_first_message_only(prisoner):
    prisoner.channel.begin(QUOTA, "codes")
    prisoner.channel.send({"step": "load"}, "{}")
    prisoner.channel.send({"step": "answer"}, "{}")

    there = Channel.over(prisoner.end)
    assert unpacked(there.receive()) == (({"step": "load"}, "{}"), "codes")
    assert unpacked(there.receive()) == (({"step": "answer"}, "{}"), "")


@pytest.mark.parametrize("size", [-1, 3, 1 << 40, "2", True, None, [], 1.0])
def test_compiled_files_of_a_length_that_cannot_be_are_refused(prisoner, size):
    prisoner.says({"usage": [], "codes": size}, "{}")

    with pytest.raises(Closed, match="no such length"):
        prisoner.channel.receive(time.monotonic() + 5)


def test_a_call_may_not_bring_what_a_loading_may(prisoner):
    prisoner.says(*packed({"usage": []}, "{}", "x" * 100_000))

    with pytest.raises(Closed, match="a frame of"):
        prisoner.channel.receive(time.monotonic() + 5)
