"""The worker process: what it has, how it ends, and what it may not say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from plugwright.errors import HostError
from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind
from plugwright_sandbox.wasm.engine import WasmSandbox

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

LOOP = "def main(_):\n    while True: pass"


def process_of(session: Any) -> int:
    return int(session._worker.process.pid)


def kill(session: Any) -> None:
    """End its worker, and wait until it has ended."""
    session._worker.process.kill()
    assert eventually(lambda: not session._worker.alive)


def eventually(true: Any) -> bool:
    """Wait for something that another process does; never for how long it takes."""
    return any(true() or time.sleep(0.05) for _ in range(400))


def test_a_worker_killed_during_a_call_is_an_outcome_and_the_next_guest_has_a_new_one(
    opened: Any,
) -> None:
    session = opened(LOOP, quota=Quota(fuel=1 << 60, seconds=60))
    pid = process_of(session)
    killer = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
    killer.start()

    outcome = session.call("main", None)

    killer.join()
    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "worker")
    assert session.call("main", None).failure.kind is Kind.BROKEN
    fresh = opened("def main(n): return n")
    assert process_of(fresh) != pid
    assert fresh.call("main", 1).value == 1


def test_a_worker_killed_between_calls_is_an_outcome_too(opened: Any) -> None:
    session = opened("def main(n): return n")
    kill(session)

    outcome = session.call("main", 1)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "worker")
    assert session.call("main", 1).failure.type == "closed"
    session.close()
    assert opened("def main(n): return n").call("main", 1).value == 1


def test_a_guest_of_a_dead_worker_does_not_speak_into_the_next_ones_line(
    opened: Any,
) -> None:
    """The new worker's socket may have the number that the old one's had."""
    old, other = (opened("def main(n): return n") for _ in range(2))
    kill(old)
    fresh = opened("def main(n): return [n]")
    while fresh._worker is old._worker:
        fresh = opened("def main(n): return [n]")

    gone = old.call("main", 1)
    other.close()

    assert (gone.failure.kind, gone.failure.type) == (Kind.BROKEN, "worker")
    assert fresh.call("main", 2).value == [2]


@linux
def test_dead_workers_leave_no_threads_descriptors_or_zombies(
    opened: Any, sandbox: WasmSandbox
) -> None:
    sessions = [opened("def main(n): return n")]
    kill(sessions[-1])
    sessions.append(opened("def main(n): return n"))
    before = remains(sandbox)

    for _ in range(3):
        kill(sessions[-1])
        sessions.append(opened("def main(n): return n"))

    # Not more; an idle worker of an earlier test may have gone in the meantime.
    assert all(now <= then for now, then in zip(remains(sandbox), before, strict=True))


def remains(sandbox: WasmSandbox) -> tuple[int, int, int]:
    assert sandbox._zygote is not None
    threads = Path("/proc/self/task")
    children = Path(f"/proc/{sandbox._zygote.pid}/task/{sandbox._zygote.pid}/children")
    return (
        len(list(threads.iterdir())),
        len(os.listdir("/proc/self/fd")),
        len(children.read_text().split()),
    )


@linux
def test_a_zygote_that_died_is_replaced_and_its_workers_die_with_it(
    sandbox: WasmSandbox,
) -> None:
    own = WasmSandbox(sandbox._image._cache, sandbox._image._packages)
    guest = Guest(name="g", files={"g.py": "def d(o, a): return a"}, dispatcher="g:d")
    try:
        first = own.open(guest)
        assert own._zygote is not None
        own._zygote._process.kill()
        own._zygote._process.wait()
        assert eventually(lambda: not first._worker.alive)

        second = own.open(guest)

        assert first.call("x", 1).failure.kind is Kind.BROKEN
        assert second.call("x", 1).value == 1
    finally:
        own.close()


def test_time_counts_on_when_a_call_takes_longer_than_a_second(opened: Any) -> None:
    """The deadline inside the worker does its work, so that its other guests live."""
    other = opened("def main(n): return n")
    session = opened(LOOP, quota=Quota(fuel=1 << 60, seconds=1.5))
    while other._worker is not session._worker:
        other = opened("def main(n): return n")

    outcome = session.call("main", None)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "seconds")
    assert outcome.usage.fuel > 0
    assert other.call("main", 1).value == 1


def test_a_guest_whose_time_runs_out_in_a_slow_service_is_stopped(opened: Any) -> None:
    """Its worker is killed; the service itself cannot be interrupted."""
    late = threading.Event()
    session = opened(
        "from host import call\ndef main(_): call('slow', {})",
        services={"slow": lambda _: late.wait(2.0)},
        quota=Quota(seconds=0.2),
    )

    outcome = session.call("main", None)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "seconds")
    assert not session._worker.alive
    assert opened("def main(n): return n").call("main", 1).value == 1


def test_a_worker_that_does_not_answer_at_all_is_killed(opened: Any) -> None:
    """SIGSTOP stands for whatever holds up a worker where no deadline reaches."""
    session = opened("def main(n): return n", quota=Quota(seconds=0.2))
    os.kill(process_of(session), signal.SIGSTOP)

    outcome = session.call("main", 1)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "seconds")
    assert outcome.usage.seconds >= 0.2


def test_a_worker_that_does_not_even_read_is_killed(opened: Any) -> None:
    """More than a socket holds: the host would wait for ever while it writes."""
    session = opened("def main(n): return 1", quota=Quota(seconds=0.2))
    os.kill(process_of(session), signal.SIGSTOP)

    outcome = session.call("main", "x" * 1_000_000)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "seconds")
    assert not session._worker.alive


@pytest.mark.skipif(os.name != "posix", reason="about signals")
def test_ctrl_c_while_a_guest_works_leaves_no_answer_for_the_next_call(
    opened: Any,
) -> None:
    session = opened(LOOP, quota=Quota(fuel=1 << 60, seconds=60))
    person = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    # Whoever runs the tests in the background of a shell runs them deaf to Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    person.start()

    with pytest.raises(KeyboardInterrupt):
        session.call("main", None)

    person.join()
    signal.signal(signal.SIGINT, before)
    assert session.call("main", None).failure.kind is Kind.BROKEN
    assert opened("def main(n): return n").call("main", 1).value == 1


def test_a_closed_guest_answers_nothing_and_its_neighbours_do(opened: Any) -> None:
    session, other = opened("def main(_): 1"), opened("def main(_): return 2")
    session.close()
    session.close()

    assert session.call("main", None).failure.type == "closed"
    assert other.call("main", None).value == 2


def test_a_closed_sandbox_is_an_outcome(sandbox: WasmSandbox) -> None:
    own = WasmSandbox(sandbox._image._cache, sandbox._image._packages)
    session = own.open(
        Guest(name="g", files={"g.py": "def d(*a): 1"}, dispatcher="g:d")
    )
    own.close()

    assert session.call("x", None).failure.kind is Kind.BROKEN
    session.close()


def test_the_walls_of_a_worker_are_told_with_those_of_the_engine(
    sandbox: WasmSandbox,
) -> None:
    names = [wall.name for wall in sandbox.walls()]

    assert names[:2] == ["WebAssembly", "no WASI"]
    assert len(set(names)) == len(names)
    assert "empty environment" in names


@linux
def test_a_worker_that_cannot_start_is_one_sentence_and_leaves_nothing(
    sandbox: WasmSandbox, tmp_path: Path
) -> None:
    own = WasmSandbox(tmp_path, [])
    own._trusted = True  # as if somebody had taken the image away afterwards
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(2):
        with pytest.raises(HostError, match="zygote") as error:
            own.open(Guest(name="g", files={}, dispatcher="g:d"))

        assert "\n" not in str(error.value)
    own.close()
    assert len(os.listdir("/proc/self/fd")) == before


@linux
def test_a_worker_has_nothing_of_its_hosts(opened: Any) -> None:
    process = Path(f"/proc/{process_of(opened('def main(n): return n'))}")
    try:
        environment = (process / "environ").read_bytes()
        told = (process / "cmdline").read_bytes()
    except PermissionError:
        pytest.skip("a worker is not dumpable: only root can look into it")

    # Where Python is stands there for those outside; a worker has no /proc to read.
    told = told.replace(sys.executable.encode(), b"")
    assert environment == b""
    assert str(Path.home()).encode() not in told
    assert str(Path(__file__).parents[3]).encode() not in told


HOST = """
import json, sys
from pathlib import Path
from plugwright.quotas import Quota
from plugwright.sandboxes import Guest
from plugwright_sandbox.wasm.engine import WasmSandbox

class Built(WasmSandbox):
    def prepare(self, progress):
        self._image.path = Path(sys.argv[1])

sandbox = Built(Path(sys.argv[1]).parent, [])
source = "def dispatch(operation, _):\\n    while operation == 'loop': pass"
session = sandbox.open(Guest(
    name="g", files={"g.py": source}, dispatcher="g:dispatch",
    quota=Quota(fuel=1 << 60, seconds=600),
))
print(session._worker.process.pid, flush=True)
session.call(sys.argv[2], None)
sys.stdin.read()
"""


@linux
@pytest.mark.parametrize("doing", ["loop", "nothing"])
def test_a_worker_ends_when_its_host_is_killed(
    doing: str, sandbox: WasmSandbox
) -> None:
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(sandbox._image.path), doing],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with host:
        assert host.stdout is not None
        worker = int(host.stdout.readline())
        assert Path(f"/proc/{worker}").exists()

        host.kill()

        assert eventually(lambda: has_ended(worker))


def has_ended(pid: int) -> bool:
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
        )
    except OSError:
        return True
