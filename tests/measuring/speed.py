"""How fast: a fresh guest, a warm call, and code that computes."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring.figures import (
    Figure,
    Timed,
    in_turn,
    median,
    quantile,
    ratio,
    seconds,
    spread,
)
from measuring.in_worker import CALLS, SDK
from measuring.rivals import FIB, FIB_22, SOURCE, Rival, all_there_are
from plugwright.host import Host
from plugwright.sandboxes import Guest
from plugwright_sandbox import Sandbox

MICRO, MILLI = 1e-6, 1e-3
REST = 0.015
"""Seconds after which a worker surely has a spare instance again."""

COMPILED = ("monty", "eryx")
"""Rivals that compile; they compute within milliseconds."""

# As much as a warm call sends and gets.
ECHO = """
import os, sys
end = int(sys.argv[1])
while data := os.read(end, 65536):
    os.write(end, data)
"""
MESSAGE = b"x" * 120


def figures(host: Host) -> Iterator[Figure]:
    """Everything that is compared with others, in one go."""
    with Sandbox.wasm(cache=host.cache) as sandbox, all_there_are() as rivals:
        yield from fresh_figures(sandbox, rivals)
        yield from fib_figures(sandbox, rivals)
        yield from call_figures(host, sandbox)


def fresh_figures(sandbox: Sandbox, rivals: Mapping[str, Rival]) -> Iterator[Figure]:
    """A fresh guest with its source loaded, called once, against the rivals."""

    def opened() -> float:
        """Only until it is loaded."""
        taken = seconds(lambda: kept.append(sandbox.open(SOURCE)))
        assert kept[-1].call("add", [1, 2]).value == 3
        kept.pop().close()
        return taken

    def whole() -> float:
        return seconds(lambda: sandbox.run(SOURCE, "add", [1, 2]))

    kept: list[Any] = []
    works: dict[str, Timed] = {"opened": opened, "whole": whole}
    works |= {name: rival.fresh for name, rival in rivals.items()}
    loads = {f"{name}, loaded": r.loaded for name, r in rivals.items() if r.loaded}
    works |= loads
    hurried = in_turn({"x": opened}, 100)["x"]
    times = in_turn(works, 60, rest=REST)
    ours = times.pop("opened")
    yield Figure(
        *("fresh guest, source loaded", statistics.median(ours) / MILLI, "ms"),
        note=spread(ours, MILLI, "ms"),
    )
    yield Figure(
        *("the same in a tight loop", statistics.median(hurried) / MILLI, "ms"),
        note=spread(hurried, MILLI, "ms"),
    )
    for name in loads:
        other = times.pop(name)
        sides = f"{spread(ours, MILLI, 'ms')} / {spread(other, MILLI, 'ms')}"
        yield Figure(
            *(f"fresh + load / {name}", ratio(ours, other), "×"),
            promised=1.5,
            note=sides,
        )
    whole_times = times.pop("whole")
    limits = {"monty, own process": 1.5, "eryx": 1.0}
    for name, other in times.items():
        sides = f"{spread(whole_times, MILLI, 'ms')} / {spread(other, MILLI, 'ms')}"
        yield Figure(
            *(f"fresh + load + call / {name}", ratio(whole_times, other), "×"),
            promised=limits.get(name),
            note=sides,
        )


def fib_figures(sandbox: Sandbox, rivals: Mapping[str, Rival]) -> Iterator[Figure]:
    """Code that computes, with every quota on, against bare Python."""
    namespace: dict[str, Any] = {}
    exec(compile(FIB, "fib", "exec"), namespace)
    with sandbox.open(FIB) as program:

        def ours() -> float:
            return seconds(lambda: program.call("fib", [22]))

        assert program.call("fib", [22]).value == FIB_22
        works: dict[str, Timed] = {
            "native": lambda: seconds(lambda: namespace["fib"](22)),
            "plugwright": ours,
        }
        works |= {name: rival.fib for name, rival in rivals.items() if name in COMPILED}
        times = in_turn(works, 50, again=True)
    if "smolagents" in rivals:  # takes seconds, and leaves nothing warm
        times["smolagents"] = [rivals["smolagents"].fib() for _ in range(3)]
    native = times.pop("native")
    for name, other in times.items():
        yield Figure(
            f"fib(22), {name} / native",
            statistics.median(other) / statistics.median(native)
            if len(other) < len(native)
            else ratio(other, native),
            "×",
            promised=3.0 if name == "plugwright" else None,
            note=f"{spread(other, MILLI, 'ms')} / {spread(native, MILLI, 'ms')}",
        )


def call_figures(host: Host, sandbox: Sandbox) -> Iterator[Figure]:
    """A warm call: through host, worker and guest; and what of it is the worker's."""
    plugin = host.sandbox().open(
        Guest(
            name="bench",
            files=SDK["files"],
            packages=tuple(SDK["packages"]),
            dispatcher=SDK["dispatcher"],
        )
    )
    inside: dict[str, list[float]] = {"plain": [], "sdk": []}
    with sandbox.open(SOURCE) as program, an_echo() as echo:

        def called(name: str, call: Callable[..., Any], *arguments: Any) -> float:
            found = []
            taken = seconds(lambda: found.append(call(*arguments)))
            assert found[0].value == 3, found
            inside[name].append(found[0].usage.seconds)
            return taken

        sdk = CALLS["sdk"]
        request = sdk["operation"], sdk["arguments"]
        works: dict[str, Timed] = {
            "plain": lambda: called("plain", program.call, "add", [1, 2]),
            "sdk": lambda: called("sdk", plugin.call, *request),
            "echo": echo,
        }
        # In blocks: a call that follows one to another process is not warm.
        times: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(20):
            for name, work in works.items():
                median(work, 10)
                times[name] += [work() for _ in range(150)]
    plugin.close()
    alone = json.loads(in_worker(host))["calls"]
    names = {"plain": "a function", "sdk": "a plugin's command"}
    for name, what in names.items():
        yield Figure(
            *(f"warm call, {what}", statistics.median(times[name]) / MICRO, "µs"),
            promised=150,
            note=spread(times[name], MICRO, "µs"),
        )
    yield Figure(
        "two Python processes, a message each way",
        statistics.median(times["echo"]) / MICRO,
        "µs",
        note=spread(times["echo"], MICRO, "µs"),
    )
    for name, what in names.items():
        yield Figure(
            *(f"inside the worker, {what}", statistics.median(alone[name]) / MICRO),
            *("µs", 45),
            note=f"while called from outside: {spread(inside[name], MICRO, 'µs')}, "
            f"p90 {quantile(inside[name], 0.9) / MICRO:.3g}",
        )


@contextmanager
def an_echo() -> Iterator[Timed]:
    """What a message there and back costs on this machine, with nothing done."""
    near, far = socket.socketpair()
    with near, far:
        number = str(far.fileno())
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", ECHO, number],
            pass_fds=(far.fileno(),),
        )

        def there_and_back() -> None:
            near.send(MESSAGE)
            near.recv(1 << 16)

        yield lambda: seconds(there_and_back)
        near.shutdown(socket.SHUT_RDWR)
        process.wait()


def in_worker(host: Host) -> str:
    """What the engine tells of itself, in a process of its own without walls."""
    image = host.sandbox()._image.path  # type: ignore[attr-defined]
    script = Path(__file__).with_name("in_worker.py")
    done = subprocess.run(
        [sys.executable, str(script), str(image)],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
