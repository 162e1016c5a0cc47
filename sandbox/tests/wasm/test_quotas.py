"""Each quota ends the guest, cannot be caught, and is told by its name."""

from __future__ import annotations

import re
import textwrap
from dataclasses import fields, replace
from typing import Any

import pytest

from plugwright.quotas import LARGEST, Quota
from plugwright.sandboxes import Kind

CATCH_ALL = """
def main(_):
    while True:
        try:
            again()
        except BaseException:
            pass
        finally:
            continue
"""

GREEDY = {
    "fuel": (
        Quota(fuel=50_000_000),
        """
        def again():
            while True:
                pass
        """,
    ),
    "seconds": (
        Quota(fuel=1 << 39, seconds=0.2),
        """
        def again():
            while True:
                pass
        """,
    ),
    "output": (
        Quota(output=1000),
        """
        def again():
            print("x" * 100)
        """,
    ),
    "writes": (
        Quota(writes=50),
        """
        def again():
            print(end="")
        """,
    ),
    "host_calls": (
        Quota(host_calls=5),
        """
        from host import call

        def again():
            call("not granted", {})
        """,
    ),
    "payload": (
        Quota(payload=10_000),
        """
        from host import call

        def again():
            call("not granted", {"text": "x" * 20_000})
        """,
    ),
    "sent": (
        Quota(sent=50_000),
        """
        from host import call

        def again():
            call("not granted", {"text": "x" * 2000})
        """,
    ),
    "received": (
        Quota(received=50_000),
        """
        from host import call

        def again():
            call("text", {})
        """,
    ),
}
SERVICES = {"text": lambda _: "x" * 2000, "one": lambda _: 1}


def catching_all(source: str) -> str:
    return textwrap.dedent(source) + CATCH_ALL


@pytest.mark.parametrize("name", GREEDY)
def test_a_quota_ends_a_guest_that_catches_everything_and_is_named(
    name: str, opened: Any
) -> None:
    quota, source = GREEDY[name]
    session = opened(catching_all(source), quota=quota, services=SERVICES)
    assert session.loaded.failure is None

    outcome = session.call("main", None)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, name)
    told = re.fullmatch(r"used ([\d.]+) of ([\d.]+)", outcome.failure.message)
    assert told
    assert float(told[1]) >= float(told[2]) == getattr(quota, name)
    assert outcome.usage.fuel > 0
    assert outcome.usage.seconds > 0
    assert outcome.usage.cpu_seconds > 0
    assert outcome.usage.memory > 0
    assert outcome.usage.received > 0


@pytest.mark.parametrize("name", GREEDY)
def test_a_stopped_guest_is_closed_and_a_fresh_one_works(
    name: str, opened: Any
) -> None:
    quota, source = GREEDY[name]
    stopped = opened(catching_all(source), quota=quota, services=SERVICES)
    stopped.call("main", None)

    again = stopped.call("main", None)

    assert (again.failure.kind, again.failure.type) == (Kind.BROKEN, "closed")
    fresh = opened("def main(n): return n + 1", quota=quota)
    assert fresh.call("main", 1).value == 2


def test_memory_that_is_not_there_ends_a_guest_that_does_not_expect_it(
    opened: Any,
) -> None:
    session = opened(
        """
        kept = []

        def main(_):
            while True:
                kept.append(bytearray(1 << 20))
        """,
        quota=Quota(memory=64 << 20),
    )

    outcome = session.call("main", None)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "memory")
    assert 32 << 20 < outcome.usage.memory <= 64 << 20
    assert session.call("main", None).failure.type == "closed"


def test_memory_may_be_asked_for_in_vain_and_is_never_more_than_the_quota(
    opened: Any,
) -> None:
    """A MemoryError is Python's own; a guest that catches it has less, not more."""
    session = opened(
        """
        def main(size):
            try:
                return len(bytearray(size))
            except MemoryError:
                return "no"
        """,
        quota=Quota(memory=64 << 20),
    )

    assert session.call("main", 1 << 30).value == "no"
    assert session.call("main", 8 << 20).value == 8 << 20
    assert session.call("main", 1 << 30).usage.memory <= 64 << 20


def test_a_memory_quota_too_small_for_the_interpreter_is_told_when_loading(
    opened: Any,
) -> None:
    other = opened("def main(_): return 1")

    small = opened("def main(_): return 1", quota=Quota(memory=1 << 20))

    failure = small.loaded.failure
    assert (failure.kind, failure.type) == (Kind.STOPPED, "memory")
    assert other.call("main", None).value == 1


LOADS = {
    "load_fuel": Quota(load_fuel=500_000_000),
    "load_seconds": Quota(load_fuel=1 << 50, load_seconds=0.3),
    "output": Quota(output=100),
    "host_calls": Quota(host_calls=5),
}


@pytest.mark.parametrize("name", LOADS)
def test_loading_has_quotas_of_its_own_and_is_stopped_in_their_name(
    name: str, opened: Any
) -> None:
    work = {"output": "print(100 * 'x')", "host_calls": "ask('{}')"}.get(name, "pass")
    source = f"from host import ask\nwhile True: {work}"

    session = opened(source, quota=LOADS[name])

    failure = session.loaded.failure
    assert (failure.kind, failure.type) == (Kind.STOPPED, name)
    assert failure.message.endswith(f" of {getattr(LOADS[name], name)}")
    assert session.loaded.usage.fuel > 0
    assert session.call("main", None).failure == failure


