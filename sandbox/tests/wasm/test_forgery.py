"""A hostile guest owns its interpreter, the shim included; here it uses that.

What it says is read as what anybody could have said. It may lie about its own values,
and about nothing else: not about quotas, usage, denials, or whose fault it was.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from forging import forging, raw

from plugwright.quotas import Quota
from plugwright.sandboxes import Kind


def test_a_forged_value_is_a_value(forge: Any) -> None:
    assert forge(raw(value=[1, 2])).value == [1, 2]


def test_usage_denials_and_clock_are_counted_outside(forge: Any) -> None:
    outcome = forge(
        raw(
            value=1,
            usage={"fuel": 0, "seconds": 0},
            denied=["storage"],
            read_clock=True,
            session=99,
            reply={"value": 2},
        )
    )

    assert outcome.value == 1
    assert outcome.usage.fuel > 0
    assert outcome.denied == ()
    assert not outcome.read_clock


def test_denials_cannot_be_withdrawn(forge: Any) -> None:
    """Whatever the guest makes of a refusal, it is on record."""
    question = json.dumps({"service": "storage.get", "arguments": {}})

    outcome = forge(raw(value=1, denied=[]), before=f"ask({question!r})")

    assert outcome.value == 1
    assert outcome.denied == ("storage.get",)


@pytest.mark.parametrize("kind", ["stopped", "broken", "else", "", None, 1, [], {}])
def test_a_guest_cannot_say_that_it_was_stopped_or_is_broken(
    kind: Any, forge: Any
) -> None:
    failure = {"kind": kind, "type": "worker", "message": "m", "where": ""}

    outcome = forge(raw(failure=failure))

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "answer")


@pytest.mark.parametrize("kind", ["raised", "input", "load", "denied"])
def test_a_guest_may_accuse_itself(kind: str, forge: Any) -> None:
    failure = {"kind": kind, "type": "T" * 500, "message": "m" * 9000, "where": "w"}

    outcome = forge(raw(failure=failure, value="both"))

    assert outcome.failure.kind.value == kind
    assert len(outcome.failure.type) == 200
    assert len(outcome.failure.message) == 4096
    assert outcome.value is None


def test_an_exception_that_calls_itself_a_quota_is_no_quota(run: Any) -> None:
    outcome = run(
        """
        class Fuel(Exception):
            plugwright_kind = "stopped"

        def main(_):
            raise Fuel
        """
    )

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "answer")


NO_ANSWERS = {
    "nothing": "''",
    "half": "'{'",
    "no object": "'[1]'",
    "null": "'null'",
    "NaN": "'{\"value\": NaN}'",
    "infinity": "'{\"value\": -Infinity}'",
    "a number too large": "'{\"value\": 1e999}'",
    "a number beyond 2**53": "'{\"value\": 9007199254740993}'",
    "a key twice": '\'{"value": 1, "value": 2}\'',
    "a key twice, deep inside": '\'{"value": [{"a": 1, "a": 2}]}\'',
    "half a character": '\'{"value": "\\\\ud800"}\'',
    "half a character, printed": '\'{"value": 1, "output": "\\\\udc00"}\'',
    "a number of many digits": "'{\"value\": ' + '9' * 100_000 + '}'",
    "too deep for us": "'{\"value\": ' + '[' * 200 + ']' * 200 + '}'",
    "too deep for Python": "'{\"value\": ' + '[' * 400_000 + ']' * 400_000 + '}'",
    "objects too deep": "'{\"value\": ' + '{\"a\":' * 900 + '1' + '}' * 900 + '}'",
    "a failure that is a list": raw(failure=[]),
    "a failure that is a text": raw(failure="oh"),
    "an empty failure": raw(failure={}),
    "a failure in numbers": raw(
        failure={"kind": "raised", "type": 1, "message": 2, "where": 3}
    ),
    "output that is a number": raw(value=1, output=5),
    "output that is a list": raw(value=1, output=["a"]),
    "output over its quota": raw(value=1, output="x" * 100_000),
}


@pytest.mark.parametrize("what", NO_ANSWERS)
def test_an_answer_that_no_shim_gives_ends_the_guest_alone(
    what: str, forge: Any
) -> None:
    outcome = forge(NO_ANSWERS[what])

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "answer")
    assert outcome.usage.fuel > 0


def test_after_an_answer_that_is_none_the_guest_is_over(opened: Any) -> None:
    """Nobody knows what it did; a worker that has it still does not run it again."""
    counting = "'{' if self.__dict__.setdefault('n', []) else self.n.append(1)"
    session = opened(forging(counting + " or '{'"))

    assert session.call("main", None).failure.type == "answer"

    again = session.call("main", None)
    assert (again.failure.kind, again.failure.type) == (Kind.BROKEN, "closed")
    assert session._worker.alive
    assert opened("def main(n): return n").call("main", 1).value == 1


@pytest.mark.parametrize("depth", range(95, 104))
def test_at_every_depth_the_guest_may_end_and_its_worker_does_not(
    depth: int, opened: Any
) -> None:
    neighbour = opened("def main(n): return n")
    session = opened(forging(f"'{{\"value\": ' + '[' * {depth} + ']' * {depth} + '}}'"))

    outcomes = [session.call("main", None), session.call("main", None)]

    assert session._worker.alive
    assert neighbour.call("main", 1).value == 1
    ends = [outcome.failure and outcome.failure.type for outcome in outcomes]
    assert ends == (["answer", "closed"] if depth > 99 else [None, None])


@pytest.mark.parametrize("name", ["memory", "writes"])
@pytest.mark.parametrize("count", [-1, 1 << 54, 1.5, True, None, "much", [], {}])
def test_a_count_that_cannot_be_is_no_answer(name: str, count: Any, forge: Any) -> None:
    outcome = forge(raw(value=1, **{name: count}))

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "answer")
    assert 0 < outcome.usage.memory <= 4 << 30


def test_more_memory_than_there_are_addresses_is_no_answer(forge: Any) -> None:
    outcome = forge(raw(value=1, memory=1 << 40))

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "answer")


@pytest.mark.parametrize("size", [10_200, 20_000, 5_000_000])
def test_an_answer_over_the_payload_is_stopped_without_the_shims_help(
    size: int, forge: Any
) -> None:
    answer = f"'{{\"value\": \"' + 'x' * {size} + '\"}}'"

    outcome = forge(answer, quota=Quota(payload=10_000, output=100))

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "payload")


@pytest.mark.parametrize(
    "answer", ["None", "1", "b'bytes'", "chr(0xD800)", "['{}']", "'{}' * (1 << 28)"]
)
def test_an_answer_that_is_no_text_ends_the_guest_alone(
    answer: str, forge: Any
) -> None:
    outcome = forge(answer)

    assert outcome.value is None
    assert outcome.failure.kind in (Kind.BROKEN, Kind.STOPPED)


def test_text_that_is_not_ascii_is_no_answer(forge: Any) -> None:
    outcome = forge('\'{"value": "é\U0001f600"}\'')

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "trap")
    assert outcome.failure.message == "not as agreed: it did not answer in ASCII"
