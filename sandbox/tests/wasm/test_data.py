"""Only JSON crosses the wall, and it crosses unchanged."""

from __future__ import annotations

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
from plugwright_sandbox.wire.frames import LARGEST

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-LARGEST, LARGEST) | st.floats(
    allow_nan=False, allow_infinity=False
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


NESTED = "__import__('functools').reduce(lambda inner, _: [inner], range(150), 1)"


def nested(depth: int) -> Any:
    value: Any = "inside"
    for _ in range(depth):
        value = [value]
    return value


def exactly(value: Any) -> Any:
    """Tell 1 from 1.0 from True, and 0.0 from -0.0."""
    if isinstance(value, list):
        return [exactly(item) for item in value]
    if isinstance(value, dict):
        return {key: exactly(item) for key, item in value.items()}
    return (type(value).__name__, repr(value))


@settings(
    max_examples=150,
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
    value = nested(depth)

    assert opened(ECHO).call("same", value).value == value


BEYOND = {
    "a number too large": LARGEST + 1,
    "a number too small": -LARGEST - 1,
    "a number of many digits": 10**5000,
    "half a character": "\ud800",
    "half a character in a key": {"\udfff": 1},
    "NaN": float("nan"),
    "infinity": [float("-inf")],
    "a set": {1},
    "bytes": b"bytes",
    "101 deep": nested(101),
    "500 deep": nested(500),
    "5000 deep": nested(5000),
}


@pytest.mark.parametrize("what", BEYOND)
def test_arguments_that_cannot_cross_are_the_callers_mistake(
    what: str, opened: Any
) -> None:
    session = opened(ECHO)

    failure = session.call("same", BEYOND[what]).failure

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
        "2 ** 53 + 1",
        "[1, -2 ** 53 - 1]",
        "'\\ud800'",
        "{'\\udfff': 1}",
        "'\\ude00\\ud83d'",
        "(x for x in [1])",
        "{(1, 2): 3}",
    ],
)
def test_what_cannot_cross_is_an_exception_inside_the_guest(
    answer: str, opened: Any
) -> None:
    session = opened(f"def main(_): return {answer}\ndef same(x): return x")

    failure = session.call("main", None).failure

    assert failure.kind is Kind.RAISED
    assert failure.type in ("ValueError", "TypeError", "UnicodeEncodeError")
    assert session.call("same", 1).value == 1


@pytest.mark.parametrize(
    "answer", ["2 ** 53", "-2 ** 53", "'\\U0001f600'", "0.1 + 0.2"]
)
def test_what_can_just_cross_does(answer: str, run: Any) -> None:
    assert run(f"def main(_): return {answer}").value == eval(answer)


@pytest.mark.parametrize("argument", ["2 ** 53 + 1", "'\\ud800'", "float('nan')"])
def test_what_cannot_cross_in_a_question_is_an_exception_at_its_place(
    argument: str, opened: Any
) -> None:
    reached: list[Any] = []
    session = opened(
        f"""
        from host import call

        def main(_):
            try:
                call("service", {{"value": {argument}}})
            except ValueError:
                return "caught"
        """,
        services={"service": reached.append},
    )

    assert session.call("main", None).value == "caught"
    assert reached == []


@pytest.mark.parametrize("answer", ["{1: 'a', '1': 'b'}", NESTED])
def test_what_only_the_host_can_see_is_told_and_ends_the_guest(
    answer: str, opened: Any
) -> None:
    """The same key twice, once it is text; and what is nested too deeply."""
    session = opened(f"def main(_): return {answer}")

    failure = session.call("main", None).failure

    assert (failure.kind, failure.type) == (Kind.BROKEN, "answer")
    assert failure.message.startswith("not as agreed: ")
    assert session.call("main", None).failure.type == "closed"


# Leaks.


SLACK = 20 << 20
"""Bytes of two spare instances, which a worker makes whenever it has time."""


def resident(session: Any) -> int:
    pid = session._worker.process.pid
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
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
    churn(500)

    assert resident(keeper) - before < SLACK


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

    for _ in range(3000):
        assert session.call("main", text).failure is None

    assert resident(session) - before < SLACK


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
    stop(400)

    assert resident(keeper) - before < SLACK
