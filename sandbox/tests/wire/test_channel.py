"""A channel: whole messages, in order, in time, or an exception that says why not."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.channel import Channel, Closed, Late
from plugwright_sandbox.wire.frames import BadFrame, Message

Pair = tuple[Channel, socket.socket]

timed = pytest.mark.skipif(
    not hasattr(select, "poll"), reason="nobody can wait with a deadline here"
)


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A channel, and the raw end of whoever is at the other side."""
    near, far = socket.socketpair()
    with near, far:
        yield Channel.over(near), far


@pytest.fixture
def meanwhile() -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Run something in a thread that ends before its sockets do."""
    threads: list[threading.Thread] = []

    def meanwhile(work: Callable[[], Any]) -> None:
        threads.append(threading.Thread(target=work))
        threads[-1].start()

    yield meanwhile
    for thread in threads:
        thread.join()


def soon() -> float:
    return time.monotonic() + 0.2


def later() -> float:
    return time.monotonic() + 60


def test_messages_come_one_after_the_other_however_they_are_cut(
    pair: Pair, meanwhile: Any
) -> None:
    channel, far = pair
    wire = b"".join(frames.encoded({"number": n}, "x" * n) for n in range(5))
    pieces = [wire[at : at + 3] for at in range(0, len(wire), 3)]
    meanwhile(lambda: [far.sendall(piece) for piece in pieces])

    found = [channel.receive(later()) for _ in range(5)]

    assert found == [Message({"number": n}, "x" * n) for n in range(5)]


def test_what_is_sent_is_one_frame(pair: Pair) -> None:
    channel, far = pair

    channel.send({"a": 1}, "text")

    assert far.recv(100) == frames.encoded({"a": 1}, "text")


def test_what_is_no_message_is_not_sent_at_all(pair: Pair) -> None:
    channel, far = pair
    with pytest.raises(BadFrame):
        channel.send({"a": {1}})
    with pytest.raises(BadFrame):
        channel.send({}, "x" * frames.LIMIT)

    channel.send({"a": 2})

    assert far.recv(100) == frames.encoded({"a": 2})


def test_a_long_message_goes_through_small_buffers(pair: Pair, meanwhile: Any) -> None:
    channel, far = pair
    other = Channel.over(far)
    text = "x" * (8 << 20)
    found: list[Message] = []
    meanwhile(lambda: found.append(other.receive()))

    channel.send({}, text, later())
    other_way = frames.encoded({"back": 1})
    far.sendall(other_way)

    assert channel.receive(later()).head == {"back": 1}
    while not found:
        time.sleep(0.01)
    assert found[0].text == text


HOSTILE = {
    "the end": b"",
    "half a length": b"\x00\x00",
    "half a message": struct.pack(">I", 100) + b"{",
    "a length over the limit": struct.pack(">I", frames.LIMIT + 1),
    "the greatest length": b"\xff\xff\xff\xff",
    "no object": struct.pack(">I", 2) + b"[]",
    "a message of no bytes": struct.pack(">I", 0),
    "no text": struct.pack(">I", 3) + b"\xff\xfe\x00",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_whoever_breaks_the_protocol_or_goes_away_has_closed_it(
    what: str, pair: Pair
) -> None:
    channel, far = pair
    far.sendall(HOSTILE[what])
    far.close()

    with pytest.raises(Closed) as closed:
        channel.receive(later())

    assert type(closed.value) is Closed


def test_sending_to_nobody_is_closed(pair: Pair) -> None:
    channel, far = pair
    far.close()

    with pytest.raises(Closed) as closed:
        channel.send({}, "x" * (1 << 20), later())

    assert type(closed.value) is Closed


# Deadlines.


@timed
def test_silence_is_late(pair: Pair) -> None:
    channel, _ = pair

    with pytest.raises(Late):
        channel.receive(soon())


@timed
@pytest.mark.parametrize(
    "start", [struct.pack(">I", 1000), struct.pack(">I", frames.LIMIT)]
)
def test_bytes_that_dribble_in_gain_no_time(
    start: bytes, pair: Pair, meanwhile: Any
) -> None:
    channel, far = pair
    over = threading.Event()

    def dribble() -> None:
        far.sendall(start)
        while not over.wait(0.02):
            far.sendall(b"\x00")

    meanwhile(dribble)
    try:
        with pytest.raises(Late):
            channel.receive(soon())
    finally:
        over.set()


@timed
def test_whoever_does_not_read_is_late_too(pair: Pair) -> None:
    channel, _ = pair

    with pytest.raises(Late):
        channel.send({}, "x" * (8 << 20), soon())


@timed
def test_a_pipe_that_nobody_reads_is_late_too() -> None:
    inward, outward = os.pipe()
    try:
        with pytest.raises(Late):
            Channel(inward, outward).send({}, "x" * (8 << 20), soon())
    finally:
        os.close(inward)
        os.close(outward)


@timed
def test_a_message_that_is_there_already_is_in_time_until_the_deadline_is_past(
    pair: Pair,
) -> None:
    channel, far = pair
    far.sendall(frames.encoded({"a": 1}) * 2)
    assert channel.receive(later()).head == {"a": 1}

    # The second one is here already, in the channel's own buffer.
    assert channel.receive(time.monotonic() - 1).head == {"a": 1}
    with pytest.raises(Late):
        channel.receive(time.monotonic() - 1)


@pytest.mark.parametrize("seconds", [1e7, 1e9, 1e300, float("inf")])
def test_a_deadline_may_be_farther_away_than_the_system_can_count(
    seconds: float, pair: Pair
) -> None:
    channel, far = pair
    far.sendall(frames.encoded({"a": 1}))

    deadline = time.monotonic() + seconds
    channel.send({}, deadline=deadline)

    assert channel.receive(deadline).head == {"a": 1}


@timed
def test_deadlines_do_not_make_later_calls_without_one_impatient(
    pair: Pair, meanwhile: Any
) -> None:
    channel, far = pair
    channel.send({"a": 1}, deadline=later())
    meanwhile(lambda: (time.sleep(0.1), far.sendall(frames.encoded({"b": 2}))))

    assert channel.receive().head == {"b": 2}


@timed
def test_whether_a_message_waits_can_be_asked(pair: Pair) -> None:
    channel, far = pair
    assert not channel.waits(0)

    far.sendall(frames.encoded({"a": 1}) * 2)
    assert channel.waits(60)
    channel.receive()

    # What is in its own buffer waits as well.
    assert channel.waits(0)


# Several threads, and descriptors that are gone.


def test_messages_of_several_threads_do_not_mix(pair: Pair, meanwhile: Any) -> None:
    channel, far = pair
    other = Channel.over(far)

    def talk(number: int) -> None:
        for _ in range(20):
            channel.send({"number": number}, str(number) * 100_000, later())

    for number in range(4):
        meanwhile(lambda number=number: talk(number))
    found = [other.receive(later()) for _ in range(80)]

    assert all(m.text == str(m.head["number"]) * 100_000 for m in found)


def test_a_closed_channel_leaves_alone_whoever_has_its_descriptor_now(
    pair: Pair,
) -> None:
    """The number of a descriptor is given to the next file that is opened."""
    inward, outward = os.pipe()
    near, far = socket.socketpair()
    channel, number = Channel.over(near), near.fileno()
    channel.close()
    near.close()
    far.close()
    os.dup2(outward, number)
    try:
        with pytest.raises(Closed):
            channel.send({"a": 1})
        with pytest.raises(Closed):
            channel.receive(later())
        assert not select.select([inward], [], [], 0)[0]
    finally:
        for descriptor in (inward, outward, number):
            os.close(descriptor)
