"""Each quota ends the guest, cannot be caught, and is told by its name."""

from __future__ import annotations

import textwrap
from dataclasses import asdict, replace
from typing import Any

import pytest

from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import Guest, Kind
from plugwright_sandbox.engine import WasmSandbox

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
}


def catching_all(source: str) -> str:
    return textwrap.dedent(source) + CATCH_ALL


@pytest.mark.parametrize("name", GREEDY)
def test_a_quota_ends_a_guest_that_catches_everything_and_is_named(
    name: str, opened: Any
) -> None:
    quota, source = GREEDY[name]
    session = opened(catching_all(source), quota=quota)
    assert session.loaded.failure is None

    outcome = session.call("main", None)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, name)
    assert outcome.usage.fuel > 0
    assert outcome.usage.seconds > 0
    assert outcome.usage.memory > 0
    assert outcome.usage.payload > 0


@pytest.mark.parametrize("name", GREEDY)
def test_a_stopped_guest_is_closed_and_a_fresh_one_works(
    name: str, opened: Any
) -> None:
    quota, source = GREEDY[name]
    stopped = opened(catching_all(source), quota=quota)
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


@pytest.mark.parametrize(
    ("quota", "how"),
    [
        (Quota(payload=10_000), "its arguments"),
        (Quota(payload=10_000), "its answer"),
        (Quota(payload=10_000), "a question"),
        (Quota(payload=10_000), "an answer of the host"),
    ],
)
def test_the_payload_quota_counts_every_way_through_the_wall(
    quota: Quota, how: str, opened: Any
) -> None:
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

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "payload")
    assert "of 10000" in outcome.failure.message


SPENDERS = {
    "fuel": "sum(range(10_000_000))",
    "memory": "len(bytearray(100 << 20))",
    "output": "print('x' * 5000)",
    "host_calls": "[call('one', {}) for _ in range(20)]",
    "payload": "'x' * 5000",
}
SMALL = Quota(
    fuel=20_000_000, memory=64 << 20, output=1000, host_calls=10, payload=2000
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
        services={"one": lambda _: 1},
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
        services={"one": lambda _: 1},
    )

    assert session.call("main", None).failure is None


@pytest.mark.parametrize("wild", [-1, 0, 2**64, 2**64 + 5])
@pytest.mark.parametrize("name", ["fuel", "memory"])
def test_numbers_that_a_machine_word_does_not_hold_neither_free_nor_break_a_guest(
    name: str, wild: int, opened: Any
) -> None:
    """A quota of -1 must not become the largest number there is."""
    session = opened("def main(_): return 1", quota=replace(Quota(), **{name: wild}))

    if wild > 0:
        assert session.call("main", None).value == 1
    else:
        assert session.loaded.failure.kind is Kind.STOPPED
        assert session.loaded.failure.type == name


def test_a_guest_may_have_all_the_time_in_the_world(opened: Any) -> None:
    session = opened("def main(_): return 1", quota=Quota(seconds=float("inf")))

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


# What is reported.

WORK = """
def main(n):
    found = {}
    for i in range(n):
        found[str(i)] = [i, i / 3, hash(str(i)) % 7]
    return sorted(found)[-1]
"""


def test_fuel_is_the_same_in_every_fresh_guest(opened: Any) -> None:
    used = {opened(WORK).call("main", 2000).usage.fuel for _ in range(5)}

    assert len(used) == 1


def test_fuel_is_the_same_in_another_worker(sandbox: WasmSandbox, opened: Any) -> None:
    inside: list[int] = []

    def elsewhere(_: Any) -> None:
        # Its own worker is waiting for this answer, so the guest opens in another.
        inside.append(opened(WORK).call("main", 2000).usage.fuel)

    asker = "from host import call\ndef main(_): call('elsewhere', {})"
    session = opened(asker, services={"elsewhere": elsewhere})
    session.call("main", None)

    assert len(sandbox._workers) > 1
    assert inside == [opened(WORK).call("main", 2000).usage.fuel]


def test_memory_that_is_taken_is_reported(opened: Any) -> None:
    session = opened("kept = []\ndef main(n): kept.append(bytearray(n))")
    before = session.call("main", 0).usage.memory

    after = session.call("main", 50 << 20).usage.memory

    assert 50 << 20 <= after - before <= 60 << 20
    assert session.call("main", 0).usage.memory == after


def test_output_and_host_calls_are_counted_exactly(opened: Any) -> None:
    session = opened(
        """
        from host import call

        def main(n):
            for i in range(n):
                print(i)
                call("one", {})
        """,
        services={"one": lambda _: 1},
    )

    usage = session.call("main", 7).usage

    assert (usage.output, usage.host_calls) == (len("0\n") * 7, 7)
    assert session.call("main", 0).usage.host_calls == 0


def test_payload_is_every_byte_that_crosses(opened: Any) -> None:
    """Twice as long a text, both ways and once more each way in a host call."""
    session = opened(
        """
        from host import call

        def main(text):
            return call("echo", {"text": text})
        """,
        services={"echo": lambda a: a["text"]},
    )
    few = session.call("main", "x" * 1000).usage.payload

    many = session.call("main", "x" * 2000).usage.payload

    assert many - few == 4 * 1000


def test_text_that_is_not_ascii_is_counted_as_it_is_sent(opened: Any) -> None:
    session = opened("def main(text): return None")
    few = session.call("main", "").usage.payload

    assert session.call("main", "é" * 10).usage.payload - few == 10 * len("\\u00e9")


def test_nothing_is_used_by_a_guest_that_was_not_run(opened: Any) -> None:
    session = opened("def main(_): return 1", quota=Quota(payload=10))

    assert session.loaded.usage == Usage()
    assert session.loaded.failure.type == "payload"


def test_storage_is_not_the_workers_business() -> None:
    """It is counted where it is kept, in the host; the names agree otherwise."""
    assert asdict(Usage()).keys() | {"storage"} == asdict(Quota()).keys()
    assert Guest(name="", files={}, dispatcher="").quota == Quota()
