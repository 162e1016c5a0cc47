"""Loading, asking and dropping a guest with one request is what three would be."""

from __future__ import annotations

from typing import Any

import pytest
from takeover import QUOTA as AMPLE
from takeover import end, question, reply, says, talking_to

from plugwright.errors import Denied
from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind, Outcome
from plugwright_sandbox.restricted.engine import RestrictedSandbox
from plugwright_sandbox.sessions import Engine
from plugwright_sandbox.wasm.engine import WasmSandbox
from plugwright_sandbox.wire.channel import Channel

QUOTA = Quota(fuel=50_000_000, load_fuel=50_000_000, cpu_seconds=0.5)
ASK = 'import sys\nask = sys.modules["_plugwright_host"].call\n'
SOURCES = {
    "a value": ("def f(x): return [x, x]", "f", [1]),
    "a failure": ("def f(x): return 1 / x", "f", [0]),
    "no such function": ("def f(): pass", "g", []),
    "no Python": ("def f(:\n", "f", []),
    "raises while it loads": ("1 / 0", "f", []),
    "loads for ever": ("while True: pass", "f", []),
    "runs for ever": ("def f():\n    while True: pass", "f", []),
    "hidden characters": ("x = '\u202e'", "f", []),
    "an argument that is none": ("def f(x): pass", "f", [float("nan")]),
    "asks while it loads": (
        ASK + "name = ask('name', {})\ndef f(): return name",
        "f",
        [],
    ),
    "asks when called": (ASK + "def f(): return ask('name', {})", "f", []),
    "denied while it loads": (ASK + "ask('door', {})\ndef f(): return 1", "f", []),
    "denied when called": (ASK + "def f(): return ask('door', {})", "f", []),
    "no such service": (ASK + "def f(): return ask('nothing', {})", "f", []),
    "prints": ("def f():\n    print('hello')\n    return 1", "f", []),
}


def guest(source: str, quota: Quota = QUOTA) -> Guest:
    def door(arguments: Any) -> Any:
        raise Denied("door")

    return Guest(
        name="g",
        files={"plugin.py": source},
        dispatcher="plain_door:dispatch",
        services={"name": lambda arguments: "Anna", "door": door},
        quota=quota,
        seed=1,
    )


def in_three(engine: Engine, guest: Guest, function: str, arguments: Any) -> Outcome:
    session = engine.open(guest)
    try:
        if session.loaded.failure is not None:
            return session.loaded
        return session.call(function, arguments)
    finally:
        session.close()


def told(outcome: Outcome) -> tuple[Any, ...]:
    """What is the same each time; `restricted` has other words for its times."""
    failure = outcome.failure
    why = failure and (failure.kind, failure.type, failure.where)
    usage = outcome.usage
    counted = (usage.fuel, usage.host_calls, usage.output)
    return outcome.value, why, outcome.output, outcome.denied, counted


@pytest.mark.parametrize("what", SOURCES)
def test_it_has_the_outcome_of_the_three(sandbox: WasmSandbox, what: str) -> None:
    source, function, arguments = SOURCES[what]
    asked = (guest(source), function, arguments)
    assert told(sandbox.run(*asked)) == told(in_three(sandbox, *asked))


@pytest.mark.parametrize("what", [name for name in SOURCES if "ask" not in name])
def test_the_restricted_engine_does_it_in_one_process(what: str) -> None:
    source, function, arguments = SOURCES[what]
    engine = RestrictedSandbox([])
    asked = (guest(source), function, arguments)
    try:
        assert told(engine.run(*asked)) == told(in_three(engine, *asked))
    finally:
        engine.close()


def test_the_guest_is_dropped_and_its_worker_goes_on(sandbox: WasmSandbox) -> None:
    session = sandbox.open(guest("kept = [1]\ndef f(): return len(kept)"))
    outcomes = [
        sandbox.run(guest("def f(): return 1"), "f", []),
        sandbox.run(guest("1 / 0"), "f", []),
        sandbox.run(guest("def f():\n    while True: pass"), "f", []),
    ]
    assert [outcome.value for outcome in outcomes] == [1, None, None]
    assert session.call("f", []).value == 1
    session.close()


# Workers that somebody has taken over.

FAILED = '{"failure":{"kind":"load","type":"SyntaxError","message":"m","where":"w"}}'


def run(worker: Any) -> Outcome:
    return talking_to(worker).run({"operation": "f", "arguments": []}, AMPLE)


def test_the_reply_says_which_of_both_it_is(taken_over: Any) -> None:
    called = run(taken_over(says(reply('{"value":1}', call=2))))
    failed = run(taken_over(says(reply(FAILED))))

    assert (called.value, called.failure) == (1, None)
    assert end(failed) == (Kind.LOAD, "SyntaxError")


@pytest.mark.parametrize("call", [0, 3, -1, True, 1.0, "1", None])
def test_a_reply_to_neither_kills_the_worker(call: Any, taken_over: Any) -> None:
    worker = taken_over(says(reply('{"value":1}', call=call)))
    assert end(run(worker)) == (Kind.BROKEN, "worker")
    assert not worker.alive


def test_a_question_of_either_is_answered_as_that(taken_over: Any) -> None:
    heard = []

    def play(channel: Channel, socket: Any) -> None:
        channel.receive()
        for number in (1, 2):
            socket.setblocking(True)
            socket.sendall(question("name", call=number))
            heard.append(channel.receive().head)
        socket.setblocking(True)
        socket.sendall(reply('{"value":1}', call=2))

    services = {"name": lambda arguments: "Anna"}
    conversation = talking_to(taken_over(play), services=services)
    assert conversation.run({"operation": "f", "arguments": []}, AMPLE).value == 1
    assert [head["call"] for head in heard] == [1, 2]
