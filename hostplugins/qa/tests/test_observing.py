"""What a plugin does with inputs is seen as it is, story by story."""

from __future__ import annotations

import pytest

from plugwright.judging import Call, Case, Observed

PLUGIN = """
from plugwright_sdk import InputError, command, emit, on, storage

@command
def double(number: int) -> int:
    if number < 0:
        raise InputError("not below zero")
    return 100 // (number - 7) * 0 + 2 * number

@command
def count() -> int:
    storage.set("count", storage.get("count", 0) + 1)
    emit("counted", {"count": storage.get("count")})
    return storage.get("count")

@on("again")
def again(data):
    storage.set("count", data["from"])

@command
def loop() -> None:
    while True:
        pass
"""
GRANTED = ("storage", "events.emit:counted")


@pytest.fixture
def observe(host):
    def observe(*stories, source=PLUGIN, permissions=GRANTED):
        case = Case(
            name="plugin",
            files={"plugin.py": source},
            tests={},
            permissions=permissions,
        )
        return host.judge().observe(case, stories)

    return observe


def call(command, **arguments):
    return Call(command=command, arguments=arguments)


def test_values_refusals_and_failures_are_told_apart(observe):
    ((value, refused, failed, wrong),) = observe(
        [
            call("double", number=4),
            call("double", number=-1),
            call("double", number=7),
            call("double", number="x"),
        ]
    )
    assert (value.value, value.refused, value.failure) == (8, False, "")
    assert refused.refused
    assert failed.failure.startswith("ZeroDivisionError")
    assert wrong.refused


def test_a_story_goes_on_and_the_next_begins_anew(observe):
    first, second = observe([call("count"), call("count")], [call("count")])
    assert [each.value for each in first] == [1, 2]
    assert [each.value for each in second] == [1]


def test_events_are_told_and_those_it_tells_are_seen(observe):
    ((told, counted),) = observe([Call(event="again", data={"from": 6}), call("count")])
    assert told.emitted == ()
    assert counted.value == 7
    assert counted.emitted == ({"name": "counted", "data": {"count": 7}},)


def test_who_never_ends_is_stopped_and_the_next_story_is_not(observe):
    stopped, fine = observe([call("loop")], [call("double", number=1)])
    assert stopped[0].failure == "stopped by the quota `fuel`"
    assert fine[0].value == 2


def test_what_was_not_granted_is_a_failure(observe):
    ((seen,),) = observe([call("count")], permissions=())
    assert "storage" in seen.failure


def test_what_was_not_granted_is_a_failure_even_if_nobody_else_would_notice(observe):
    source = PLUGIN.replace(
        "    return 100 //",
        "    try:\n        storage.get('x')\n    except Exception:\n        pass\n"
        "    return 100 //",
    )
    ((seen,),) = observe([call("double", number=1)], source=source, permissions=())
    assert seen.value is None
    assert seen.failure == "it reached for `storage`, which was not granted"


def test_what_does_not_load_fails_every_call_alike(observe):
    ((one, two),) = observe([call("double"), call("count")], source="1 / 0")
    assert one == two
    assert one.failure.startswith("ZeroDivisionError")


def test_the_same_is_seen_every_time(observe):
    story = [call("double", number=3), call("count")]
    assert observe(story) == observe(story)
    assert isinstance(observe(story)[0][0], Observed)
    assert observe(story)[0][0].fuel > 0
