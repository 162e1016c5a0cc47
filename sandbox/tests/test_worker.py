"""The worker process: what it has, how it ends, and what it may not say."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind
from plugwright_sandbox import frames
from plugwright_sandbox.engine import WasmSandbox, WasmSession, Worker, WorkerDied

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

LOOP = "def main(_):\n    while True: pass"


def process_of(session: Any) -> int:
    return int(session._worker._process.pid)


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
    session._worker._process.kill()
    session._worker._process.wait()

    outcome = session.call("main", 1)

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.BROKEN, "worker")
    session.close()
    assert opened("def main(n): return n").call("main", 1).value == 1


def test_dead_workers_leave_no_threads_pipes_or_zombies(opened: Any) -> None:
    opened("def main(n): return n")
    threads = threading.active_count()
    sessions = [opened("def main(n): return n")]
    for _ in range(3):
        sessions[-1]._worker._process.kill()
        sessions[-1]._worker._process.wait()
        sessions.append(opened("def main(n): return n"))

    assert threading.active_count() <= threads
    for session in sessions[:-1]:
        if not session._worker.alive:
            assert session._worker._in.closed
            assert session._worker._process.returncode is not None


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
    """The watchdog kills the worker; the service itself cannot be interrupted."""
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


@linux
def test_a_worker_has_an_empty_environment_and_no_descriptors_of_the_host(
    opened: Any, sandbox: WasmSandbox
) -> None:
    session = opened("def main(n): return n")
    process = Path(f"/proc/{process_of(session)}")
    try:
        environment = (process / "environ").read_bytes()
        targets = [os.readlink(entry) for entry in (process / "fd").iterdir()]
    except PermissionError:
        pytest.skip("a worker is not dumpable: only root can look into it")

    assert environment == b""
    image = str(sandbox._image.path)
    others = [target for target in targets if target not in ("/dev/null", image)]
    assert [target.partition(":")[0] for target in others] == ["pipe", "pipe"]


@linux
def test_a_worker_has_given_up_what_the_readme_says(opened: Any) -> None:
    session = opened("def main(n): return n")
    process = Path(f"/proc/{process_of(session)}")

    status = (process / "status").read_text()
    limits = (process / "limits").read_text()

    assert "NoNewPrivs:\t1" in status
    for limit in ("Max core file size", "Max file size"):
        (line,) = [line for line in limits.splitlines() if line.startswith(limit)]
        assert line.split()[-3:-1] == ["0", "0"]


HOST = """
import json, sys
from pathlib import Path
from plugwright.quotas import Quota
from plugwright.sandboxes import Guest
from plugwright_sandbox.engine import WasmSandbox, _START
from plugwright_sandbox import engine

class Built(WasmSandbox):
    def prepare(self, progress):
        self._image.path = Path(sys.argv[1])

sandbox = Built(Path(sys.argv[1]).parent, [])
source = "def dispatch(operation, _):\\n    while operation == 'loop': pass"
session = sandbox.open(Guest(
    name="g", files={"g.py": source}, dispatcher="g:dispatch",
    quota=Quota(fuel=1 << 60, seconds=600),
))
print(session._worker._process.pid, flush=True)
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


# A worker that has been taken over.

FAKE = """
import sys
sys.stdin.buffer.read(1)
sys.stdout.buffer.write(open(sys.argv[1], "rb").read())
sys.stdout.buffer.flush()
sys.stdin.buffer.read()
"""


