"""A wish to stop is heard wherever the call is, and the server hears of it."""

from __future__ import annotations

import json
import socket
import threading

import pytest
from faulty_server import silence
from parrot_server import parrot, piece

from plugwright.providers import Cancel, Done, Finish, Piece, streamed
from plugwright_openai.line import Cut, Line

LONG = 20.0
"""Seconds; only a test that fails takes so long."""


def _slowly(talk):
    """Say a word, then go on so slowly that nobody waits for it."""
    talk.head(Content_Type="text/event-stream", Transfer_Encoding="chunked")
    talk.chunk(b"data: %s\n\n" % json.dumps(piece("hello")).encode())
    for byte in b"data: {":
        if talk.over.wait(0.02):
            break
        talk.chunk(bytes([byte]))
    talk.wait_for_the_end()


def _wished_when(server, cancel):
    """Wish the end as soon as the server has the question."""

    def watch():
        while not server.talks:
            threading.Event().wait(0.005)
        cancel.wish()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_a_wish_before_the_first_byte_closes_the_connection(serve, open_at, ask):
    server, cancel = serve(silence), Cancel()
    thread = _wished_when(server, cancel)

    (done,) = streamed(open_at(server, silence=LONG), ask(), cancel)

    thread.join()
    assert done.completion.finish is Finish.CANCELLED
    assert server.talks[0].was_cut.wait(LONG / 2), "the server still works"


def test_a_wish_while_bytes_are_slow_keeps_what_was_said(serve, open_at, ask):
    server, cancel = serve(_slowly), Cancel()
    found = []
    for event in streamed(open_at(server, silence=LONG), ask(), cancel):
        found.append(event)
        if isinstance(event, Piece):
            threading.Timer(0.05, cancel.wish).start()

    assert found[0] == Piece("hello")
    assert isinstance(found[1], Done)
    assert found[1].completion.text == "hello"
    assert found[1].completion.finish is Finish.CANCELLED
    assert server.talks[0].was_cut.wait(LONG / 2)


def test_who_goes_away_closes_the_connection(serve, open_at, ask):
    server = serve(_slowly)
    events = streamed(open_at(server, silence=LONG), ask(), Cancel())
    next(events)

    events.close()

    assert server.talks[0].was_cut.wait(LONG / 2)


def test_a_wish_made_before_asks_nobody(serve, open_at, ask):
    server, cancel = serve(parrot), Cancel()
    cancel.wish()

    (done,) = streamed(open_at(server), ask(), cancel)

    assert done.completion.finish is Finish.CANCELLED
    assert server.asked == []


def test_a_late_wish_does_not_cut_another_call(serve, open_at, ask):
    server, cancel = serve(parrot), Cancel()
    provider = open_at(server)
    first = [*streamed(provider, ask(), cancel)]
    going = streamed(provider, ask("again"), Cancel())
    begun = [next(going)]

    cancel.wish()

    text = "".join(each.text for each in [*begun, *going] if isinstance(each, Piece))
    assert text == "again"
    assert first[-1].completion.finish is Finish.STOP
    assert server.connections == 1, "both calls had the same connection"


def test_a_socket_that_is_held_after_the_wish_is_cut_at_once():
    near, far = socket.socketpair()
    with near, far:
        line = Line()
        line.cut()

        with pytest.raises(Cut):
            line.hold(near)

        assert far.recv(1) == b""


def test_a_wish_while_connecting_ends_that(open_at, ask):
    # A listener whose queue is full: the next one waits to be connected.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)

        class Full:
            url = f"http://127.0.0.1:{full.getsockname()[1]}/v1"

        cancel = Cancel()
        threading.Timer(0.2, cancel.wish).start()
        provider = open_at(Full, connecting=LONG, silence=LONG, retries=0)

        (done,) = streamed(provider, ask(), cancel)

        for filler in fillers:
            filler.close()
    assert done.completion.finish is Finish.CANCELLED
