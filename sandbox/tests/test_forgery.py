"""A hostile guest owns its interpreter, the shim included; here it uses that.

What it says is read as what anybody could have said. It may lie about its own values,
and about nothing else: not about quotas, usage, denials, or whose fault it was.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Kind


def forging(answer: str, *, before: str = "") -> str:
    """A guest that answers with this text instead of what its shim would write."""
    return f"""
from host import ask, call, shim

def forged(self, request):
    {before or "pass"}
    return {answer}

shim.WitWorld.run = forged
"""


def raw(**answer: Any) -> str:
    return repr(json.dumps(answer))


@pytest.fixture
def forge(opened: Any) -> Any:
    """Call a guest that forges; its neighbour in the same worker must live on."""

    def forge(answer: str, *, before: str = "", **guest: Any) -> Any:
        session = opened(forging(answer, before=before), **guest)
        assert session.loaded.failure is None
        outcome = session.call("main", None)
        assert session._worker.alive
        assert opened("def main(n): return n").call("main", 1).value == 1
        return outcome

    return forge


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


@pytest.mark.parametrize("depth", range(90, 104))
def test_at_every_depth_the_guest_may_end_and_its_worker_does_not(
    depth: int, opened: Any
) -> None:
    """The worker reads one level more than it may send; both ends agree on the rest."""
    neighbour = opened("def main(n): return n")
    session = opened(forging(f"'{{\"value\": ' + '[' * {depth} + ']' * {depth} + '}}'"))

    outcomes = [session.call("main", None), session.call("main", None)]

    assert session._worker.alive
    assert neighbour.call("main", 1).value == 1
    if depth > 99:
        ends = [outcome.failure.type for outcome in outcomes]
        assert ends == ["answer", "closed"]


@pytest.mark.parametrize(
    "memory", [-1, 1 << 40, 10**300, 1.5, True, None, "much", [], {}]
)
def test_memory_that_cannot_be_is_not_believed(memory: Any, forge: Any) -> None:
    outcome = forge(raw(value=1, memory=memory))

    assert outcome.value == 1
    assert 0 < outcome.usage.memory <= 4 << 30


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


def test_text_that_is_not_ascii_is_text(forge: Any) -> None:
    assert forge('\'{"value": "é\U0001f600"}\'').value == "é\U0001f600"


# Questions.

NO_QUESTIONS = {
    "nothing": "''",
    "half": "'{'",
    "null": "'null'",
    "a number": "'5'",
    "a list": "'[\"stop\"]'",
    "a text": "'\"stop\"'",
    "NaN": '\'{"service": "s", "arguments": {"n": NaN}}\'',
    "too deep": "'{\"service\": ' + '[' * 400_000",
    "deep": "'{\"service\": ' + '[' * 300 + ']' * 300 + '}'",
}


@pytest.mark.parametrize("what", NO_QUESTIONS)
def test_a_question_that_is_none_ends_the_guest_alone(what: str, forge: Any) -> None:
    outcome = forge(raw(value=1), before=f"ask({NO_QUESTIONS[what]})")

    assert outcome.failure.kind is Kind.BROKEN
    assert outcome.value is None


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

    assert "refused" in outcome.value


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
        ({"stop": "memory", "used": 10**300, "output": "x" * 10}, "memory"),
    ],
)
def test_a_guest_may_stop_itself_by_the_quotas_that_its_shim_watches(
    wish: Any, quota: str, forge: Any
) -> None:
    outcome = forge(raw(value=1), before=f"ask({json.dumps(wish)!r})")

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, quota)
    assert outcome.usage.memory < 1 << 32


@pytest.mark.parametrize(
    "wish", ["fuel", "seconds", "__class__", "__reduce_ex__", "__init__", "", None, []]
)
def test_a_guest_cannot_stop_itself_in_another_name(wish: Any, forge: Any) -> None:
    asked = json.dumps({"stop": wish, "used": "<b>", "denied": "clock"})

    outcome = forge(raw(value="went on"), before=f"ask({asked!r})")

    assert outcome.value == "went on"
    assert "object at 0x" not in repr(outcome)


def test_the_output_of_a_guest_that_stops_itself_is_not_over_its_quota(
    forge: Any,
) -> None:
    asked = json.dumps({"stop": "output", "output": "x" * 5000})

    outcome = forge(raw(value=1), before=f"ask({asked!r})", quota=Quota(output=1000))

    assert len(outcome.output) == 1000
    assert outcome.usage.output == 1000


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
