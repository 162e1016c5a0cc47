"""A guest that was loaded ahead is the one that would have been loaded."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

from plugwright.quotas import Quota
from plugwright_sandbox.wasm.ahead import Ahead, Loaded
from plugwright_sandbox.wasm.compiling import Compiler
from plugwright_sandbox.wasm.engine import WasmSandbox
from plugwright_sandbox.wasm.instance import Instance, Limits
from plugwright_sandbox.wasm.runtime import Runtime
from plugwright_sandbox.wire.conversation import TOLD_TO_GUESTS, limits
from plugwright_sandbox.wire.frames import Message

QUOTA = Quota()
SOURCE = """
import random
kept = []
def keep(value): kept.append(value); return len(kept)
def chance(): return random.random()
def ask(): import sys; return sys.modules["_plugwright_host"].call("name", {})
"""


@pytest.fixture(scope="module")
def runtime(sandbox: WasmSandbox) -> Runtime:
    return Runtime(sandbox._image.path)


@pytest.fixture
def ahead(runtime: Runtime) -> Ahead:
    return Ahead(runtime, Compiler(runtime), easy=60)  # however slow this machine is


def load(source: str = SOURCE, **head: Any) -> Message:
    """What a host sends to have a guest loaded."""
    about = {
        "step": "load",
        "files": {"plugin.py": textwrap.dedent(source)},
        "packages": [],
        "dispatcher": "plain_door:dispatch",
        "arguments": None,
        "limits": {name: getattr(QUOTA, name) for name in TOLD_TO_GUESTS},
    }
    plain = {"clock": None, "seed": "7", "limits": {**limits(QUOTA, loading=True)}}
    return Message(plain | head, json.dumps(about))


def loaded(runtime: Runtime, message: Message) -> Loaded:
    """Load it now, as a worker does that has none ahead."""
    head = message.head
    allowed = Limits(**head["limits"])
    instance = Instance(
        *(runtime,),
        limits=allowed,
        clock=head["clock"],
        seed=int(head["seed"], 16),
        ask=lambda question: json.dumps({"value": "the first"}),
    )
    return Loaded(instance, *instance.call(message.text, allowed))


def called(guest: Instance, function: str, *arguments: Any) -> tuple[Any, int]:
    """What it answers, and the fuel that took."""
    request = {"step": "call", "operation": function, "arguments": [*arguments]}
    told, text = guest.call(json.dumps(request), Limits(**limits(QUOTA, loading=False)))
    return json.loads(text).get("value"), told["usage"][0]


def one_ahead(runtime: Runtime, ahead: Ahead, message: Message) -> Loaded:
    """Load a guest, and have another one like it loaded ahead; give the first."""
    first = loaded(runtime, message)
    ahead.note(message, first)
    assert ahead.wanted
    ahead.prepare()
    assert not ahead.wanted
    return first


def test_it_answers_the_same_with_the_same_fuel(runtime: Runtime, ahead: Ahead) -> None:
    first = one_ahead(runtime, ahead, load())
    other = ahead.take(load())
    assert other is not None
    assert other.text == first.text
    assert other.told["usage"][0] == first.told["usage"][0]
    assert called(other.instance, "chance") == called(first.instance, "chance")


def test_it_has_seen_nothing_of_the_one_before(runtime: Runtime, ahead: Ahead) -> None:
    first = one_ahead(runtime, ahead, load())
    called(first.instance, "keep", 1)
    other = ahead.take(load())
    assert other is not None
    assert called(other.instance, "keep", 1)[0] == 1


def test_each_is_given_once_and_the_next_can_be_loaded(
    runtime: Runtime, ahead: Ahead
) -> None:
    one_ahead(runtime, ahead, load())
    assert ahead.take(load()) is not None
    assert ahead.take(load()) is None
    assert ahead.wanted


@pytest.mark.parametrize(
    "other",
    [
        load("def keep(value): return value"),
        load(clock=5.0),
        load(seed="8"),
        load(free=True),
        load(limits={**limits(QUOTA, loading=True), "memory": 1 << 26}),
    ],
)
def test_whatever_differs_is_loaded_when_it_is_asked_for(
    runtime: Runtime, ahead: Ahead, other: Message
) -> None:
    one_ahead(runtime, ahead, load())
    assert ahead.take(other) is None


def test_where_no_seed_was_asked_for_no_two_are_alike(
    runtime: Runtime, ahead: Ahead
) -> None:
    first = one_ahead(runtime, ahead, load(free=True))
    other = ahead.take(load(free=True, seed="99"))
    assert other is not None
    ahead.prepare()
    third = ahead.take(load(free=True))
    assert third is not None
    drawn = {called(each.instance, "chance")[0] for each in (first, other, third)}
    assert len(drawn) == 3


def test_its_questions_go_to_whoever_takes_it(runtime: Runtime, ahead: Ahead) -> None:
    one_ahead(runtime, ahead, load())
    other = ahead.take(load())
    assert other is not None
    other.instance.ask = lambda question: json.dumps({"value": "the second"})
    assert called(other.instance, "ask")[0] == "the second"


@pytest.mark.parametrize(
    "source",
    [
        "import sys; sys.modules['_plugwright_host'].call('name', {})",
        "import time; time.time()",
        "import nothing",
        "1 / 0",
    ],
)
def test_a_load_that_asks_looks_at_the_clock_or_fails_is_not_done_ahead(
    runtime: Runtime, ahead: Ahead, source: str
) -> None:
    message = load(source, clock=5.0)
    ahead.note(message, loaded(runtime, message))
    assert not ahead.wanted


def test_a_slow_load_is_not_done_ahead(runtime: Runtime) -> None:
    ahead = Ahead(runtime, Compiler(runtime), easy=0)
    ahead.note(load(), loaded(runtime, load()))
    assert not ahead.wanted


def test_one_that_asks_only_when_it_is_loaded_ahead_is_dropped(
    runtime: Runtime, ahead: Ahead
) -> None:
    source = """
    import random, sys
    if random.random() < 0.9:
        sys.modules["_plugwright_host"].call("name", {})
    """
    seeds = (f"{seed:x}" for seed in range(1000))
    messages = (load(source, seed=seed) for seed in seeds)
    quiet = next(m for m in messages if loaded(runtime, m).asked_nothing)
    free = Message({**quiet.head, "free": True}, quiet.text)
    ahead.note(free, loaded(runtime, free))
    rounds = 0
    while ahead.wanted:
        ahead.prepare()
        ahead.take(free)
        rounds += 1
    assert rounds < 1000


def test_an_opened_guest_may_have_been_loaded_ahead_and_nobody_can_tell(
    opened: Any,
) -> None:
    source = "kept = []\ndef main(n):\n    kept.append(n)\n    return kept"
    fuels = set()
    for number in range(12):
        session = opened(source, clock=5.0)
        assert session.loaded.failure is None
        fuels.add(session.loaded.usage.fuel)
        assert session.call("main", number).value == [number]
    assert len(fuels) == 1
