"""What a person waits for: a verdict, the command line, the demo."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import judging
from measuring.figures import Figure, Timed, in_turn, median, ratio, seconds, spread
from plugwright.host import Host


def run(*command: str, **more: Any) -> None:
    """Run a process to its end; its output does not matter."""
    subprocess.run(command, check=True, capture_output=True, **more)


def compared(what: str, ours: Timed, other: Timed, runs: int, limit: float) -> Figure:
    """One ratio, measured in turn."""
    times = in_turn({"ours": ours, "other": other}, runs)
    note = f"{spread(times['ours'], 1e-3, 'ms')} / {spread(times['other'], 1e-3, 'ms')}"
    return Figure(
        *(what, ratio(times["ours"], times["other"]), "×"), promised=limit, note=note
    )


def version_figure() -> Figure:
    """`plugwright --version` against a Python process that does nothing."""
    command = shutil.which("plugwright", path=str(Path(sys.executable).parent))
    assert command is not None
    return compared(
        "--version / bare python",
        lambda: seconds(lambda: run(command, "--version")),
        lambda: seconds(lambda: run(sys.executable, "-c", "pass")),
        runs=25,
        limit=3.0,
    )


def demo_figures() -> Iterator[Figure]:
    """The demo with the guest built, and the first time ever."""
    command = (sys.executable, "-m", "plugwright", "demo", "--yes")
    with tempfile.TemporaryDirectory() as folder:
        built = {**os.environ, "PLUGWRIGHT_HOME": f"{folder}/home"}
        work = lambda: run(*command, "--output", folder, env=built)  # noqa: E731
        yield Figure("demo, guest built", median(work, 3), "s", 20)
        first = {
            **os.environ,
            "PLUGWRIGHT_HOME": f"{folder}/first",
            "XDG_CACHE_HOME": f"{folder}/cache",
        }
        work = lambda: run(*command, "--output", folder, env=first)  # noqa: E731
        yield Figure("demo, first time ever", median(work, 1), "s", 90)


def figures(host: Host) -> Iterator[Figure]:
    """The verdict, the command line, the demo."""
    yield from judging.figures(host)
    yield version_figure()
    yield from demo_figures()
