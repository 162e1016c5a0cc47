"""Where no zygote can fork, workers are started one by one; all else is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind, Outcome
from plugwright_sandbox.cell.processes import Worker
from plugwright_sandbox.wasm.engine import WasmSession
from plugwright_sandbox.wasm.spawned import Spawned

SOURCE = """
import sys
ask = sys.modules["_plugwright_host"].call

def double(n): return 2 * n
def up(n): return ask("up", {"n": n})
def spin():
    while True: pass
"""

Run = Callable[..., Outcome]


@pytest.fixture
def worker(sandbox: Any) -> Iterator[Worker]:
    spawned = Spawned("plugwright_sandbox.wasm.worker:main", str(sandbox._image.path))
    worker = Worker(spawned, spawned.channel())
    yield worker
    worker.close()


@pytest.fixture
def run(worker: Worker) -> Run:
    numbers = iter(range(1, 100))

    def run(function: str, *arguments: Any, **quota: Any) -> Outcome:
        guest = Guest(
            name="guest",
            files={"plugin.py": SOURCE},
            dispatcher="plain_door:dispatch",
            services={"up": lambda arguments: arguments["n"] + 1},
            quota=Quota(**quota),
        )
        session = WasmSession(worker, next(numbers), guest)
        assert session.loaded.failure is None
        outcome = session.call(function, list(arguments))
        session.close()
        return outcome

    return run


def test_guests_are_called_ask_and_are_ended_as_everywhere(
    run: Run, worker: Worker
) -> None:
    assert run("double", 21).value == 42
    assert run("up", 1).value == 2
    stopped = run("spin", seconds=0.1).failure
    assert stopped is not None
    assert stopped.type == "seconds"
    assert run("double", 2).value == 4
    assert worker.alive


def test_it_says_that_only_its_environment_is_a_wall(worker: Worker) -> None:
    holding = {wall.name: wall.detail for wall in worker.process.ready() if wall.holds}
    assert holding == {"empty environment": "no variable"}


def test_one_that_is_killed_leaves_its_guest_broken_and_nothing_running(
    worker: Worker,
) -> None:
    files = {"plugin.py": SOURCE}
    guest = Guest(name="guest", files=files, dispatcher="plain_door:dispatch")
    session = WasmSession(worker, 1, guest)
    assert session.call("double", [1]).value == 2
    worker.kill()

    failure = session.call("double", [1]).failure
    assert failure is not None
    assert (failure.kind, failure.type) == (Kind.BROKEN, "worker")
    worker.close()
    assert not worker.process.alive
