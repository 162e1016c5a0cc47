"""Measures what the README claims, side by side in one run: `tox -e bench`.

Absolute times drift with the machine; ratios are measured against a bare Python
process in the same minute. Prints a table and JSON; `--json FILE` writes it there, too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Case
from plugwright.sandboxes import Guest

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
IN_WORKER = """
import json, secrets, statistics, sys, time
from pathlib import Path
from plugwright_sandbox.instance import Instance, Limits, Runtime

runtime = Runtime(Path(sys.argv[1]))
source = Path(sys.argv[2]).read_text()
limits = Limits(fuel=10**10, seconds=10, memory=192 << 20, output=65536,
                host_calls=1000, payload=1 << 20)
request = {"step": "load", "files": {"plugin.py": source},
           "packages": ["plugwright_sdk"], "arguments": None,
           "dispatcher": "plugwright_sdk.guest:dispatch"}
def held():
    # What the process would give back: pages that it shares with the image's file are
    # there once for all guests, so they are counted by their share.
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
def fresh():  # and ready to be called
    guest = Instance(runtime, limits=limits, clock=0.0, seed=1, ask=lambda q: {})
    reply = guest.call(request, limits)
    assert "failure" not in reply, reply
    return guest
def timed(prepare):
    times = []
    for _ in range(60):
        prepare()
        started = time.perf_counter()
        guest = fresh()
        times.append(time.perf_counter() - started)
        del guest
    return statistics.median(times)
# A worker that had a moment's rest since the last guest has a spare instance.
rested, hurried = timed(runtime.make_spare), timed(lambda: None)
before = held()
many = [fresh() for _ in range(50)]
memory = (held() - before) / 50
print(json.dumps({"fresh": rested, "hurried": hurried, "memory": memory}))
"""


@dataclass(frozen=True)
class Figure:
    """One measured number beside what is promised."""

    what: str
    measured: float
    unit: str
    promised: float | None

    @property
    def holds(self) -> bool:
        """Whether the promise is kept in this run, if there is one."""
        return self.promised is None or self.measured <= self.promised


def median(work: Callable[[], object], runs: int) -> float:
    """Seconds of one call, the median of many."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def interleaved(
    first: Callable[[], object], second: Callable[[], object], runs: int
) -> float:
    """The median ratio of two pieces of work done in turn, so that drift cancels."""
    first(), second()
    ratios = []
    for _ in range(runs):
        one, other = median(first, 1), median(second, 1)
        ratios.append(one / other)
    return statistics.median(ratios)


def run(*command: str, **more: Any) -> None:
    """Run a process to its end; its output does not matter."""
    subprocess.run(command, check=True, capture_output=True, **more)


@contextmanager
def a_host() -> Iterator[Host]:
    """A host with every installed plugin and an empty home."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Host.discover(Home(Path(folder))) as host,
    ):
        yield host


def guest_figures(host: Host) -> Iterator[Figure]:
    """Inside the worker: a fresh guest, and what each one holds."""
    image = host.sandbox()._image.path  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "plugin.py")
        source.write_text(PLUGIN)
        done = subprocess.run(
            [sys.executable, "-c", IN_WORKER, str(image), str(source)],
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(done.stdout)
    yield Figure("fresh guest, plugin loaded", found["fresh"] * 1e3, "ms", 4)
    yield Figure("the same without a spare", found["hurried"] * 1e3, "ms", None)
    yield Figure("memory per live plugin", found["memory"] / 2**20, "MB", 4)


def call_figure(host: Host) -> Figure:
    """A warm call through host, worker and guest."""
    session = host.sandbox().open(
        Guest(
            name="bench",
            files={"plugin.py": PLUGIN},
            dispatcher="plugwright_sdk.guest:dispatch",
            packages=("plugwright_sdk",),
        )
    )
    request = {"name": "add", "arguments": {"a": 1, "b": 2}}
    assert session.call("command", request).value == 3
    seconds = median(lambda: session.call("command", request), 2000)
    session.close()
    return Figure("warm command call", seconds * 1e3, "ms", 0.4)


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
        ratio = interleaved(
            lambda: judge.judge(case),
            lambda: run(*native, "test_add.py", cwd=folder, env=environment),
            15,
        )
    return Figure("whole verdict / native pytest", ratio, "×", 1.0)


def version_figure() -> Figure:
    """`plugwright --version` against a Python process that does nothing."""
    command = shutil.which("plugwright", path=str(Path(sys.executable).parent))
    assert command is not None
    ratio = interleaved(
        lambda: run(command, "--version"), lambda: run(sys.executable, "-c", "pass"), 25
    )
    return Figure("--version / bare python", ratio, "×", 3.0)


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


def figures() -> Iterator[Figure]:
    """Everything, one after the other."""
    with a_host() as host:
        yield from guest_figures(host)
        yield call_figure(host)
        yield verdict_figure(host)
    yield version_figure()
    yield from demo_figures()


def line(figure: Figure) -> str:
    """One row of the table."""
    row = f"{figure.what:<32}{figure.measured:>9.3f} {figure.unit:<3}"
    if figure.promised is None:
        return row.rstrip()
    mark = "holds" if figure.holds else "MISSED"
    return f"{row} promised ≤ {figure.promised:g} {figure.unit:<3}{mark}"


def main() -> None:
    """Print the table, and JSON after it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    chosen = parser.parse_args()
    found = []
    for figure in figures():
        found.append({**asdict(figure), "holds": figure.holds})
        print(line(figure), flush=True)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    print(text)
    if chosen.json:
        Path(chosen.json).write_text(text + "\n")


if __name__ == "__main__":
    main()
