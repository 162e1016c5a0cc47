"""What a guest sees: itself, and nothing of the host, of others or of the world."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from plugwright.sandboxes import Kind
from plugwright_sandbox.guest.standard_library import REACHING

SOIL = {
    "json": "import json; json.dumps = json.loads = lambda *a, **k: 'soiled'",
    "builtins": "import sys; sys.modules['builtins'].len = lambda _: 0",
    "sys.modules": "import sys; sys.modules['math'] = 'soiled'",
    "sys.meta_path": "import sys; sys.meta_path.clear()",
    "the shim": "from host import shim; shim._answer = lambda _: 'soiled'",
    "a global": "import random; random.soiled = True",
    "a type": "import decimal; decimal.getcontext().prec = 1",
}
LOOK = """
def main(_):
    import decimal, json, math, random, sys
    return [
        json.dumps([1]), json.loads("[1]"), len("abc"), math.pi > 3,
        len(sys.meta_path), hasattr(random, "soiled"), decimal.getcontext().prec,
    ]
"""
CLEAN = ["[1]", [1], 3, True, 1, False, 28]


@pytest.mark.parametrize("what", SOIL)
def test_what_one_guest_patches_another_does_not_see(what: str, opened: Any) -> None:
    before = opened(LOOK)
    dirty = opened(f"def main(_):\n    {SOIL[what]}")

    dirty.call("main", None)

    assert opened(LOOK).call("main", None).value == CLEAN
    assert before.call("main", None).value == CLEAN


def test_a_guest_that_breaks_json_still_answers(run: Any) -> None:
    """The shim keeps what it uses; see attacks.md, row 33."""
    outcome = run(f"def main(_):\n    {SOIL['json']}\n    return [1, 2]")

    assert outcome.value == [1, 2]


def test_two_guests_share_no_state_and_one_guest_keeps_its_own(opened: Any) -> None:
    source = "kept = []\ndef main(x):\n    kept.append(x)\n    return kept"
    one, other = opened(source), opened(source)

    one.call("main", 1)

    assert other.call("main", 2).value == [2]
    assert one.call("main", 3).value == [1, 3]


def test_the_hosts_environment_arguments_and_files_are_not_there(run: Any) -> None:
    outcome = run(
        """
        import os, pathlib, sys

        def tried(function, *arguments):
            try:
                return function(*arguments)
            except OSError as error:
                return type(error).__name__

        def main(path):
            return {
                "environment": dict(os.environ),
                "arguments": sys.argv,
                "read": tried(open, path),
                "write": tried(open, "new.txt", "w"),
                "list": tried(os.listdir, "/"),
                "path": tried(pathlib.Path(path).read_text),
                "names": [sys.executable, sys.prefix, *sys.path],
            }
        """,
        __file__,
    )

    seen = outcome.value
    assert seen["environment"] == {}
    assert seen["arguments"] in ([], [""])
    assert {seen[how] for how in ("read", "write", "list", "path")} == {
        "FileNotFoundError"
    }
    assert not any(
        os.path.exists(name) and name not in ("", "/") for name in seen["names"] if name
    )


def test_the_guests_paths_say_nothing_of_the_machine(run: Any) -> None:
    outcome = run(
        """
        import json, sys

        def main(_):
            files = [getattr(m, "__file__", None) for m in list(sys.modules.values())]
            codes = [json.dumps.__code__.co_filename, main.__code__.co_filename]
            return [str(name) for name in files + codes]
        """
    )

    home = str(Path.home())
    for name in outcome.value:
        assert home not in name
        assert str(Path(__file__).parents[3]) not in name
        assert sys.prefix not in name


# Randomness and time.

RANDOM = """
import os, random, secrets, uuid

def main(_):
    return [random.random(), os.urandom(8).hex(), secrets.token_hex(8),
            str(uuid.uuid4()), list({"a", "b", "c", "d"})]