def test_what_loading_may_use_says_nothing_about_calls_and_the_other_way_round(
    opened: Any,
) -> None:
    work = "sum(range(3_000_000))"
    loads = opened(f"{work}\ndef main(_): return 1", quota=Quota(fuel=50_000_000))
    calls = opened(f"def main(_): return {work}", quota=Quota(load_fuel=200_000_000))

    assert loads.call("main", None).value == 1
    assert calls.call("main", None).value == sum(range(3_000_000))


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("payload", "its arguments"),
        ("payload", "its answer"),
        ("payload", "a question"),
        ("payload", "an answer of the host"),
        ("received", "its arguments"),
        ("sent", "its answer"),
        ("sent", "a question"),
        ("received", "an answer of the host"),
    ],
)
def test_the_quotas_of_bytes_count_every_way_through_the_wall(
    name: str, how: str, opened: Any
) -> None:
    quota = replace(Quota(), **{name: 10_000})
    session = opened(
        """
        from host import call

        def main(argument):
            if argument == "its answer":
                return "x" * 20_000
            if argument == "a question":
                return call("length", {"text": "x" * 20_000})
            if argument == "an answer of the host":
                return len(call("text", {"length": 20_000}))
            return len(argument)
        """,
        quota=quota,
        services={
            "length": lambda a: len(str(a["text"])),
            "text": lambda a: "x" * int(str(a["length"])),
        },
    )
    assert session.call("main", "x" * 5000).value == 5000

    outcome = session.call("main", "x" * 20_000 if how == "its arguments" else how)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, name)
    used, _, allowed = outcome.failure.message.removeprefix("used ").partition(" of ")
    assert int(used) > int(allowed) == 10_000


SPENDERS = {
    "fuel": "sum(range(10_000_000))",
    "memory": "len(bytearray(100 << 20))",
    "output": "print('x' * 5000)",
    "writes": "[print(end='x') for _ in range(20)]",
    "host_calls": "[call('one', {}) for _ in range(20)]",
    "payload": "'x' * 5000",
    "sent": "[call('one', {'text': 'x' * 1000}) for _ in range(3)]",
    "received": "[call('text', {}) for _ in range(3)]",
}
SMALL = Quota(
    fuel=20_000_000,
    memory=64 << 20,
    output=1000,
    writes=10,
    host_calls=10,
    payload=2000,
    sent=2000,
    received=5000,
)


@pytest.mark.parametrize("name", SPENDERS)
@pytest.mark.parametrize("smaller", ["the guest's", "the call's"])
def test_the_smaller_of_the_guests_quota_and_the_calls_counts(
    name: str, smaller: str, opened: Any
) -> None:
    large = Quota()
    small = replace(large, **{name: getattr(SMALL, name)})
    guests, calls = (small, large) if smaller == "the guest's" else (large, small)
    session = opened(
        f"""
        from host import call

        def main(_):
            return {SPENDERS[name]}
        """,
        quota=guests,
        services=SERVICES,
    )

    outcome = session.call("main", None, quota=calls)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, name)


@pytest.mark.parametrize("name", SPENDERS)
def test_what_a_small_quota_stops_runs_under_the_large_one(
    name: str, opened: Any
) -> None:
    session = opened(
        f"""
        from host import call

        def main(_):
            return {SPENDERS[name]}
        """,
        services=SERVICES,
    )

    assert session.call("main", None).failure is None


@pytest.mark.parametrize("name", [field.name for field in fields(Quota)])
@pytest.mark.parametrize("wild", [2**53 + 1, 2**63, 2**64, 2**64 + 5, 10**300])
def test_numbers_that_a_machine_word_does_not_hold_do_not_break_a_guest(
    name: str, wild: int, opened: Any
) -> None:
    session = opened("def main(n): return n", quota=replace(Quota(), **{name: wild}))

    assert session.call("main", 1).value == 1


def test_all_quotas_may_be_the_largest_at_once(opened: Any) -> None:
    session = opened("def main(n): return n", quota=LARGEST)

    assert session.call("main", "x" * (8 << 20)).value == "x" * (8 << 20)


def test_what_no_frame_holds_is_over_any_quota_and_its_worker_goes_on(
    opened: Any,
) -> None:
    """One byte of output can be six in JSON: so much printed does not fit."""
    quota = replace(LARGEST, seconds=60.0)
    printing = opened("def main(n): print('\\0' * n)", quota=quota)
    neighbour = opened("def main(n): return n")
    while neighbour._worker is not printing._worker:
        neighbour = opened("def main(n): return n")

    much = printing.call("main", 15 << 20)

    assert (much.failure.kind, much.failure.type) == (Kind.STOPPED, "payload")
    assert neighbour.call("main", 1).value == 1


def test_a_guest_may_have_all_the_time_in_the_world(opened: Any) -> None:
    session = opened(
        "def main(_): return 1", quota=Quota(seconds=1e300, load_seconds=1e300)
    )

    assert session.call("main", None).value == 1


def test_an_exception_leaves_the_guest_as_it_was(opened: Any) -> None:
    session = opened(
        """
        count = 0

        def main(_):
            global count
            count += 1
            if count % 2:
                raise ValueError("odd")
            return count
        """
    )

    first = session.call("main", None).failure

    assert (first.kind, first.type, first.message) == (Kind.RAISED, "ValueError", "odd")
    assert first.where == "plugin.py:8"
    assert session.call("main", None).value == 2
