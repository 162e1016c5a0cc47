"""Frames: what is a message, what is JSON that may cross, and what is neither."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.frames import DEPTH, LARGEST, BadFrame, Message

WHOLE = st.integers(-LARGEST, LARGEST)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | FINITE | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=30,
)


def exactly(value: Any) -> Any:
    """Tell 1 from 1.0 from True, and 0.0 from -0.0."""
    if isinstance(value, list):
        return [exactly(item) for item in value]
    if isinstance(value, dict):
        return {key: exactly(item) for key, item in value.items()}
    return (type(value).__name__, repr(value))


def nested(depth: int) -> Any:
    inner: Any = 1
    for _ in range(depth):
        inner = [inner]
    return inner


# JSON.


@given(value=VALUES)
def test_what_is_dumped_is_parsed_as_the_same(value: Any) -> None:
    assert exactly(frames.parse(frames.dump(value))) == exactly(value)


REFUSED = {
    "nothing": "",
    "half": "{",
    "two values": "1 2",
    "NaN": "NaN",
    "infinity": "-Infinity",
    "a float that is none": "1e999",
    "a whole number beyond 2**53": str(LARGEST + 1),
    "one below": str(-LARGEST - 1),
    "a number of a million digits": "9" * 1_000_000,
    "a key twice": '{"a": 1, "a": 1}',
    "a key twice, deep inside": '[[{"b": {"a": 1, "\\u0061": 2}}]]',
    "half a character": '"\\ud800"',
    "its other half": '"\\uDFFF"',
    "half a character in a key": '{"\\udc00": 1}',
    "both halves the wrong way round": '"\\ude00\\ud83d"',
    "lists too deep": "[" * (DEPTH + 1) + "]" * (DEPTH + 1),
    "objects too deep": '{"a":' * (DEPTH + 1) + "1" + "}" * (DEPTH + 1),
    "too deep for Python": "[" * 400_000 + "]" * 400_000,
    "too deep, and never closed": "[" * 400_000,
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_strict_json_is_refused(what: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its text is another matter)
        frames.parse(REFUSED[what])


TAKEN: dict[str, tuple[str, Any]] = {
    "the largest number": (str(LARGEST), LARGEST),
    "the smallest": (str(-LARGEST), -LARGEST),
    "a large float": ("1e300", 1e300),
    "the same key in two objects": ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
    "both halves of a character": ('"\\ud83d\\ude00"', "\U0001f600"),
    "text that only looks like a half": ('"\\\\ud800"', "\\ud800"),
    "as deep as may be": ("[" * DEPTH + "1" + "]" * DEPTH, nested(DEPTH)),
    "many brackets, not deep": (f'["{"[" * 500}", []]', ["[" * 500, []]),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_just_within_the_rules_is_taken(what: str) -> None:
    text, value = TAKEN[what]

    assert exactly(frames.parse(text)) == exactly(value)


def ring() -> list[Any]:
    ring: list[Any] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize(
    "value",
    [
        *(float("nan"), float("inf"), LARGEST + 1, -LARGEST - 1, 10**5000),
        *("\ud800", {"\udc00": 1}, ["\ude00\ud83d"]),
        *({1}, b"bytes", object(), {(1, 2): 3}),
        *(nested(DEPTH + 1), nested(100_000), ring()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_is_dumped_that_would_be_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its text is another matter)
        frames.dump(value)


def test_a_tuple_counts_as_a_level_like_a_list() -> None:
    inner: Any = 1
    for _ in range(DEPTH + 1):
        inner = (inner,)

    with pytest.raises(ValueError, match="deep"):
        frames.dump(inner)


# Frames.


def body_of(frame: bytes) -> bytes:
    assert frames.length(frame[: frames.LENGTH_SIZE]) == len(frame) - frames.LENGTH_SIZE
    return frame[frames.LENGTH_SIZE :]


@given(
    head=st.dictionaries(TEXT, VALUES, max_size=3),
    text=st.text(st.characters(max_codepoint=127)),
)
def test_a_message_is_read_as_it_was_written(head: Any, text: str) -> None:
    found = frames.decoded(body_of(frames.encoded(head, text)))

    assert exactly(found.head) == exactly(head)
    assert found.text == text


@given(body=st.binary(max_size=200))
def test_an_arbitrary_body_is_a_message_or_a_bad_frame(body: bytes) -> None:
    try:
        found = frames.decoded(body)
    except BadFrame:
        return
    assert type(found.head) is dict


@pytest.mark.parametrize("text", ["{", "[", '{"a": NaN}', "\n\n{}\n", "\x00\x7f"])
def test_text_behind_the_head_is_not_looked_into(text: str) -> None:
    found = frames.decoded(body_of(frames.encoded({"a": 1}, text)))

    assert found == Message({"a": 1}, text)


def test_text_cannot_pass_for_a_head() -> None:
    found = frames.decoded(
        body_of(frames.encoded({"a": 1}, '\n{"a": 2}\n{"usage": []}'))
    )

    assert found.head == {"a": 1}


BAD = {
    "nothing": b"",
    "only text": b"\n{}",
    "no JSON": b"{",
    "no object": b"[]",
    "a number": b"1",
    "null": b"null\n{}",
    "no ASCII": '{"a": "é"}'.encode(),
    "no ASCII in the text": b"{}\n\xff",
    "a key twice": b'{"call":1,"call":2}',
    "deep": b"[" * 200 + b"]" * 200,
    "very deep": b'{"a":' + b"[" * 60_000,
    "a head as long as a text may be": b'{"a":"' + b"x" * frames.LONGEST_HEAD + b'"}',
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_message_is_a_bad_frame(what: str) -> None:
    with pytest.raises(BadFrame):
        frames.decoded(BAD[what])


@pytest.mark.parametrize("size", [frames.LIMIT + 1, (1 << 31) - 1, (1 << 32) - 1])
def test_a_length_over_the_limit_is_refused_before_anything_is_read(size: int) -> None:
    with pytest.raises(BadFrame, match=str(size)):
        frames.length(struct.pack(">I", size))


def test_the_longest_frame_is_a_frame_and_one_byte_more_is_none() -> None:
    start = '{"a":1}\n'
    most = frames.LIMIT - len(start)

    assert len(frames.encoded({"a": 1}, "x" * most)) == 4 + frames.LIMIT
    assert frames.length(struct.pack(">I", frames.LIMIT)) == frames.LIMIT
    with pytest.raises(BadFrame, match="bytes"):
        frames.encoded({"a": 1}, "x" * (most + 1))


def test_the_longest_text_fits_behind_the_longest_head() -> None:
    rest = frames.LONGEST_HEAD - len('{"a":""}')

    frame = frames.encoded({"a": "x" * rest}, "y" * frames.LONGEST_TEXT)

    assert frames.decoded(body_of(frame)).text == "y" * frames.LONGEST_TEXT


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ({"a": {1}}, ""),
        ({"a": float("nan")}, ""),
        ({"a": "\ud800"}, ""),
        ({"a": "x" * frames.LONGEST_HEAD}, ""),
        ({}, "é"),
        ({}, "\ud800"),
    ],
    ids=["no JSON", "NaN", "half", "a long head", "no ASCII", "half in the text"],
)
def test_what_would_be_refused_is_not_encoded(head: Any, text: str) -> None:
    with pytest.raises(BadFrame):
        frames.encoded(head, text)


PACKED = [
    {"step": "call", "session": 1, "call": 2},
    {"step": "answer", "session": 1, "call": 2},
    {"session": 1, "call": (1 << 64) - 1},
    {"session": 1, "call": 2, "usage": [1, 2, 3, 4, 5, 0.5, 1.5, 2.5]},
]


@pytest.mark.parametrize("head", PACKED, ids=[",".join(head) for head in PACKED])
def test_the_heads_of_every_call_are_packed_and_read_back(head: dict[str, Any]) -> None:
    frame = frames.encoded(head, "text")

    assert len(frame) < 90
    assert b"session" not in frame
    assert frames.decoded(body_of(frame)) == Message(head, "text")


@pytest.mark.parametrize(
    "head",
    [
        {"step": "load", "session": 1, "call": 2},
        {"step": "call", "session": -1, "call": 2},
        {"step": "call", "session": 1, "call": "2"},
        {"step": "call", "session": 1, "call": 2, "limits": {}},
        {"session": 1, "call": 2, "usage": [1, 2]},
        {"session": 1, "call": 2, "usage": None},
        {"call": 1, "number": 2},
    ],
)
def test_every_other_head_is_json(head: dict[str, Any]) -> None:
    frame = frames.encoded(head, "text")

    assert b'"call":' in frame
    assert frames.decoded(body_of(frame)) == Message(head, "text")


@pytest.mark.parametrize("letter", [b"c", b"a", b"q", b"r"])
def test_a_packed_head_that_is_cut_off_is_no_message(letter: bytes) -> None:
    for size in range(16):
        with pytest.raises(BadFrame):
            frames.decoded(letter + bytes(size))