"""


def test_the_same_seed_is_the_same_randomness_and_another_is_another(
    opened: Any,
) -> None:
    first, same, other = (
        opened(RANDOM, seed=seed).call("main", None).value for seed in (1, 1, 2)
    )

    assert first == same
    assert all(a != b for a, b in zip(first[:4], other[:4], strict=True))


def test_whether_there_was_a_spare_instance_makes_no_difference(opened: Any) -> None:
    opened(RANDOM).close()  # closing a guest makes a spare instance
    guests = [opened(RANDOM, seed=1) for _ in range(3)]  # one gets it, two do not
    calls = [guest.call("main", None) for guest in guests]

    assert len({guest.loaded.usage.fuel for guest in guests}) == 1
    assert len({(call.usage.fuel, str(call.value)) for call in calls}) == 1


def test_without_a_seed_no_two_guests_are_alike(opened: Any) -> None:
    first, other = (opened(RANDOM, seed=None).call("main", None) for _ in "ab")

    assert first.value[:4] != other.value[:4]


@pytest.mark.parametrize("seed", [-1, 2**300])
def test_any_whole_number_is_a_seed(seed: int, opened: Any) -> None:
    assert opened("def main(_): return 1", seed=seed).call("main", None).value == 1


def test_much_randomness_at_once_is_either_given_or_ends_this_guest_only(
    opened: Any,
) -> None:
    other = opened("def main(_): return 1")
    session = opened("import os\ndef main(n): return len(os.urandom(n))")

    assert session.call("main", 1000).value == 1000
    much = session.call("main", 1 << 24)

    assert much.value == 1 << 24 or much.failure.kind in (Kind.BROKEN, Kind.RAISED)
    assert other.call("main", None).value == 1


CLOCKS = [
    "datetime.datetime.now()",
    "datetime.date.today()",
    "time.time()",
    "time.time_ns()",
    "time.monotonic()",
    "time.perf_counter()",
    "time.localtime()",
]


@pytest.mark.parametrize("clock", CLOCKS)
def test_without_a_clock_asking_for_the_time_ends_the_guest(
    clock: str, run: Any
) -> None:
    outcome = run(
        f"""
        import datetime, time

        def main(_):
            try:
                return str({clock})
            except BaseException:
                return "caught"
        """
    )

    assert (outcome.failure.kind, outcome.failure.type) == (Kind.DENIED, "clock")
    assert outcome.denied == ("clock",)
    assert not outcome.read_clock


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_that_is_a_number_stands_still_and_reading_it_is_told(
    clock: str, run: Any
) -> None:
    source = f"""
        import datetime, time

        def main(_):
            return [str({clock}), str({clock})]
        """
    one, other = (run(source, clock=1_767_600_000.0) for _ in "ab")

    assert one.value[0] == one.value[1] == other.value[0]
    assert one.read_clock


def test_the_hosts_clock_is_in_whole_seconds(run: Any) -> None:
    import time

    before = int(time.time())

    outcome = run(
        "import time\ndef main(_): return [time.time(), time.monotonic()]",
        clock="host",
    )

    wall, steady = outcome.value
    assert wall == int(wall)
    assert steady == int(steady)
    assert before <= wall <= time.time()


def test_who_does_not_look_at_the_clock_has_not_read_it(run: Any) -> None:
    outcome = run("def main(_): return 1", clock="host")

    assert not outcome.read_clock


# Ways out.


def test_a_guest_cannot_sleep_and_is_told_so(run: Any) -> None:
    outcome = run("import time\ndef main(_): time.sleep(1e9)", clock="host")

    assert (outcome.failure.kind, outcome.failure.type) == (
        Kind.RAISED,
        "RuntimeError",
    )
    assert "sleep" in outcome.failure.message


def test_nobody_types_anything(run: Any) -> None:
    outcome = run("def main(_): return input()")

    assert outcome.failure.kind in (Kind.RAISED, Kind.BROKEN)


@pytest.mark.parametrize("code", ["0", "1", "'text'", ""])
def test_sys_exit_is_an_exception_like_any_other(code: str, opened: Any) -> None:
    session = opened(f"import sys\ndef main(_): sys.exit({code})")

    failure = session.call("main", None).failure

    assert (failure.kind, failure.type) == (Kind.RAISED, "SystemExit")
    assert session.call("main", None).failure.type == "SystemExit"


@pytest.mark.parametrize("end", ["os._exit(0)", "os._exit(1)", "os.abort()"])
def test_ending_the_process_ends_the_guest_and_nothing_else(
    end: str, opened: Any
) -> None:
    other = opened("def main(_): return 1")
    session = opened(f"import os\ndef main(_): {end}")

    outcome = session.call("main", None)

    assert outcome.failure.kind in (Kind.BROKEN, Kind.RAISED)
    assert outcome.value is None
    assert other.call("main", None).value == 1


@pytest.mark.parametrize(
    "name", ["socket", "subprocess", "threading", "ctypes", "asyncio", "_socket"]
)
def test_a_reach_out_of_the_sandbox_is_refused_and_on_record(
    name: str, run: Any
) -> None:
    outcome = run(
        f"""
        def main(_):
            try:
                import {name}
            except ImportError as error:
                return type(error).__name__
            except PermissionError as error:
                return str(error)
        """
    )

    assert outcome.denied == (f"import:{name}",)
    assert outcome.value is not None


@pytest.mark.parametrize("name", REACHING)
def test_nothing_that_reaches_out_can_be_imported(name: str, run: Any) -> None:
    outcome = run(f"def main(_): import {name}")

    assert outcome.failure.kind is Kind.DENIED
    assert outcome.failure.type == f"import:{name}"


def test_a_module_that_is_only_missing_is_missing(run: Any) -> None:
    outcome = run("def main(_): import numpy")

    assert outcome.failure.type == "ModuleNotFoundError"
    assert outcome.failure.where == "plugin.py:1"
    assert outcome.denied == ()


@pytest.mark.parametrize(
    ("source", "gone"),
    [
        ("import os; os.fork()", "fork"),
        ("import os; os.system('true')", "system"),
        ("import os; os.kill(1, 9)", "kill"),
        ("import os; os.execv('/bin/true', ['true'])", "execv"),
        ("import os; os.popen('true')", "popen"),
        ("import _thread; _thread.start_new_thread(print, ())", "_thread"),
    ],
)
def test_processes_and_threads_cannot_be_started(
    source: str, gone: str, run: Any
) -> None:
    outcome = run(f"def main(_):\n    {source}")

    assert outcome.failure is not None
    assert outcome.failure.kind in (Kind.RAISED, Kind.DENIED, Kind.BROKEN)
