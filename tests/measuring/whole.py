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

from measuring.figures import Figure, Timed, in_turn, median, ratio, seconds, spread
from plugwright.host import Host
from plugwright.judging import Case

PLUGIN = '''
from plugwright_sdk import command, storage

@command
def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b

@command
def remember(key: str, value: str) -> None:
    """Keep something."""
    storage.set(key, value)
'''
TESTS = "from plugin import add\n" + "".join(
    f"\ndef test_{n}():\n    assert add({n}, 1) == {n + 1}\n" for n in range(10)
)
NATIVE = "def add(a, b=1):\n    return a + b\n"


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


def verdict_figure(host: Host) -> Figure:
    """A whole verdict against a native pytest process on the same file."""
    case = Case(name="bench", files={"plugin.py": PLUGIN}, tests={"test_add.py": TESTS})
    judge = host.judge()
    assert judge.judge(case).passed
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "plugin.py").write_text(NATIVE)
        Path(folder, "test_add.py").write_text(TESTS)
        native = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
        # Without the plugins of this environment: the fastest that pytest can be.
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return compared(
            "whole verdict / native pytest",
            lambda: seconds(lambda: judge.judge(case)),
            lambda: seconds(
                lambda: run(*native, "test_add.py", cwd=folder, env=environment)
            ),
            runs=15,
            limit=1.0,
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
    yield verdict_figure(host)
    yield version_figure()
    yield from demo_figures()
