"""Only JSON crosses the wall, and it crosses unchanged."""

from __future__ import annotations

import io
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugwright.quotas import Quota
from plugwright.sandboxes import Kind
from plugwright_sandbox import frames

# Lone surrogates too: JSON can write them, so they cross; who prints them must care.
TEXT = st.text(st.characters(codec=None, categories=None))
NUMBERS = st.integers(-(10**50), 10**50) | st.floats(allow_nan=False).filter(
    math.isfinite
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=30,
)
ECHO = """
from host import call

def main(value):
    return [value, call("echo", {"value": value})]

def same(value):
    return value
"""


def exactly(value: Any) -> Any:
    """Tell 1 from 1.0 from True, and 0.0 from -0.0."""
    if isinstance(value, list):
        return [exactly(item) for item in value]
    if isinstance(value, dict):
        return {key: exactly(item) for key, item in value.items()}
    return (type(value).__name__, repr(value))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(value=VALUES)
def test_any_json_value_crosses_unchanged_by_both_doors(
    value: Any, opened: Callable[..., Any]
) -> None:
    session = _echo(opened)

    outcome = session.call("main", value)

    assert outcome.failure is None
    assert exactly(outcome.value) == exactly([value, value])


_sessions: dict[int, Any] = {}


def _echo(opened: Callable[..., Any]) -> Any:
    """One guest for all examples of a test."""
    if id(opened) not in _sessions:
        _sessions[id(opened)] = opened(ECHO, services={"echo": lambda a: a["value"]})
    return _sessions[id(opened)]


@pytest.mark.parametrize("depth", [1, 64, 90])
def test_data_may_be_nested(depth: int, opened: Any) -> None:
    value: Any = "inside"
    for _ in range(depth):
        value = [value]

    assert opened(ECHO).call("same", value).value == value


@pytest.mark.parametrize("depth", [101, 500, 5000])
def test_data_nested_too_deeply_is_the_callers_mistake(depth: int, opened: Any) -> None:
    value: Any = "inside"
    for _ in range(depth):
        value = [value]
    session = opened(ECHO)

    failure = session.call("same", value).failure

    assert (failure.kind, failure.type) == (Kind.INPUT, "arguments")
    assert session.call("same", 1).value == 1


@pytest.mark.parametrize(
    "answer",
    [
        "float('nan')",
        "float('inf')",
        "{1, 2}",
        "b'bytes'",
        "object()",
        "10 ** 5000",
        "(x for x in [1])",
        "{(1, 2): 3}",
    ],
)
def test_what_is_no_json_does_not_leave_the_guest(answer: str, opened: Any) -> None:
    session = opened(f"def main(_): return {answer}\ndef same(x): return x")

    failure = session.call("main", None).failure

    assert failure.kind is Kind.RAISED
    assert failure.type in ("ValueError", "TypeError")
    assert session.call("same", 1).value == 1


# Frames.


@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_are_a_message_an_end_or_a_bad_frame(data: bytes) -> None:
    try:
        message = frames.read(io.BytesIO(data))
    except frames.BadFrame:
        return
    assert message is None or isinstance(message, dict)


@given(body=st.binary(max_size=200))
def test_an_arbitrary_body_is_a_message_or_a_bad_frame(body: bytes) -> None:
    stream = io.BytesIO(len(body).to_bytes(4, "big") + body)
    try:
        message = frames.read(stream)
    except frames.BadFrame:
        return
    assert isinstance(message, dict)


@settings(max_examples=30, deadline=None)
@given(messages=st.lists(st.dictionaries(TEXT, VALUES, max_size=3), max_size=3))
def test_what_is_written_is_read_one_message_after_the_other(messages: Any) -> None:
    stream = io.BytesIO()
    for message in messages:
        frames.write(stream, message)
    stream.seek(0)

    found = [frames.read(stream) for _ in messages]

    assert exactly(found) == exactly(messages)
    assert frames.read(stream) is None


def test_a_frame_that_cannot_be_written_leaves_nothing_on_the_stream() -> None:
    stream = io.BytesIO()
    for value in ({1}, float("nan"), "x" * frames.LIMIT):
        with pytest.raises(frames.BadFrame):
            frames.write(stream, {"value": value})

    assert stream.getvalue() == b""


# Leaks.


def resident(session: Any) -> int:
    pages = Path(f"/proc/{session._worker._process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_opening_and_closing_guests_does_not_grow_the_worker(opened: Any) -> None:
    keeper = opened(ECHO)

    def churn(times: int) -> None:
        for _ in range(times):
            session = opened(ECHO)
            assert session.call("same", 1).value == 1
            session.close()

    churn(50)
    before = resident(keeper)
    churn(300)

    assert resident(keeper) - before < max(8 << 20, before // 20)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_calls_with_long_strings_do_not_grow_the_worker(opened: Any) -> None:
    session = opened(
        ECHO,
        services={"echo": lambda a: a["value"]},
        quota=Quota(fuel=1 << 40, seconds=60),
    )
    text = "x" * 10_000
    for _ in range(200):
        session.call("main", text)
    before = resident(session)

    for _ in range(2000):
        assert session.call("main", text).failure is None

    assert resident(session) - before < 8 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_stopped_guests_do_not_grow_the_worker(opened: Any) -> None:
    keeper = opened(ECHO)

    def stop(times: int) -> None:
        for _ in range(times):
            session = opened(
                "def main(_):\n    print('x' * 100_000)", quota=Quota(output=50_000)
            )
            assert session.call("main", None).failure.type == "output"
            session.close()

    stop(20)
    before = resident(keeper)
    stop(100)

    assert resident(keeper) - before < max(8 << 20, before // 20)
