"""Other sandboxes for Python, asked for the same things as ours.

Each loads `SOURCE` in what it calls fresh, and calls `fib`. What is not installed is
not measured, and the table says so. They promise different things: monty is another
interpreter with a part of the language, smolagents walks the syntax tree in the host's
own process, eryx is CPython in WebAssembly in the host's own process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from measuring.figures import Timed, seconds

SOURCE = "def add(a, b=1):\n    return a + b\n"
FIB = "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
FIB_22 = 17711


@dataclass(frozen=True)
class Rival:
    """One other sandbox."""

    name: str
    fresh: Timed
    """Something fresh, the source loaded, one call, and away with it."""
    fib: Timed
    """fib(22), in something that has it loaded."""
    loaded: Timed | None = None
    """Something fresh until the source is loaded; what comes after is not counted."""


def _timed(work: Callable[[], Any], expected: Any) -> Timed:
    if work() != expected:
        raise RuntimeError(f"gave {work()!r} instead of {expected!r}")
    return lambda: seconds(work)


@contextmanager
def monty(**pool: Any) -> Iterator[Rival]:
    """A pool of processes; each checkout is a new session in one of them.

    A process serves one checkout after the other, unless `max_checkouts_per_worker`
    is 1: then each gets a process of its own, started ahead if there was time.
    """
    from pydantic_monty import Monty

    with Monty(**pool) as made, made.checkout() as kept:
        kept.feed_run(FIB)

        def fresh() -> Any:
            with made.checkout() as session:
                return session.feed_run(SOURCE + "add(1, 2)")

        def loaded() -> float:
            started = perf_counter()
            with made.checkout() as session:
                session.feed_run(SOURCE)
                return perf_counter() - started

        name = "monty, own process" if pool.get("max_checkouts_per_worker") else "monty"
        fib = _timed(lambda: kept.feed_run("fib(22)"), FIB_22)
        yield Rival(name, _timed(fresh, 3), fib, loaded)


@contextmanager
def smolagents() -> Iterator[Rival]:
    """No process and no wall: an interpreter that refuses what it knows to be bad."""
    from smolagents.local_python_executor import LocalPythonExecutor

    def executor() -> LocalPythonExecutor:
        made = LocalPythonExecutor([])
        made.send_tools({})
        return made

    kept = executor()
    kept(FIB)
    yield Rival(
        "smolagents",
        _timed(lambda: executor()(SOURCE + "add(1, 2)").output, 3),
        _timed(lambda: kept("fib(22)").output, FIB_22),
    )


@contextmanager
def eryx() -> Iterator[Rival]:
    """In a process of its own, since its engine would disturb ours; it tells times."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("eryx_process.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def asked(what: str) -> float:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(what + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                raise ModuleNotFoundError(f"eryx: exit status {process.wait()}")
            return float(json.loads(answer))

        asked("fresh")
        try:
            yield Rival("eryx", lambda: asked("fresh"), lambda: asked("fib"))
        finally:
            process.stdin.close()


@contextmanager
def all_there_are() -> Iterator[dict[str, Rival]]:
    """Every rival that can be imported; the others are named on stderr."""
    found: dict[str, Rival] = {}
    with ExitStack() as stack:
        for make in (
            monty,
            lambda: monty(max_checkouts_per_worker=1),
            eryx,
            smolagents,
        ):
            try:
                rival = stack.enter_context(make())
            except ImportError as error:
                print(f"not measured: {error}", file=sys.stderr)
            else:
                found[rival.name] = rival
        yield found
