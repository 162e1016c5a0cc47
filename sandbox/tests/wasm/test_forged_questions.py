"""A hostile guest may ask anything, and ends nobody but itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from forging import raw

from plugwright.quotas import Quota
from plugwright.sandboxes import Kind

NO_QUESTIONS = {
    "nothing": "''",
    "half": "'{'",
    "null": "'null'",
    "a number": "'5'",
    "a list": "'[\"stop\"]'",
    "a text": "'\"stop\"'",
    "NaN": '\'{"service": "s", "arguments": {"n": NaN}}\'',
    "a key twice": '\'{"service": "s", "service": "t", "arguments": {}}\'',
    "a large number": '\'{"service": "s", "arguments": {"n": 9007199254740993}}\'',
    "too deep": "'{\"service\": ' + '[' * 400_000",
    "deep": "'{\"service\": ' + '[' * 300 + ']' * 300 + '}'",
    "a stop with a space before it": '\' {"stop": "memory"}\'',
    "a stop with a space in it": '\'{ "stop": "memory"}\'',
    "a stop that is not the first key": '\'{"service": 1, "stop": "memory"}\'',
}


@pytest.mark.parametrize("what", NO_QUESTIONS)
def test_a_question_that_is_none_is_refused_and_the_guest_goes_on(
    what: str, forge: Any
) -> None:
    outcome = forge(
        "'{\"value\": ' + told + '}'", before=f"told = ask({NO_QUESTIONS[what]})"
    )

    assert outcome.value == {"refused": "the question is not as agreed"}
    assert outcome.denied == ()


@pytest.mark.parametrize("question", ["None", "1", "b'bytes'", "chr(0xD800)", "'é'"])
def test_a_question_that_is_no_ascii_text_ends_the_guest_at_worst(
    question: str, forge: Any
) -> None:
    outcome = forge(raw(value=1), before=f"ask({question})")

    assert outcome.failure.kind is Kind.BROKEN


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"service": None},
        {"service": ["a"], "arguments": []},
        {"service": {"a": 1}, "arguments": "x"},
        {"arguments": None},
        {"answer": {"value": "mine"}},
        {"session": 1, "reply": {"value": "mine"}},
        {"step": "close", "session": 1},
    ],
)
def test_a_question_of_another_form_is_refused_and_the_guest_goes_on(
    question: Any, forge: Any
) -> None:
    asked = json.dumps(question)

    outcome = forge("'{\"value\": ' + told + '}'", before=f"told = ask({asked!r})")

    assert outcome.value == {"refused": "the question is not as agreed"}


def test_the_name_of_a_service_is_cut_before_it_is_on_record(forge: Any) -> None:
    question = "'{\"service\": \"' + 's' * 1_000_000 + '\", \"arguments\": {}}'"

    outcome = forge(raw(value=1), before=f"ask({question})")

    assert outcome.denied == ("s" * 200,)


@pytest.mark.parametrize(
    ("wish", "quota"),
    [
        ({"stop": "memory", "used": 5}, "memory"),
        ({"stop": "output", "used": "much", "output": 5}, "output"),
        ({"stop": "payload", "used": -1, "quota": "fuel", "denied": "x"}, "payload"),
        ({"stop": "writes", "used": 1 << 53, "output": "x" * 10}, "writes"),
        ({"stop": "memory", "used": 1 << 53}, "memory"),
        ({"stop": "memory"}, "memory"),
    ],
)
def test_a_guest_may_stop_itself_by_the_quotas_that_its_shim_watches(
    wish: Any, quota: str, forge: Any
) -> None:
    outcome = forge(raw(value=1), before=f"ask({json.dumps(wish)!r})")

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, quota)
    assert outcome.usage.memory <= 1 << 32
    assert outcome.denied == ()


@pytest.mark.parametrize(
    "wish", ["fuel", "seconds", "__class__", "__reduce_ex__", "__init__", "", None, []]
)
def test_a_guest_that_stops_itself_in_another_name_is_broken(
    wish: Any, forge: Any
) -> None:
    asked = json.dumps({"stop": wish, "used": "<b>", "denied": "clock"})

    outcome = forge(raw(value="went on"), before=f"ask({asked!r})")

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "trap")
    assert outcome.denied == ()
    assert "object at 0x" not in repr(outcome)


@pytest.mark.parametrize(
    "wish",
    [
        '{"stop"',
        '{"stop": "memory", "stop": "output"}',
        '{"stop": "memory", "used": NaN}',
        '{"stop": "memory", "used": 9007199254740993}',
        '{"stop": "output", "output": "\\ud800"}',
        '{"stop": ' + "[" * 500 + "]" * 500 + "}",
    ],
)
def test_a_stop_that_is_no_strict_json_is_broken(wish: str, forge: Any) -> None:
    outcome = forge(raw(value="went on"), before=f"ask({wish!r})")

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "trap")


@pytest.mark.parametrize(("size", "kept"), [(1000, 1000), (1001, 0), (5000, 0)])
def test_the_output_of_a_guest_that_stops_itself_is_not_over_its_quota(
    size: int, kept: int, forge: Any
) -> None:
    asked = json.dumps({"stop": "output", "output": "x" * size})

    outcome = forge(raw(value=1), before=f"ask({asked!r})", quota=Quota(output=1000))

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "output")
    assert len(outcome.output) == kept
    assert outcome.usage.output == kept


def test_refusals_count_as_host_calls_whatever_the_guest_sends(forge: Any) -> None:
    loop = "[ask('{}') for _ in range(100)]"

    outcome = forge(raw(value=1), before=loop, quota=Quota(host_calls=50))

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "host_calls")
    assert outcome.usage.host_calls == 51


def test_the_import_rule_is_a_comfort_and_what_it_hides_is_harmless(run: Any) -> None:
    """A guest gets around it, and finds nothing behind it but its own machine."""
    outcome = run(
        """
        import sys

        def main(_):
            posix = sys.modules["posix"]
            return [posix.getcwd() if hasattr(posix, "getcwd") else None,
                    list(posix.environ)]
        """
    )

    assert outcome.value is None or outcome.value[1] == []


def test_a_guest_cannot_call_into_itself_while_it_waits(run: Any) -> None:
    outcome = run(
        """
        from host import shim

        def main(_):
            return shim.WitWorld().run('{"step": "call", "operation": "main", '
                '"arguments": null, "output": 10, "payload": 10}')
        """,
        quota=Quota(fuel=10**9),
    )

    assert outcome.failure is not None
