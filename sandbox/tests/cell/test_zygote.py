"""The zygote and its workers from the host's side: made, killed, and nothing left."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prisoner import send
from prisons import PATH, ask, children, descriptors, end_of, needs, prison

from plugwright.errors import HostError
from plugwright_sandbox.cell.zygote import Zygote


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """A zygote whose workers run any source text."""
    with prison() as zygote:
        yield zygote


def ended(pidfd: int, seconds: float = 30) -> bool:
    """Wait for the end of a process that is perhaps not ours to wait for."""
    watch = select.poll()
    watch.register(pidfd, select.POLLIN)
    try:
        return bool(watch.poll(seconds * 1000))
    finally:
        os.close(pidfd)


# A worker's life.


def test_a_worker_tells_its_walls_and_serves(zygote: Zygote) -> None:
    with zygote.fork(memory=32 << 20, cpu_seconds=5) as process:
        assert process.walls == ()
        assert process.alive
        assert process.ready() == process.walls
        assert ask(process, "answer = 6 * 7") == 42


def test_workers_know_nothing_of_each_other(zygote: Zygote) -> None:
    with zygote.fork() as one, zygote.fork() as other:
        ask(one, "sys.mark = 'mine'")

        assert ask(one, "answer = sys.mark") == "mine"
        assert ask(other, "answer = hasattr(sys, 'mark')") is False
        assert one.pid != other.pid


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "time.sleep(1e6)",
        "9 ** 9 ** 9",
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
    ],
)
def test_a_worker_can_be_killed_whatever_it_does(zygote: Zygote, source: str) -> None:
    process = zygote.fork()
    process.ready()
    send(process.socket, source)
    process.kill()
    process.close()

    assert process.ended is not None
    assert process.ended.status == -signal.SIGKILL
    assert not process.alive


def test_what_ignores_polite_signals_is_killed_all_the_same() -> None:
    source = """
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM:
        signal.signal(number, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    answer = "deaf"
    """
    with prison(down=["seccomp"]) as zygote, zygote.fork() as process:
        assert ask(process, source) == "deaf"
        os.kill(process.pid, signal.SIGTERM)
        assert ask(process, "answer = 'alive'") == "alive"
        process.kill()
        process.close()
        assert process.ended is not None
        assert process.ended.status == -signal.SIGKILL


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("os._exit(7)", 7),
        ("ctypes.string_at(0)", -signal.SIGSEGV),
        ("libc.abort()", -signal.SIGSEGV),  # it may not send itself a signal
    ],
)
def test_the_kernel_says_how_a_worker_ended(
    zygote: Zygote, source: str, status: int
) -> None:
    with zygote.fork() as process:
        needs(process, "seccomp")

        assert end_of(process, source) == status
        assert process.ended is not None
        assert process.ended.cpu_seconds > 0
        assert process.ended.peak_memory > 1 << 20


def test_killing_and_closing_twice_is_no_mistake(zygote: Zygote) -> None:
    process = zygote.fork()
    process.close()
    first = process.ended
    process.kill()
    process.close()

    assert process.ended is first is not None
    assert not process.alive


def test_an_ended_worker_keeps_its_number_until_it_is_closed(zygote: Zygote) -> None:
    process = zygote.fork()
    assert process.ready()
    process.kill()

    assert ended(os.dup(process._pidfd))
    assert children(zygote.pid)[process.pid] == "Z"
    process.close()
    assert process.pid not in children(zygote.pid)


def test_after_fifty_workers_nothing_is_left(zygote: Zygote) -> None:
    def left() -> tuple[int, int, dict[int, str]]:
        # The zygote gives a worker's socket the lowest number that is free in it.
        with zygote.fork() as process:
            lowest = ask(process, "answer = host.fileno()")
        return descriptors(), lowest, children(zygote.pid)

    before = left()
    for number in range(50):
        with zygote.fork(memory=32 << 20, cpu_seconds=5) as process:
            if number % 2:
                assert ask(process, f"answer = {number}") == number

    assert left() == before
    assert before[2] == {}


def test_many_threads_may_ask_at_once(zygote: Zygote) -> None:
    answers: list[int] = []

    def use(number: int) -> None:
        for turn in range(5):
            with zygote.fork() as process:
                answers.append(ask(process, f"answer = {number * 5 + turn}"))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == list(range(20))
    assert children(zygote.pid) == {}


# The end of the others.


def test_workers_end_with_their_zygote() -> None:
    with prison() as zygote:
        processes = [zygote.fork() for _ in range(3)]
        for process in processes:
            assert ask(process, "answer = 1") == 1
        watched = [os.dup(process._pidfd) for process in processes]
        os.kill(zygote.pid, signal.SIGKILL)

        assert all(ended(pidfd) for pidfd in watched)
        for process in processes:
            process.close()
            assert process.ended is None  # nobody was left to say
        with pytest.raises(HostError, match="zygote"):
            zygote.fork()


HOST = """
import json, sys, time
sys.path[:0] = json.loads(sys.argv[1])
from prisons import ask, prison
zygote = prison()
process = zygote.fork()
ask(process, "answer = 1")
print(zygote.pid, process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_zygote_and_workers_end_with_the_host(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOST, json.dumps(PATH)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as host:
        assert host.stdout is not None
        watched = [os.pidfd_open(int(pid)) for pid in host.stdout.readline().split()]
        host.send_signal(how)

        assert len(watched) == 2
        assert all(ended(pidfd) for pidfd in watched)


def test_closing_a_zygote_ends_its_workers_and_leaves_nothing() -> None:
    before = descriptors()
    zygote = prison()
    process = zygote.fork()
    process.ready()
    watched = os.dup(process._pidfd)
    zygote.close()

    assert ended(watched)
    assert not process.alive
    process.close()
    zygote.close()
    assert not zygote.alive
    assert descriptors() == before
    assert zygote.pid not in children(os.getpid())


# What goes wrong at the start.


def test_what_fails_to_load_is_said_and_nothing_is_left() -> None:
    before = descriptors(), children(os.getpid())

    with pytest.raises(HostError, match="ValueError: no image"):
        prison(**{"raise": "no image"})
    with pytest.raises(HostError, match="ModuleNotFoundError: No module named 'nix'"):
        Zygote("nix:load", "", search_path=PATH)
    with pytest.raises(HostError, match="No module named 'plugwright_sandbox'"):
        Zygote("nix:load", "", search_path=[])
    with pytest.raises(HostError, match="loading started a thread"):
        prison(thread=True)

    assert (descriptors(), children(os.getpid())) == before


def test_a_worker_that_cannot_begin_is_an_error_with_its_reason() -> None:
    with (
        prison(before="broken") as zygote,
        zygote.fork() as process,
        pytest.raises(HostError, match="OSError: no engine"),
    ):
        process.ready()


def test_files_of_the_image_stay_only_where_they_are_wished_for() -> None:
    source = "answer = sum(syscall(FCNTL, n, 1, 0) >= 0 for n in range(99))".replace(
        "FCNTL", "25" if os.uname().machine == "aarch64" else "72"
    )
    with prison(opened=True) as zygote, zygote.fork() as process:
        assert ask(process, source) == 1
    with prison(opened=True, keep_files=True) as zygote, zygote.fork() as process:
        assert ask(process, source) == 2


def test_when_memory_runs_out_workers_go_first(zygote: Zygote) -> None:
    with zygote.fork() as process:
        process.ready()
        score = Path(f"/proc/{process.pid}/oom_score_adj").read_text()

    assert int(score) == 1000


def test_root_is_not_root_in_a_zygote(zygote: Zygote) -> None:
    status = Path(f"/proc/{zygote.pid}/status").read_text().splitlines()
    lines = dict(line.split(":\t", 1) for line in status if ":\t" in line)

    assert lines["NoNewPrivs"] == "1"
    if os.geteuid() == 0:
        assert lines["Uid"].split() == ["65534"] * 4
        assert int(lines["CapEff"], 16) == 0
