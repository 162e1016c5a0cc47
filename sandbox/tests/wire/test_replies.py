"""What workers and guests say: each reads like a stranger's letter."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from typing import Any

import pytest

from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import Kind
from plugwright_sandbox.wire import frames, replies
from plugwright_sandbox.wire.replies import COUNTED, ENVELOPE, TIMED, Reply, Told

COUNTS = [1, 2, 3, 4, 5]
TIMES = [0.25, 0.5, 0.125]
USAGE = [*COUNTS, *TIMES]
QUOTA = Quota(payload=1000, output=100)
FAILURE = {"kind": "raised", "type": "T", "message": "m", "where": "plugin.py:1"}


def reply(**head: Any) -> Reply:
    return Reply.read({"usage": USAGE, **head})


def text(**told: Any) -> str:
    return json.dumps(told)


# A worker's own part.


def test_a_workers_numbers_have_their_places() -> None:
    assert reply().counted == COUNTS
    assert reply().timed == TIMES
    assert {*COUNTED, *TIMED} <= asdict(Usage()).keys()


@pytest.mark.parametrize("count", [-1, 1.0, 0.5, True, None, "1", [], {}])
@pytest.mark.parametrize("place", range(len(COUNTED)))
def test_a_count_is_a_whole_number_that_is_not_below_zero(
    place: int, count: Any
) -> None:
    with pytest.raises(ValueError, match="usage"):
        reply(usage=[*USAGE[:place], count, *USAGE[place + 1 :]])


@pytest.mark.parametrize(
    "time", [-1, -0.5, float("nan"), float("inf"), float("-inf"), True, None, "1", []]
)
@pytest.mark.parametrize("place", range(len(COUNTED), len(USAGE)))
def test_a_time_is_a_number_that_is_not_below_zero(place: int, time: Any) -> None:
    with pytest.raises(ValueError, match="usage"):
        reply(usage=[*USAGE[:place], time, *USAGE[place + 1 :]])


@pytest.mark.parametrize(
    "usage", [[], USAGE[:-1], [*USAGE, 1], {}, None, 1, "12345678", tuple(USAGE)]
)
def test_usage_is_a_list_of_all_numbers_and_no_more(usage: Any) -> None:
    with pytest.raises(ValueError, match="usage"):
        reply(usage=usage)


@pytest.mark.parametrize(
    "nonsense",
    [
        *({"stopped": said} for said in (5, None, [], ["fuel"], ["fuel", 1, 2])),
        *({"stopped": ["fuel", used]} for used in (-1, True, "1", None, float("nan"))),
        *({"stopped": said} for said in ([1, 1], [None, 1], [["fuel"], 1], "ab")),
        *({"denied": said} for said in (5, None, "clock", [1], [None], {"a": 1})),
        *({"broken": said} for said in (5, None, [], True, "x" * 1001)),
    ],
    ids=repr,
)
def test_whatever_else_a_worker_says_has_its_shape(nonsense: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        reply(**nonsense)


@pytest.mark.parametrize("clock", [1, "yes", [1], None, False])
def test_only_true_is_a_clock_that_was_read(clock: Any) -> None:
    assert reply(clock=True).clock
    assert not reply(clock=clock).clock


# A guest's own part.


def test_an_answer_is_read_with_all_that_comes_with_it() -> None:
    found = replies.told(text(value=[1], output="o", writes=2, memory=3), QUOTA)

    assert found == Told([1], None, "o", 2, 3)


def test_a_failure_is_read_and_cut_and_no_value_comes_with_it() -> None:
    said = dict.fromkeys(("type", "message", "where"), "x" * 5000)

    found = replies.told(text(value=1, failure=FAILURE | said), Quota())

    assert found.value is None
    assert found.failure is not None
    sizes = [len(found.failure.type), len(found.failure.message)]
    assert [*sizes, len(found.failure.where)] == [200, 4096, 200]


NO_ANSWERS: dict[str, Any] = {
    "a list": [],
    "null": None,
    "a number": 1,
    "output that is no text": {"output": 1},
    "output over its quota": {"output": "x" * 101},
    "writes that are no number": {"writes": "many"},
    "writes below zero": {"writes": -1},
    "memory that is true": {"memory": True},
    "memory below zero": {"memory": -1},
    "memory that no 32 bits address": {"memory": (1 << 32) + 1},
    "a failure that is a list": {"failure": []},
    "a failure that is false": {"failure": False},
    "an empty failure": {"failure": {}},
    **{
        f"a failure of kind {kind!r}": {"failure": FAILURE | {"kind": kind}}
        for kind in ("stopped", "broken", "RAISED", "", None, [], 1)
    },
    **{
        f"a failure whose {name} is {value!r}": {"failure": FAILURE | {name: value}}
        for name in ("type", "message", "where")
        for value in (None, 1, [])
    },
}


@pytest.mark.parametrize("what", NO_ANSWERS)
def test_what_no_shim_says_is_no_answer(what: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its text is another matter)
        replies.told(json.dumps(NO_ANSWERS[what]), QUOTA)


def test_an_answer_up_to_its_payload_is_taken_whatever_was_printed() -> None:
    printed = "\0" * 100  # six bytes each

    found = replies.told(text(value="x" * 950, output=printed), QUOTA)

    assert found.value == "x" * 950


@pytest.mark.parametrize("output", ["", "\0" * 100])
@pytest.mark.parametrize("size", [1000 + ENVELOPE, 3000])
def test_an_answer_over_its_payload_is_not_whatever_was_printed(
    size: int, output: str
) -> None:
    with pytest.raises(OverflowError):
        replies.told(text(value="x" * size, output=output), QUOTA)


def test_what_is_far_too_long_is_not_even_read() -> None:
    """Reading could take many times its size."""
    no_json = "[" * 2_000_000

    with pytest.raises(OverflowError):
        replies.told(no_json, QUOTA)
    assert replies.last_words(no_json, QUOTA) == Told()


def test_nothing_is_longer_than_what_a_frame_holds() -> None:
    most = Quota(payload=1 << 50, output=1 << 50)

    longest = replies.longest(most.payload, most.output)

    assert frames.encoded({"a": 1}, "x" * longest)


@pytest.mark.parametrize(
    "said",
    ["", "{", "[]", "1", "null", '{"output": 5}', '{"output": "a", "memory": -1}'],
)
def test_last_words_may_be_anything(said: str) -> None:
    assert replies.last_words(said, QUOTA) == Told()


def test_last_words_tell_what_was_printed_if_the_quota_allows_it() -> None:
    said = {"stop": "output", "used": 101, "writes": 3}

    assert replies.last_words(text(output="x" * 100, **said), QUOTA).output == "x" * 100
    assert replies.last_words(text(output="x" * 101, **said), QUOTA).output == ""


# Both together.


def test_an_outcome_is_put_together_of_what_both_say() -> None:
    told = text(value=7, output="o", writes=1, memory=99)

    found = replies.outcome(
        reply(usage=[1, 0, 3, 4, 5, *TIMES]), told, QUOTA, loading=False
    )

    assert (found.value, found.output, found.failure) == (7, "o", None)
    assert found.usage == Usage(
        fuel=1,
        memory=99,
        host_calls=3,
        sent=4,
        received=5,
        cpu_seconds=0.25,
        seconds=0.5,
        host_seconds=0.125,
        output=1,
        writes=1,
    )


def test_a_worker_that_counts_memory_itself_is_believed_before_its_guest() -> None:
    found = replies.outcome(reply(), text(memory=99), QUOTA, loading=False)

    assert found.usage.memory == COUNTS[1]


@pytest.mark.parametrize(
    "name", [name for name in asdict(Quota()) if not name.startswith("load_")]
)
@pytest.mark.parametrize("loading", [False, True])
def test_a_stop_names_its_quota_and_how_much_was_used_of_it(
    name: str, loading: bool
) -> None:
    quota = replace(Quota(), load_fuel=77, load_seconds=78.0)

    found = replies.outcome(reply(stopped=[name, 5]), "", quota, loading=loading)

    assert found.failure is not None
    if loading and name in ("fuel", "seconds"):
        name = f"load_{name}"
    assert (found.failure.kind, found.failure.type) == (Kind.STOPPED, name)
    assert found.failure.message == f"used 5 of {asdict(quota)[name]}"
    assert found.value is None


@pytest.mark.parametrize("name", ["money", "__class__", "within", "__dict__", "Fuel"])
def test_a_quota_that_does_not_exist_is_nothing_a_worker_can_say(name: str) -> None:
    with pytest.raises(KeyError):
        replies.outcome(reply(stopped=[name, 1]), "", QUOTA, loading=False)


def test_an_ended_guests_value_does_not_count_and_what_it_printed_does() -> None:
    told = text(value=1, output="printed", failure=FAILURE)
    for end in ({"stopped": ["fuel", 1]}, {"broken": "trap"}, {"denied": ["clock"]}):
        found = replies.outcome(reply(**end), told, QUOTA, loading=False)

        assert found.value is None
        assert found.output == "printed"
        assert found.failure is not None
        assert found.failure.kind is not Kind.RAISED


def test_a_denial_is_told_before_a_stop() -> None:
    found = replies.outcome(
        reply(denied=["clock"], stopped=["fuel", 1]), "", QUOTA, loading=False
    )

    assert found.failure is not None
    assert (found.failure.kind, found.failure.type) == (Kind.DENIED, "clock")
    assert found.denied == ("clock",)


@pytest.mark.parametrize(
    ("used", "reported"), [(5, 5), (0.5, 0), (1 << 32, 1 << 32), (1 << 53, 1 << 32)]
)
def test_memory_that_stopped_a_guest_is_reported_if_it_can_be(
    used: Any, reported: int
) -> None:
    stop = reply(usage=[1, 0, 3, 4, 5, *TIMES], stopped=["memory", used])

    found = replies.outcome(stop, "", QUOTA, loading=False)

    assert found.usage.memory == reported


@pytest.mark.parametrize("told", ["", "{", "[]", '{"value": NaN}', '{"a": 1, "a": 1}'])
def test_an_answer_that_is_none_is_broken_and_its_usage_counts(told: str) -> None:
    found = replies.outcome(reply(), told, QUOTA, loading=False)

    assert found.failure is not None
    assert (found.failure.kind, found.failure.type) == (Kind.BROKEN, "answer")
    assert found.usage.fuel == 1


def test_an_answer_over_its_payload_is_stopped_here_too() -> None:
    found = replies.outcome(reply(), text(value="x" * 2000), QUOTA, loading=False)

    assert found.failure is not None
    assert (found.failure.kind, found.failure.type) == (Kind.STOPPED, "payload")
    assert found.failure.message.endswith("of 1000")


def test_a_thousand_stops_leave_no_memory_behind() -> None:
    replies.stopped("fuel", 1, QUOTA)
    before = sys.getallocatedblocks()
    for used in range(1000):
        replies.stopped("fuel", used, QUOTA)
    assert sys.getallocatedblocks() - before < 100