class FakeWorker(Worker):
    """A real process behind real pipes that says what the test wants it to say."""

    def __init__(self, folder: Path, says: bytes) -> None:
        (folder / "says").write_bytes(says)
        self._process = subprocess.Popen(
            [sys.executable, "-c", FAKE, str(folder / "says")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self.deadline = None
        self.turn = threading.RLock()
        self.sessions = 0
        self.killed = False


def frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def reply(**reply: Any) -> bytes:
    return frame(json.dumps({"session": 1, "reply": reply}).encode())


USAGE = {"fuel": 1, "seconds": 0.5, "memory": 1, "output": 0, "host_calls": 0}
FAILURE = {"kind": "raised", "type": "T", "message": "m", "where": ""}
HOSTILE = {
    "nothing": b"",
    "half a length": b"\x00\x00",
    "a length over the limit": struct.pack(">I", frames.LIMIT + 1),
    "the greatest length": b"\xff\xff\xff\xff",
    "not JSON": frame(b"{"),
    "not text": frame(b"\xff\xfe\x00"),
    "no object": frame(b"[]"),
    "a number": frame(b"1"),
    "deep": frame(b'{"session":1,"reply":{"value":' + b"[" * 500 + b"]" * 500 + b"}}"),
    "very deep": frame(b"[" * 1_000_000),
    "NaN": frame(b'{"session":1,"reply":{"value":NaN}}'),
    "infinity": frame(b'{"session":1,"reply":{"value":1e999}}'),
    "a number of a million digits": frame(
        b'{"session":1,"reply":{"value":' + b"9" * 1_000_000 + b"}}"
    ),
    "another session": frame(b'{"session":2,"reply":{"value":1}}'),
    "no session": frame(b'{"reply":{"value":1}}'),
    "a reply that is none": frame(b'{"session":1,"reply":[]}'),
    "a reply that is null": frame(b'{"session":1,"reply":null}'),
    "a failure that is none": reply(failure=[]),
    "a failure of no kind": reply(failure=FAILURE | {"kind": "x"}),
    "a failure of a strange kind": reply(failure=FAILURE | {"kind": []}),
    "a failure without a type": reply(failure={"kind": "raised"}),
    "usage in words": reply(usage=USAGE | {"fuel": "much"}),
    "negative usage": reply(usage=USAGE | {"memory": -1}),
    "usage that no database holds": reply(usage=USAGE | {"fuel": 1 << 63}),
    "usage of unknown things": reply(usage=USAGE | {"money": 1}),
    "usage that is no object": reply(usage=[1]),
    "denials that are none": reply(denied=5),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_worker_that_speaks_out_of_turn_is_killed(what: str, tmp_path: Path) -> None:
    worker = FakeWorker(tmp_path, HOSTILE[what])
    if what in ("nothing", "half a length"):
        threading.Timer(0.3, worker._process.kill).start()
    try:
        session = WasmSession(worker, 1, Guest(name="g", files={}, dispatcher="g:d"))

        failure = session.loaded.failure
        assert failure is not None
        assert (failure.kind, failure.type) == (Kind.BROKEN, "worker")
        assert not worker.alive
    finally:
        worker.close()


@pytest.mark.parametrize(
    "ask", [None, 1, [], {}, {"service": "x"}, {"service": [1], "arguments": []}]
)
def test_a_question_that_is_none_is_refused(ask: Any, tmp_path: Path) -> None:
    question = frame(json.dumps({"session": 1, "ask": ask}).encode())
    worker = FakeWorker(tmp_path, question + reply(value="went on", usage=USAGE))
    try:
        session = WasmSession(worker, 1, Guest(name="g", files={}, dispatcher="g:d"))

        assert session.loaded.value == "went on"
    finally:
        worker.close()


def test_a_worker_that_keeps_to_the_protocol_is_believed(tmp_path: Path) -> None:
    worker = FakeWorker(tmp_path, reply(value=1, usage=USAGE, output="o", denied=["d"]))
    try:
        session = WasmSession(worker, 1, Guest(name="g", files={}, dispatcher="g:d"))

        loaded = session.loaded
        assert (loaded.value, loaded.output, loaded.denied) == (1, "o", ("d",))
        assert loaded.usage.fuel == 1
    finally:
        worker.close()


def test_a_worker_that_cannot_start_is_one_sentence(tmp_path: Path) -> None:
    worker = Worker(tmp_path / "no image")
    try:
        with pytest.raises(WorkerDied):
            worker.receive()
    finally:
        worker.close()
