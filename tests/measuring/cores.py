"""What a second core brings: two workers against one, beside bare Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from measuring.figures import Figure
from plugwright_sandbox import Program, Sandbox

ROUNDS, SECONDS = 7, 1.0
WORK = "def work(n):\n    return sum(i * i for i in range(n))\n"
SIZE = 50_000
"""Some milliseconds of work."""
LOOP = """
import sys, time
{work}
for line in sys.stdin:
    end, done = time.perf_counter() + float(line), 0
    while time.perf_counter() < end:
        work({size})
        done += 1
    print(done, flush=True)
"""

Driven = Callable[[float], int]
"""Works for so many seconds, and tells how often it got through."""


def figures(sandbox: Sandbox) -> Iterator[Figure]:
    """How much more two get done than one, in turn with the same in bare Python."""
    with two_programs(sandbox) as programs, two_processes() as processes:
        gains: dict[str, list[float]] = {"workers": [], "processes": []}
        for _ in range(ROUNDS):
            for name, pair in (("workers", programs), ("processes", processes)):
                one = together(pair[:1])
                gains[name].append(together(pair) / one)
    plain = statistics.median(gains["processes"])
    yield Figure(
        "two Python processes / one", plain, "×", note=_each(gains["processes"])
    )
    yield Figure(
        *("two workers / one", statistics.median(gains["workers"]), "×"),
        promised=min(1.7, plain),
        at_least=True,
        note=_each(gains["workers"]),
    )


def _each(gains: list[float]) -> str:
    return "rounds: " + " ".join(f"{gain:.2f}" for gain in gains)


def together(driven: list[Driven]) -> float:
    """How much these get done at the same time, per second."""
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda d=d: done.append(d(SECONDS))) for d in driven
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - started)


@contextmanager
def two_programs(sandbox: Sandbox) -> Iterator[list[Driven]]:
    """Two guests, each in a worker of its own."""
    with sandbox.open(WORK) as first:
        # The next guest goes to another worker if this one is at work.
        busy = threading.Thread(target=lambda: first.call("work", [SIZE * 100]))
        busy.start()
        time.sleep(0.05)
        with sandbox.open(WORK) as second:
            busy.join()

            def driven(program: Program) -> Driven:
                return lambda seconds: calls(program, seconds)

            yield [driven(first), driven(second)]


def calls(program: Program, seconds: float) -> int:
    """How many calls get through in this time."""
    end, done = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        outcome = program.call("work", [SIZE])
        assert outcome.failure is None, outcome.failure
        done += 1
    return done


@contextmanager
def two_processes() -> Iterator[list[Driven]]:
    """Two bare Pythons that do the same work."""
    script = LOOP.format(work=WORK, size=SIZE)
    made = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    def driven(process: subprocess.Popen[str]) -> Driven:
        def drive(seconds: float) -> int:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{seconds}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        return drive

    try:
        yield [driven(process) for process in made]
    finally:
        for process in made:
            process.communicate()
