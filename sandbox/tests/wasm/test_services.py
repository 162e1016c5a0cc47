"""What a guest asks of the host, and what goes wrong in the host while it answers."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from plugwright.errors import Denied, HostError
from plugwright.quotas import Quota
from plugwright.sandboxes import Kind
from plugwright.storage import Refused
from plugwright_sandbox.wasm.engine import WasmSandbox

ASKER = """
from host import Denied, Refused, call

def main(arguments):
    try:
        return {"answer": call("service", arguments or {})}
    except Denied as error:
        return {"denied": error.args[0]}
    except Refused as error:
        return {"refused": error.args[0]}
"""


def raising(error: BaseException) -> Any:
    def service(_: Any) -> Any:
        raise error

    return service


def test_an_answer_comes_back_and_so_do_the_arguments(run: Any) -> None:
    echo = {"service": lambda arguments: [arguments, None]}

    assert run(ASKER, {"a": [1]}, services=echo).value == {"answer": [{"a": [1]}, None]}


def test_what_is_not_a_service_is_denied_and_on_record(run: Any) -> None:
    outcome = run(ASKER)

    assert outcome.value == {"denied": "service"}
    assert outcome.denied == ("service",)


def test_a_denial_that_is_not_caught_is_the_outcome(run: Any) -> None:
    outcome = run("from host import call\ndef main(_): call('storage.get', {})")

    assert (outcome.failure.kind, outcome.failure.type) == (
        Kind.DENIED,
        "storage.get",
    )


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (Denied("events.emit:x"), {"denied": "events.emit:x"}),
        (Refused("the storage is full"), {"refused": "the storage is full"}),
        (HostError("no", remedy="/hidden/secret"), {"refused": "no"}),
        (
            ValueError("/hidden/secret"),
            {"refused": "the host could not answer (ValueError)"},
        ),
        (
            OSError(2, "none", "/hidden/.secret"),
            {"refused": "the host could not answer (FileNotFoundError)"},
        ),
        (
            RecursionError("/work"),
            {"refused": "the host could not answer (RecursionError)"},
        ),
        (
            MemoryError("/work"),
            {"refused": "the host could not answer (MemoryError)"},
        ),
    ],
)
def test_an_error_in_a_service_is_a_refusal_that_tells_nothing_of_the_host(
    error: Exception, seen: Any, opened: Any
) -> None:
    session = opened(ASKER, services={"service": raising(error)})

    assert session.call("main", None).value == seen
    assert session.call("main", None).value == seen


def cyclic() -> list[Any]:
    ring: list[Any] = []
    ring.append(ring)
    return ring


def nested(depth: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        object(),
        b"bytes",
        float("nan"),
        float("-inf"),
        {"a": [float("inf")]},
        {(1, 2): 3},
        cyclic(),
        nested(500),
        nested(100_000),
        10**5000,
        (1 << 53) + 1,
        "\ud800",
        {"\udfff": 1},
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_answer_that_is_no_json_is_a_refusal(value: Any, opened: Any) -> None:
    answers = iter([value, 1])
    session = opened(ASKER, services={"service": lambda _: next(answers)})

    assert session.call("main", None).value == {
        "refused": "the host could not answer (no JSON that can be sent)"
    }
    assert session.call("main", None).value == {"answer": 1}


def test_a_huge_answer_is_stopped_before_it_is_in_the_guest(opened: Any) -> None:
    other = opened("def main(_): return 1")
    session = opened(ASKER, services={"service": lambda _: "x" * (10 << 20)})

    failure = session.call("main", None).failure

    assert (failure.kind, failure.type) == (Kind.STOPPED, "payload")
    assert other.call("main", None).value == 1


def test_an_answer_that_no_frame_holds_is_a_refusal(opened: Any) -> None:
    session = opened(ASKER, services={"service": lambda _: "x" * (65 << 20)})

    assert session.call("main", None).value == {
        "refused": "the host could not answer (too long)"
    }


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_host_goes_through_and_leaves_no_answer_behind(
    error: type[BaseException], opened: Any
) -> None:
    """Ctrl-C while a service works belongs to the person; its guest is gone."""
    session = opened(ASKER, services={"service": raising(error())})

    with pytest.raises(error):
        session.call("main", None)

    assert session.call("main", None).failure.kind is Kind.BROKEN
    fresh = opened(ASKER, services={"service": lambda _: "fresh"})
    assert fresh.call("main", None).value == {"answer": "fresh"}


# One call inside another.


def test_a_service_may_open_and_call_another_guest(opened: Any) -> None:
    def service(arguments: Any) -> Any:
        inner = opened("def main(n): return n * 2")
        outcome = inner.call("main", arguments["n"])
        inner.close()
        return outcome.value

    session = opened(ASKER, services={"service": service})

    assert session.call("main", {"n": 21}).value == {"answer": 42}
    assert session.call("main", {"n": 4}).value == {"answer": 8}


def test_a_service_may_call_a_guest_that_was_open_before(opened: Any) -> None:
    """Both live in one worker, which answers the inner call while the outer waits."""
    session = opened(
        ASKER, services={"service": lambda a: inner.call("main", a["n"]).value}
    )
    inner = opened("def main(n): return n * 2")
    while inner._worker is not session._worker:
        inner = opened("def main(n): return n * 2")

    assert session.call("main", {"n": 21}).value == {"answer": 42}


def test_an_inner_guest_that_is_stopped_does_not_end_the_outer(opened: Any) -> None:
    inner = opened("def main(n):\n    while True: pass", quota=Quota(fuel=10**8))

    def service(_: Any) -> Any:
        return inner.call("main", None).failure.type

    session = opened(ASKER, services={"service": service})

    assert session.call("main", None).value == {"answer": "fuel"}


def test_a_chain_of_guests_answers_from_the_innermost_out(opened: Any) -> None:
    session = opened("def main(_): return 'innermost'")
    for _ in range(4):

        def service(_: Any, inner: Any = session) -> Any:
            return inner.call("main", None).value

        session = opened(ASKER, services={"service": service})

    found = session.call("main", None).value

    for _ in range(4):
        found = found["answer"]
    assert found == "innermost"


def test_a_guest_called_from_its_own_service_is_busy(opened: Any) -> None:
    def service(_: Any) -> Any:
        failure = session.call("main", None).failure
        return [failure.kind, failure.type]

    session = opened(ASKER, services={"service": service})

    assert session.call("main", None).value == {"answer": ["broken", "busy"]}


def test_a_guest_closed_from_its_own_service_ends_after_the_call(opened: Any) -> None:
    session = opened(ASKER, services={"service": lambda _: session.close()})

    session.call("main", None)

    assert session.call("main", None).failure.type == "closed"
    assert opened("def main(_): return 1").call("main", None).value == 1


@pytest.mark.parametrize(
    "then", ["call('service', {})", "1 / 0", "print('x' * 100_000)", "call('no', {})"]
)
def test_a_guest_closed_from_its_own_service_takes_nobody_with_it_whatever_it_does(
    then: str, opened: Any
) -> None:
    neighbour = opened("def main(_): return 1")
    session = opened(
        f"""
        from host import call

        def main(_):
            call("service", {{}})
            {then}
        """,
        services={"service": lambda _: session.close()},
    )
    while neighbour._worker is not session._worker:
        neighbour = opened("def main(_): return 1")

    session.call("main", None)

    assert session.call("main", None).failure.type == "closed"
    assert neighbour.call("main", None).value == 1


def test_a_second_thread_finds_a_guest_busy(opened: Any) -> None:
    found: list[Any] = []

    def service(_: Any) -> None:
        other = threading.Thread(
            target=lambda: found.append(session.call("main", None))
        )
        other.start()
        other.join()

    session = opened(ASKER, services={"service": service})

    assert session.call("main", None).value == {"answer": None}
    assert (found[0].failure.kind, found[0].failure.type) == (Kind.BROKEN, "busy")


def test_guests_that_share_a_worker_may_be_called_from_many_threads(
    opened: Any,
) -> None:
    """They wait for each other; no answer goes to the wrong one."""
    sessions = [opened("def main(n): return [n, sum(range(n))]") for _ in range(6)]
    found: dict[int, list[Any]] = {}

    def use(number: int) -> None:
        outcomes = [sessions[number].call("main", number * 1000 + i) for i in range(50)]
        found[number] = [outcome.value for outcome in outcomes]

    threads = [threading.Thread(target=use, args=[n]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number in range(6):
        inputs = [number * 1000 + i for i in range(50)]
        assert found[number] == [[n, sum(range(n))] for n in inputs]


def test_guests_may_be_opened_from_many_threads(
    sandbox: WasmSandbox, opened: Any
) -> None:
    found: list[Any] = []

    def use() -> None:
        found.append(opened("def main(n): return n").call("main", 7).value)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [7] * 8


def test_a_guest_outlives_the_thread_that_opened_it(opened: Any) -> None:
    sessions: list[Any] = []

    def service(_: Any) -> None:
        # The first worker is busy with this call, so a new one starts in the thread.
        thread = threading.Thread(
            target=lambda: sessions.append(opened("def main(n): return n"))
        )
        thread.start()
        thread.join()

    opened(ASKER, services={"service": service}).call("main", None)

    assert sessions[0].call("main", 1).value == 1
