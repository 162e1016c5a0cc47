"""The `restricted` engine as the host sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from plugwright.errors import HostError, UsageError
from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind, Wall
from plugwright_sandbox.cell.walls import NAMES
from plugwright_sandbox.restricted import engine
from plugwright_sandbox.restricted.engine import RestrictedSandbox


def test_every_wall_stands_and_the_filter_is_one(sandbox):
    walls = {wall.name: wall for wall in sandbox.walls()}

    assert set(NAMES) < set(walls)
    assert all(wall.holds for wall in walls.values())
    (filter,) = set(walls) - set(NAMES)
    assert filter.startswith("language filter (RestrictedPython 9")
    assert "a linter, not a wall" in walls[filter].detail


@pytest.mark.parametrize("name", ["seccomp", "landlock", "pid namespace"])
def test_without_one_of_the_walls_it_refuses_and_says_which(monkeypatch, name):
    found = [Wall(n, n != name, "too old a kernel") for n in NAMES]
    monkeypatch.setattr(engine.trial, "look", lambda: tuple(found))
    sandbox = RestrictedSandbox([])

    with pytest.raises(HostError) as caught:
        sandbox.prepare(lambda what, part: None)

    assert str(caught.value) == (
        "the `restricted` engine refuses to run, since a wall is missing: "
        f"{name}: too old a kernel (use the `wasm` engine)"
    )


def test_a_wall_that_falls_later_is_noticed_before_the_guest_runs(
    sandbox, opened, monkeypatch
):
    from plugwright_sandbox.cell.zygote import Process

    session = opened("def main(a): return 1")
    ready = Process.ready

    def without_seccomp(self, *rest):
        walls = [replace(wall, holds=wall.name != "seccomp") for wall in ready(self)]
        return tuple(walls)

    monkeypatch.setattr(Process, "ready", without_seccomp)

    with pytest.raises(HostError, match="a wall is missing: seccomp"):
        session.call("main", None)


@pytest.mark.parametrize("minor", [11, 12, 13])
def test_the_filter_holds_in_the_pythons_that_it_was_tested_with(minor):
    assert engine.filter_wall((3, minor)).holds


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (3, 15), (4, 0)])
def test_another_python_than_it_was_tested_with_is_refused(monkeypatch, version):
    wall = engine.filter_wall(version)
    monkeypatch.setattr(engine, "filter_wall", lambda: wall)
    sandbox = RestrictedSandbox([])

    for refused in (
        lambda: sandbox.prepare(lambda what, part: None),
        lambda: sandbox.open(Guest(name="g", files={}, dispatcher="g:d")),
    ):
        with pytest.raises(HostError) as caught:
            refused()
        told = str(caught.value)
        assert told.startswith(
            "the `restricted` engine refuses to run, since a wall is missing: "
            "language filter (RestrictedPython 9"
        )
        assert told.endswith(
            "): was tested with Python 3.11 to 3.13, and not with {}.{} (use the "
            "`wasm` engine)".format(*version)
        )


def test_a_package_that_nobody_offers_is_named(sandbox, opened):
    with pytest.raises(UsageError, match="there is no guest package `numpy`"):
        opened("x = 1", packages=("numpy",))


def test_refused_code_is_told_with_rule_and_line(opened):
    session = opened("x = 1\ny = x.__class__\nimport os\n")
    failure = session.loaded.failure

    assert (failure.kind, failure.type) == (Kind.LOAD, "RefusedCode")
    assert failure.where == "plugin.py:2"
    assert failure.message == (
        "plugin.py:2: rule `underscore-attribute`: `.__class__` is closed; use "
        "`type(...)`;\n"
        "plugin.py:3: rule `import`: `os` cannot be imported; a plugin imports its own "
        "files and what the host offers"
    )
    assert session.call("main", None).failure == failure


def test_a_file_that_nobody_imports_is_looked_at_too(opened):
    session = opened("x = 1", files={"other.py": "().__class__"})

    assert session.loaded.failure.where == "other.py:1"


def test_python_s_own_syntax_errors_have_a_line(opened):
    failure = opened("x = 1\ndef (:\n").loaded.failure

    assert (failure.kind, failure.type) == (Kind.LOAD, "SyntaxError")
    assert failure.where == "plugin.py:2"


@pytest.mark.parametrize(
    ("files", "rule", "where"),
    [
        ({"plugin.py": "x = 1\ny = '\x00'"}, "nul", "plugin.py:2"),
        ({"plugin.py": "x = 1 # \u202e"}, "bidi-control", "plugin.py:1"),
        ({"plugin.py": "x = '\ud800'"}, "not-utf8", "plugin.py:1"),
        ({"plugin.py": "# coding: latin-1\n"}, "coding", "plugin.py:1"),
        ({"plugin.py": "#" * (257 << 10)}, "file-size", "plugin.py"),
        ({"json.py": "x = 1"}, "module-name", "json.py"),
        ({"plugwright_sdk.py": "x = 1"}, "module-name", "plugwright_sdk.py"),
    ],
)
def test_misleading_source_text_is_refused_before_anybody_parses_it(
    opened, files, rule, where
):
    failure = opened("x = 1", files=files).loaded.failure

    assert (failure.kind, failure.type) == (Kind.LOAD, "RefusedCode")
    assert failure.message.startswith(f"rule `{rule}`: ")
    assert failure.where == where


def test_a_file_with_the_name_of_a_module_that_the_host_uses_is_refused(opened):
    session = opened("import RestrictedPython", files={"RestrictedPython.py": ""})

    assert session.loaded.failure.message == (
        "rule `module-name`: `RestrictedPython` is the host's own name"
    )


def test_an_error_that_cannot_be_described_is_an_error_all_the_same(call):
    outcome = call(
        """
        class Odd(Exception):
            plugwright_kind = "denied"
            args = 5
        def main(a): raise Odd
        """
    )

    assert outcome.failure.kind is Kind.RAISED
    assert outcome.failure.message == "(its text cannot be shown)"


def test_files_of_one_plugin_import_each_other(call):
    outcome = call(
        "import helpers\nfrom helpers import _double, LIMIT\n"
        "def main(n):\n    helpers.LIMIT = 7\n"
        "    return [_double(n), LIMIT, helpers.LIMIT]",
        1,
        files={"helpers.py": "LIMIT = 5\ndef _double(n): return 2 * n\n"},
    )

    assert outcome.value == [2, 5, 7]


def test_what_one_process_compiled_is_used_by_the_next_if_the_source_is_the_same():
    codes = {}
    for source, expected in (("x = 1", 1), ("x = 1", 1), ("x = 2", 2)):
        done = subprocess.run(
            [sys.executable, "-c", LOADING, source, json.dumps(codes)],
            capture_output=True,
            text=True,
            check=True,
        )
        found, fresh = json.loads(done.stdout)
        assert found == expected
        assert bool(fresh) is (source != "x = 1" or not codes)
        codes = fresh or codes


LOADING = """
import json, sys
from plugwright_sandbox.restricted.loading import Library, Loader
loader = Loader(Library([]), {"plugin.py": sys.argv[1]})
loader.install()
fresh = loader.compile_all(json.loads(sys.argv[2]))
import plugin
print(json.dumps([plugin.x, fresh]))
"""


def test_every_call_meets_a_fresh_guest(opened):
    session = opened(
        "seen = []\ndef main(x):\n    seen.append(x)\n    return [seen, counted]\n"
        "counted = len(seen)\n"
    )

    assert session.call("main", 1).value == [[1], 0]
    assert session.call("main", 2).value == [[2], 0]


def test_an_exception_has_a_type_a_text_and_a_line(call):
    outcome = call("def main(a):\n    x = {}\n    return x['k']\n")

    failure = outcome.failure
    assert (failure.kind, failure.type, failure.message, failure.where) == (
        *(Kind.RAISED, "KeyError", "k", "plugin.py:3"),
    )


@pytest.mark.parametrize(
    "error", ["SystemExit(3)", "KeyboardInterrupt", "GeneratorExit"]
)
def test_no_exception_ends_the_host(call, error):
    assert call(f"def main(a): raise {error}").failure.kind is Kind.RAISED


def test_an_enum_is_not_made_of_a_dict(call):
    # Only there: the engine changes `enum` itself, in its own processes.
    outcome = call(
        "from enum import Enum\n"
        "def main(a): return Enum('A', {'__getattribute__': print})"
    )

    assert (
        outcome.failure.message == "rule `class-statement`: write an enum with `class`"
    )


def test_addresses_are_left_out_of_what_an_error_says(call):
    outcome = call("def main(a): raise ValueError(f'{main} {object()}')")

    assert outcome.failure.message == "<function main at 0x…> <object object at 0x…>"


@pytest.mark.parametrize(
    "body",
    ["float('nan')", "2 ** 60", "object()", "{1: {2}}", "'\\ud800'", "1e400"],
)
def test_an_answer_that_is_no_json_is_the_guests_failure(call, body):
    assert call(f"def main(a): return {body}").failure.kind is Kind.RAISED


def test_recursion_without_end_is_an_error_of_the_guest(call):
    outcome = call("def main(a): return main(a)")

    assert outcome.failure.type == "RecursionError"


def test_a_guest_that_is_being_called_is_busy(opened):
    answers = []
    session = opened(
        "from plugwright_sdk import log\ndef main(a):\n    log.info('x')\n    return 1",
        packages=("plugwright_sdk",),
        services={"log": lambda _: answers.append(session.call("main", None))},
    )

    assert session.call("main", None).value == 1
    assert answers[0].failure.type == "busy"


def test_two_guests_run_at_the_same_time(opened):
    meeting = threading.Barrier(2, timeout=30)
    source = "from plugwright_sdk import log\ndef main(a):\n    log.info('here')\n"
    sessions = [
        opened(
            source,
            packages=("plugwright_sdk",),
            services={"log": lambda _: meeting.wait() and None},
        )
        for _ in range(2)
    ]
    outcomes = []
    threads = [
        threading.Thread(target=lambda s=s: outcomes.append(s.call("main", None)))
        for s in sessions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [outcome.failure for outcome in outcomes] == [None, None]


def test_a_guest_that_is_no_plugin_has_the_door_of_the_other_engine(opened):
    source = "def add(a, b): return a + b"
    session = opened(source, dispatcher="plain_door:dispatch")

    assert session.call("add", [1, 2]).value == 3
    assert session.call("add", {"a": 1, "b": 2}).value == 3
    assert session.call("nothing", []).failure.kind is Kind.INPUT
    assert opened("import plain_door").loaded.failure.type == "RefusedCode"


def test_a_closed_guest_answers_no_more(opened):
    session = opened("def main(a): return 1")
    session.close()

    assert session.call("main", None).failure.type == "closed"


def test_a_worker_that_is_killed_breaks_one_call_only(opened):
    import signal

    pids = []
    session = opened(
        "from plugwright_sdk import log\ndef main(die):\n"
        "    if die: log.info('now')\n    return 1",
        packages=("plugwright_sdk",),
        services={"log": lambda _: os.kill(pids[-1], signal.SIGKILL)},
    )
    zygote = session._zygote()
    fork = zygote.fork

    def noting(**limits):
        process = fork(**limits)
        pids.append(process.pid)
        return process

    zygote.fork = noting
    try:
        assert session.call("main", True).failure.kind is Kind.BROKEN
        assert session.call("main", False).value == 1
    finally:
        del zygote.fork


def test_no_process_and_no_descriptor_is_left(sandbox, opened):
    session = opened("def main(a): return 1")
    session.call("main", None)
    pid = session._zygote().pid
    children = f"/proc/{pid}/task/{pid}/children"
    before = len(os.listdir("/proc/self/fd"))

    for source in ("def main(a): return 1", "def main(a): 1/0", "x = "):
        opened(source).call("main", None)
    looping = opened("def main(a):\n    while True: pass", quota=Quota(cpu_seconds=0.1))
    looping.call("main", None)

    assert len(os.listdir("/proc/self/fd")) == before
    with open(children) as file:
        assert file.read() == ""


def test_a_zygote_that_ended_is_replaced(sandbox, opened):
    session = opened("def main(a): return 1")
    session._zygote().close()

    assert session.call("main", None).value == 1
