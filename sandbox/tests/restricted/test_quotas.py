"""Quotas of the `restricted` engine: each ends the guest, and none can be caught."""

from __future__ import annotations

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Kind

SWALLOW = """
def main(arguments):
    while True:
        try:
            {}
        except BaseException:
            pass
"""


def stopped(outcome) -> str:
    assert outcome.failure is not None
    assert outcome.failure.kind is Kind.STOPPED, outcome.failure
    return outcome.failure.type


def test_a_loop_without_end_is_stopped_by_the_processors_clock(call):
    outcome = call(SWALLOW.format("1 / 0"), quota=Quota(cpu_seconds=0.3))

    assert stopped(outcome) == "cpu_seconds"
    assert outcome.failure.message.endswith("of 0.3")
    assert 0.3 <= outcome.usage.cpu_seconds < 3
    assert outcome.usage.fuel == 0


@pytest.mark.parametrize(
    "body",
    [
        "9 ** 9 ** 9",
        "import re; re.match('(a+)+$', 'a' * 40 + 'b')",
        "sorted([1] * 10**9, key=lambda x: -x)",
        "import math; math.factorial(10**8)",
    ],
)
def test_a_loop_in_native_code_is_stopped_too(call, body):
    source = f"def main(arguments):\n    {body}\n"
    outcome = call(source, quota=Quota(cpu_seconds=0.3, memory=2 << 30))

    assert stopped(outcome) in ("cpu_seconds", "memory")


def test_the_wall_clock_stops_what_hardly_computes(opened):
    import time

    def slow(arguments):
        time.sleep(0.2)

    source = """
        from plugwright_sdk import log
        def main(arguments):
            while True:
                log.info("again")
    """
    session = opened(
        source,
        packages=("plugwright_sdk",),
        services={"log": slow},
        quota=Quota(seconds=0.5, load_seconds=10),
    )
    outcome = session.call("main", None)

    assert stopped(outcome) == "seconds"


def test_loading_has_a_budget_of_its_own(opened):
    session = opened("while True: pass", quota=Quota(load_seconds=0.3))

    assert stopped(session.loaded) == "load_seconds"
    assert session.call("main", None).failure == session.loaded.failure


def test_memory_can_run_out_and_the_plugin_may_go_on(call):
    source = """
        def main(arguments):
            try:
                return len("x" * (1 << 30))
            except MemoryError:
                return "less then"
    """

    assert call(source).value == "less then"


@pytest.mark.parametrize(
    "body",
    [
        "'x' * (1 << 30)",
        "[bytearray(1 << 20) for _ in range(10**6)]",
        "list(range(10**12))",
        "x = []\n    while True: x.append(x[:] + ['y'] * 1000)",
    ],
)
def test_memory_that_runs_out_stops_the_guest(call, body):
    outcome = call(f"def main(arguments):\n    {body}\n", quota=Quota(memory=64 << 20))

    assert stopped(outcome) == "memory"


def test_printing_too_much_keeps_the_beginning(call):
    source = SWALLOW.format("print('0123456789')")
    outcome = call(source, quota=Quota(output=100))

    assert stopped(outcome) == "output"
    assert outcome.output == ("0123456789\n" * 10)[:100]


def test_printing_too_often_is_stopped(call):
    outcome = call(SWALLOW.format("print('')"), quota=Quota(writes=50))

    assert stopped(outcome) == "writes"


ASKING = """
from plugwright_sdk import storage

def main(arguments):
    while True:
        try:
            {}
        except Exception:
            pass
"""


@pytest.mark.parametrize(
    ("question", "quota"),
    [
        ("storage.get('x')", {"host_calls": 20}),
        ("storage.set('x', 'y' * 2000)", {"payload": 1500}),
        ("storage.set('x', 'y' * 1000)", {"sent": 10_000}),
        ("storage.get('x')", {"received": 10_000}),
    ],
)
def test_asking_too_much_is_stopped_and_cannot_be_caught(call, question, quota):
    outcome = call(
        ASKING.format(question),
        packages=("plugwright_sdk",),
        services={
            "storage.get": lambda _: {"found": True, "value": "z" * 900},
            "storage.set": lambda _: None,
        },
        quota=Quota(**quota),
    )

    assert stopped(outcome) == next(iter(quota))


def test_an_answer_can_be_too_long(call):
    outcome = call("def main(a): return 'x' * (2 << 20)")

    assert stopped(outcome) == "payload"


def test_a_smaller_quota_can_be_given_with_a_call_and_a_larger_cannot(opened):
    session = opened("def main(n): return 'x' * n", quota=Quota(payload=5000))

    assert session.call("main", 4000).failure is None
    assert stopped(session.call("main", 4000, quota=Quota(payload=1000))) == "payload"
    assert stopped(session.call("main", 6000, quota=Quota())) == "payload"


def test_a_call_can_be_given_less_memory(opened):
    session = opened("def main(n): return len(bytes(n))")

    assert session.call("main", 100 << 20).failure is None
    less = session.call("main", 100 << 20, quota=Quota(memory=64 << 20))
    assert stopped(less) == "memory"


def test_a_call_tells_what_it_used(call):
    outcome = call(
        """
        from plugwright_sdk import storage
        def main(arguments):
            print("hello")
            storage.get("x")
            return sum(range(10**6))
        """,
        packages=("plugwright_sdk",),
        services={"storage.get": lambda _: {"found": False, "value": None}},
    )
    usage = outcome.usage

    assert outcome.value == 499999500000
    assert usage.fuel == 0  # native code is not counted by instructions
    assert usage.cpu_seconds > 0
    assert usage.seconds >= usage.host_seconds > 0
    assert usage.memory > 1 << 20
    assert (usage.output, usage.writes, usage.host_calls) == (6, 2, 1)
    assert usage.sent > 0
    assert usage.received > 0
