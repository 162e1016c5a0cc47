"""What judging costs: one verdict, many on one core, and a whole matrix."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring.figures import Figure, in_turn, median, ratio, seconds, spread
from plugwright.host import Host
from plugwright.judging import Case, ManyJudge

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
NATIVE = "def add(a, b=1):\n    return a + b\n"
CANDIDATES, TESTS_OF_MATRIX = 16, 60
ROUNDS = 20


def tests(count: int) -> str:
    """A file of so many tests."""
    return "from plugin import add\n" + "".join(
        f"\ndef test_{n}():\n    assert add({n}, 1) == {n + 1}\n" for n in range(count)
    )


def case(count: int, number: int = 0) -> Case:
    """A plugin, unlike those of other numbers, and so many tests."""
    files = {"plugin.py": f"{PLUGIN}\nNUMBER = {number}\n"}
    return Case(name="bench", files=files, tests={"test_add.py": tests(count)})


def figures(host: Host) -> Iterator[Figure]:
    """A verdict beside native pytest, in time and in work, and a matrix."""
    judge = host.judge()
    ten = case(10)
    assert judge.judge(ten).passed
    with native_pytest() as native:
        times = in_turn(
            {
                "ours": lambda: seconds(lambda: judge.judge(ten)),
                "native": lambda: seconds(native),
            },
            15,
        )
        note = (
            f"{spread(times['ours'], 1e-3, 'ms')} / "
            f"{spread(times['native'], 1e-3, 'ms')}"
        )
        what = "whole verdict / native pytest"
        yield Figure(
            *(what, ratio(times["ours"], times["native"]), "×"), promised=0.5, note=note
        )
        if sys.platform == "linux":
            ours, theirs = per_core(lambda: judge.judge(ten)), per_core(native)
            yield Figure(
                *("verdicts a second and core", ours, "/s"),
                promised=8.0,
                at_least=True,
                note=f"native pytest: {theirs:.1f} /s",
            )
    yield matrix_figure(judge)  # type: ignore[arg-type]


def matrix_figure(judge: ManyJudge) -> Figure:
    """Every candidate by every test, on all cores."""
    cases = [case(TESTS_OF_MATRIX, number) for number in range(CANDIDATES)]

    def whole() -> None:
        assert all(report.passed for report in judge.judge_many(cases))

    what = f"matrix, {CANDIDATES} candidates x {TESTS_OF_MATRIX} tests"
    return Figure(what, median(whole, 3), "s", promised=30.0)


@contextmanager
def native_pytest() -> Iterator[Callable[[], None]]:
    """A process of pytest on the same tests, without this environment's plugins."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "plugin.py").write_text(NATIVE)
        Path(folder, "test_add.py").write_text(tests(10))
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")

        def work() -> None:
            given = [*command, "test_add.py"]
            subprocess.run(
                given, check=True, capture_output=True, cwd=folder, env=environment
            )

        yield work


def per_core(work: Callable[[], object]) -> float:
    """How often a second of processor is enough for some work, in all processes."""
    before = processor_seconds()
    for _ in range(ROUNDS):
        work()
    return ROUNDS / (processor_seconds() - before)


def processor_seconds() -> float:
    """What this process has used, with its children, ended or at work."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    used = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    tick = os.sysconf("SC_CLK_TCK")
    living: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue  # it has just ended
        fields = rest.split()
        ticks = int(fields[11]) + int(fields[12])
        living[int(name.split()[0])] = int(fields[1]), ticks / tick
    family: set[int] = set()
    found = {os.getpid()}
    while found:
        family |= found
        found = {p for p, (up, _) in living.items() if up in family} - family
    return used + sum(living[p][1] for p in family - {os.getpid()} if p in living)
