"""A call from the host's side: what is asked, answered, put on record and left."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from takeover import (
    HASTY,
    OURS,
    QUOTA,
    USAGE,
    ask,
    end,
    question,
    reply,
    says,
    talking_to,
)

from plugwright.errors import Denied
from plugwright.quotas import Quota
from plugwright.sandboxes import Kind, Outcome
from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.channel import Channel


def test_a_worker_that_keeps_to_the_protocol_is_believed(taken_over: Any) -> None:
    text = json.dumps({"value": [1], "output": "o", "writes": 1, "memory": 9})
    worker = taken_over(says(reply(text, clock=True)))
    conversation = talking_to(worker)

    outcome = ask(conversation)

    assert (outcome.value, outcome.output, outcome.failure) == ([1], "o", None)
    assert outcome.read_clock
    assert (outcome.usage.fuel, outcome.usage.host_seconds) == (1, 0.125)
    assert worker.alive
    assert not conversation.over


def test_calls_are_numbered_and_limits_are_told_only_when_they_change(
    taken_over: Any,
) -> None:
    heads: list[dict[str, Any]] = []

    def play(channel: Channel, end: socket.socket) -> None:
        while True:
            head = channel.receive().head
            heads.append(head)
            end.sendall(reply(call=head["call"]))

    conversation = talking_to(taken_over(play))
    quota = Quota(fuel=5, load_fuel=7, seconds=50, load_seconds=70)

    conversation.ask("load", {}, {"seed": "0"}, quota)
    for _ in range(2):
        ask(conversation, quota)
    ask(conversation, Quota(fuel=6))

    assert [head["call"] for head in heads] == [1, 2, 3, 4]
    assert heads[0]["seed"] == "0"
    told = [head["limits"]["fuel"] if "limits" in head else None for head in heads]
    assert told == [7, 5, None, 6]
    assert [heads[n]["limits"]["seconds"] for n in (0, 1)] == [70, 50]


# Questions.


def answered(taken_over: Any, *asked: bytes, **guest: Any) -> tuple[Any, Outcome]:
    """Let a worker ask; give what it was answered, and the outcome."""
    heard: list[Any] = []

    def play(channel: Channel, end: socket.socket) -> None:
        channel.receive()
        for part in asked:
            end.sendall(part)
            message = channel.receive()
            assert message.head == {"step": "answer", **OURS}
            heard.append(json.loads(message.text))
        end.sendall(reply())

    outcome = ask(talking_to(taken_over(play), **guest))
    return heard, outcome


def test_a_question_is_answered_by_its_service(taken_over: Any) -> None:
    heard, outcome = answered(
        taken_over,
        question("double", {"n": 2}),
        question("double", {"n": 4}),
        services={"double": lambda arguments: 2 * arguments["n"]},
    )

    assert heard == [{"value": 4}, {"value": 8}]
    assert outcome.denied == ()


NO_QUESTIONS = {
    "nothing": "",
    "half": "{",
    "null": "null",
    "a list": "[1]",
    "a text": '"service"',
    "no service": '{"arguments": {}}',
    "no arguments": '{"service": "service"}',
    "a service that is a list": '{"service": ["service"], "arguments": {}}',
    "a service that is null": '{"service": null, "arguments": {}}',
    "arguments that are a list": '{"service": "service", "arguments": []}',
    "arguments twice": '{"service": "service", "arguments": {}, "arguments": {}}',
    "NaN": '{"service": "service", "arguments": {"n": NaN}}',
    "a large number": '{"service": "service", "arguments": {"n": 9007199254740993}}',
    "half a character": '{"service": "service", "arguments": {"n": "\\ud800"}}',
    "deep": '{"service": "service", "arguments": {"n": %s}}' % ("[" * 99 + "]" * 99),
}


@pytest.mark.parametrize("what", NO_QUESTIONS)
def test_a_question_that_is_none_is_refused_and_reaches_no_service(
    what: str, taken_over: Any
) -> None:
    reached: list[Any] = []
    asked = frames.encoded(OURS, NO_QUESTIONS[what])

    heard, outcome = answered(taken_over, asked, services={"service": reached.append})

    assert heard == [{"refused": "the question is not as agreed"}]
    assert reached == []
    assert outcome.failure is None
    assert outcome.denied == ()


def test_what_is_no_service_is_denied_and_on_record_by_a_short_name(
    taken_over: Any,
) -> None:
    heard, outcome = answered(taken_over, question("no"), question("s" * 500_000))

    assert heard == [{"denied": "no"}, {"denied": "s" * 200}]
    assert outcome.denied == ("no", "s" * 200)


def refusing(_: Any) -> Any:
    raise Denied("storage:a")


def test_a_denial_is_on_record_even_if_the_worker_is_killed_afterwards(
    taken_over: Any,
) -> None:
    """Or a plugin could try every door, and take its own life before it is told on."""
    for last_words, quota in ((b"\xff" * 4, QUOTA), (b"", Quota(seconds=2))):
        worker = taken_over(says(question(), question("no"), last_words))

        outcome = ask(talking_to(worker, services={"service": refusing}), quota)

        assert outcome.failure is not None
        assert outcome.failure.kind in (Kind.BROKEN, Kind.STOPPED)
        assert outcome.denied == ("storage:a", "no")


def test_the_workers_own_denials_come_after_the_hosts(taken_over: Any) -> None:
    worker = taken_over(says(question("no"), reply(denied=["clock"])))
    conversation = talking_to(worker)

    outcome = ask(conversation)

    assert outcome.denied == ("no", "clock")
    assert end(outcome) == (Kind.DENIED, "clock")
    assert conversation.over


def test_a_worker_cannot_ask_more_than_its_quota_allows(taken_over: Any) -> None:
    """It counts for us, but not if it has been taken over."""
    reached: list[Any] = []
    worker = taken_over(says(*[question()] * 100))
    conversation = talking_to(worker, services={"service": reached.append})

    outcome = ask(conversation, Quota(host_calls=5))

    assert end(outcome) == (Kind.BROKEN, "worker")
    assert len(reached) <= 6
    assert not worker.alive


def test_a_question_that_is_longer_than_its_quota_allows_is_not_read(
    taken_over: Any,
) -> None:
    reached: list[Any] = []
    worker = taken_over(says(question(arguments={"text": "x" * 3000})))
    conversation = talking_to(worker, services={"service": reached.append})

    assert end(ask(conversation, Quota(payload=2000))) == (Kind.BROKEN, "worker")
    assert reached == []


def test_an_answer_that_no_frame_holds_is_a_refusal(taken_over: Any) -> None:
    heard, _ = answered(
        taken_over, question(), services={"service": lambda _: "x" * frames.LIMIT}
    )

    assert heard == [{"refused": "the host could not answer (too long)"}]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_host_ends_the_guest_and_goes_through(
    error: type[BaseException], taken_over: Any
) -> None:
    def service(_: Any) -> Any:
        raise error

    worker = taken_over(says(question()))
    conversation = talking_to(worker, services={"service": service})

    with pytest.raises(error):
        ask(conversation)

    assert not worker.alive
    assert conversation.over


# What is left behind.


FAILURE = {"kind": "raised", "type": "T", "message": "m", "where": ""}
ENDS: dict[str, tuple[bytes, Quota, bool]] = {
    "a value": (reply('{"value":1}'), QUOTA, False),
    "an exception": (reply(json.dumps({"failure": FAILURE})), QUOTA, False),
    "its own denial": (
        reply(json.dumps({"failure": FAILURE | {"kind": "denied"}})),
        QUOTA,
        False,
    ),
    "a stop": (reply(stopped=["fuel", 1]), QUOTA, True),
    "a trap": (reply(broken="unreachable"), QUOTA, True),
    "a denied clock": (reply(denied=["clock"]), QUOTA, True),
    "an answer that is none": (reply("{"), QUOTA, True),
    "an answer that is too long": (reply("x" * 5000), Quota(payload=1000), True),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_guest_is_over_after_what_leaves_it_in_an_unknown_state(
    what: str, taken_over: Any
) -> None:
    said, quota, over = ENDS[what]
    worker = taken_over(says(said))
    conversation = talking_to(worker)

    ask(conversation, quota)

    assert conversation.over is over
    assert worker.alive


@pytest.mark.parametrize(
    ("about", "quota", "kind", "type"),
    [
        ({"n": float("nan")}, Quota(), Kind.INPUT, "arguments"),
        ({"n": 1 << 54}, Quota(), Kind.INPUT, "arguments"),
        ({"n": "\ud800"}, Quota(), Kind.INPUT, "arguments"),
        ({"n": {1}}, Quota(), Kind.INPUT, "arguments"),
        ({"n": "x" * 5000}, Quota(payload=1000), Kind.STOPPED, "payload"),
        ({"n": "x" * 5000}, Quota(received=1000), Kind.STOPPED, "received"),
    ],
    ids=["NaN", "a large number", "half a character", "a set", "payload", "received"],
)
def test_arguments_that_cannot_be_sent_are_not_and_the_guest_goes_on(
    about: Any, quota: Quota, kind: Kind, type: str, taken_over: Any
) -> None:
    worker = taken_over(says(reply('{"value":1}')))
    conversation = talking_to(worker)

    assert end(ask(conversation, quota, **about)) == (kind, type)
    assert not conversation.over
    assert ask(conversation, quota).value == 1


def test_memory_is_what_was_last_heard_of_it(taken_over: Any) -> None:
    none = [1, 0, 3, 4, 5, *USAGE[5:]]
    worker = taken_over(
        says(reply('{"memory":99}', usage=none), reply(call=2, stopped=["fuel", 1]))
    )
    conversation = talking_to(worker)
    ask(conversation)

    assert ask(conversation).usage.memory == USAGE[1]


# Turns.


def test_a_guest_that_is_being_called_is_busy(taken_over: Any) -> None:
    inner: list[Outcome] = []

    def service(_: Any) -> None:
        inner.append(ask(conversation))
        thread = threading.Thread(target=lambda: inner.append(ask(conversation)))
        thread.start()
        thread.join()

    worker = taken_over(says(question(), reply('{"value":1}')))
    conversation = talking_to(worker, services={"service": service})

    assert ask(conversation).value == 1
    assert [end(outcome) for outcome in inner] == [(Kind.BROKEN, "busy")] * 2
    assert not conversation.over


def test_who_waits_too_long_for_another_guest_of_the_worker_is_told_busy(
    taken_over: Any,
) -> None:
    worker = taken_over(says())
    with worker.turn:
        outcomes: list[Outcome] = []
        thread = threading.Thread(
            target=lambda: outcomes.append(ask(talking_to(worker), HASTY))
        )
        thread.start()
        thread.join()

    assert end(outcomes[0]) == (Kind.BROKEN, "busy")
    assert worker.alive


def test_however_it_ends_the_worker_is_free_afterwards(taken_over: Any) -> None:
    def failing(_: Any) -> Any:
        raise KeyboardInterrupt

    plays: list[Callable[..., Any]] = [says(reply()), says(b"\xff" * 4), says()]
    for play in [*plays, says(question())]:
        worker = taken_over(play)
        with suppress(KeyboardInterrupt):
            ask(talking_to(worker, services={"service": failing}), HASTY)

        assert worker.talks == 0
        assert worker.turn.acquire(blocking=False)
        worker.turn.release()
