"""Events are the same, wherever their bytes are cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from plugwright_openai.events import Events, Heard

STREAM = (
    b"\xef\xbb\xbf: a comment\n"
    b"data: one\n\n"
    b"event: named\r\ndata:two\r\ndata:  three\r\n\r\n"
    b"id: 7\rretry: 9\rdata\r\r"
    b"event: without data\n\n"
    b"data: gr\xc3\xb6\xc3\x9fe\n\n"
    b"data: last"
)
HEARD = [
    Heard("", b"one"),
    Heard("named", b"two\n three"),
    Heard("", b""),
    Heard("", "größe".encode()),
    Heard("", b"last"),
]


def _parsed(pieces):
    events = Events()
    found = [event for piece in pieces for event in events.feed(piece)]
    return [*found, *events.end()]


def test_all_forms_are_understood():
    assert _parsed([STREAM]) == HEARD


def test_byte_by_byte_it_is_the_same():
    assert _parsed([bytes([byte]) for byte in STREAM]) == HEARD


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_cut_anywhere_it_is_the_same(cuts):
    ends = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in pairwise(ends)]

    assert _parsed(pieces) == HEARD


def test_an_event_is_given_as_soon_as_it_is_whole():
    events = Events()

    assert [*events.feed(b"data: one\n")] == []
    assert [*events.feed(b"\ndata: tw")] == [Heard("", b"one")]
