"""Only a sandbox: five lines, source text in, an outcome out."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import plugwright_sandbox
from plugwright.errors import UsageError
from plugwright_sandbox import Kind, Quota, Sandbox

COUNTER = """
state = {"count": 0}

def more(by=1):
    state["count"] += by
    return state["count"]
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.wasm() as sandbox:
        yield sandbox


def test_a_function_is_called_by_position_or_by_name(sandbox: Sandbox) -> None:
    source = "def power(base, exponent=2): return base ** exponent"

    assert sandbox.run(source, "power", [3]).value == 9
    assert sandbox.run(source, "power", {"base": 2, "exponent": 10}).value == 1024


def test_each_run_starts_anew_and_an_open_program_goes_on(sandbox: Sandbox) -> None:
    assert [sandbox.run(COUNTER, "more").value for _ in range(2)] == [1, 1]
    with sandbox.open(COUNTER) as program:
        assert [program.call("more", [2]).value for _ in range(3)] == [2, 4, 6]
    assert program.call("more").failure is not None


@pytest.mark.parametrize("name", ["other", "_hidden", "constant", ""])
def test_what_is_no_function_of_the_source_is_told(sandbox: Sandbox, name: str) -> None:
    source = "constant = 1\ndef _hidden(): pass\ndef shown(): pass\n"
    failure = sandbox.run(source, name).failure
    assert failure is not None
    assert (failure.kind, failure.type) == (Kind.INPUT, "UnknownFunction")
    assert f"`{name}`" in failure.message


def test_source_that_does_not_load_says_where(sandbox: Sandbox) -> None:
    failure = sandbox.run("x = 1\ndef f(:\n", "f").failure
    assert failure is not None
    assert (failure.kind, failure.where) == (Kind.LOAD, "plugin.py:2")


def test_a_quota_holds_and_says_how_much(sandbox: Sandbox) -> None:
    outcome = sandbox.run(
        "def f():\n    while True: pass", "f", quota=Quota(fuel=10_000_000)
    )
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.type) == (Kind.STOPPED, "fuel")
    assert outcome.failure.message == (
        "used 10000000 of 10000000; "
        "for more, pass `quota=Quota(fuel=…)` to `run` or `open`"
    )


@pytest.mark.parametrize(
    ("source", "kind"),
    [("1 / 0", Kind.LOAD), ("while True: pass", Kind.STOPPED)],
)
def test_source_that_does_not_load_tells_what_it_used(
    sandbox: Sandbox, source: str, kind: Kind
) -> None:
    outcome = sandbox.run(source, "f", quota=Quota(load_fuel=10_000_000))

    assert outcome.failure is not None
    assert outcome.failure.kind is kind
    assert ("Quota(load_fuel=…)" in outcome.failure.message) is (kind is Kind.STOPPED)
    assert 0 < outcome.usage.fuel <= 10_000_000
    assert (outcome.usage.memory > 0) is (kind is Kind.LOAD)  # by the guest's word


def test_what_cannot_be_imported_is_told_with_what_can(sandbox: Sandbox) -> None:
    failures = [
        sandbox.run(f"import {name}", "f").failure
        for name in ("requests", "_plugwright_host")
    ]

    assert [failure and failure.message for failure in failures] == [
        "`requests` is not in the sandbox; what can be imported are its own files, and "
        "a part of the standard library",
        "`_plugwright_host` is not for import; "
        "ask `sys.modules['_plugwright_host'].call`",
    ]


def test_services_are_all_that_it_can_ask(sandbox: Sandbox) -> None:
    source = (
        "import sys\n"
        "ask = sys.modules['_plugwright_host'].call\n"
        "def f(service): return ask(service, {'by': 1})\n"
    )
    services = {"up": lambda arguments: arguments["by"] + 1}

    assert sandbox.run(source, "f", ["up"], services=services).value == 2
    outcome = sandbox.run(source, "f", ["down"], services=services)
    assert outcome.denied == ("down",)


def test_the_same_seed_and_clock_give_the_same_answer_and_fuel(
    sandbox: Sandbox,
) -> None:
    source = (
        "import random, datetime\n"
        "def f(): return [random.random(), str(datetime.datetime.now())]\n"
    )

    def outcome(seed: int) -> tuple[Any, int]:
        found = sandbox.run(source, "f", seed=seed, clock=0.0)
        return found.value, found.usage.fuel

    assert outcome(1) == outcome(1)
    assert outcome(1)[0] != outcome(2)[0]


def test_it_can_be_awaited_many_at_a_time(sandbox: Sandbox) -> None:
    async def all_at_once() -> list[Any]:
        source = "def double(n): return 2 * n"
        runs = [sandbox.run_async(source, "double", [n]) for n in range(6)]
        return [outcome.value for outcome in await asyncio.gather(*runs)]

    assert asyncio.run(all_at_once()) == [0, 2, 4, 6, 8, 10]


def test_it_can_be_used_from_several_threads(sandbox: Sandbox) -> None:
    found: list[Any] = []

    def use(n: int) -> None:
        found.append(sandbox.run("def double(n): return 2 * n", "double", [n]).value)

    threads = [threading.Thread(target=use, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 2, 4, 6, 8]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_who_forgets_to_close_it_leaves_no_process() -> None:
    def children() -> set[str]:
        task = Path(f"/proc/self/task/{os.getpid()}/children")
        return set(task.read_text().split())

    before = children()
    forgotten = Sandbox.wasm()
    assert forgotten.run("def f(): return 1", "f").value == 1
    assert children() - before
    del forgotten
    gc.collect()
    assert not children() - before


@pytest.mark.skipif(sys.platform != "linux", reason="needs every wall")
def test_native_speed_is_one_word_away() -> None:
    with Sandbox.restricted() as sandbox:
        outcome = sandbox.run("def double(n): return 2 * n", "double", [21])
        assert (outcome.value, outcome.usage.fuel) == (42, 0)
        refused = sandbox.run("import os\ndef f(): return os.name", "f").failure
        assert refused is not None
        assert (refused.type, refused.where) == ("RefusedCode", "plugin.py:1")


@pytest.mark.skipif(sys.platform != "linux", reason="needs every wall")
def test_several_refusals_are_a_line_each_with_its_place() -> None:
    with Sandbox.restricted() as sandbox:
        failure = sandbox.run("import os\nx = ().__class__\n", "f").failure

    assert failure is not None
    lines = failure.message.splitlines()
    assert [line.partition(": rule ")[0] for line in lines] == [
        "plugin.py:1",
        "plugin.py:2",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="needs every wall")
def test_services_that_nobody_could_ask_are_refused() -> None:
    with (
        Sandbox.restricted() as sandbox,
        pytest.raises(UsageError, match="no way to ask") as refused,
    ):
        sandbox.open("", services={"up": lambda arguments: 1})

    assert "Sandbox.wasm()" in refused.value.remedy


def test_guests_opened_at_once_do_not_share_a_worker() -> None:
    source = "def f():\n    return sum(range(300_000))\n"
    with Sandbox.wasm() as sandbox:
        opened: list[Any] = []
        ready = threading.Barrier(3)

        def use() -> None:
            ready.wait()
            opened.append(sandbox.open(source))

        threads = [threading.Thread(target=use) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        workers = {id(program._session._worker) for program in opened}
        assert len(workers) > 1
        assert [program.call("f").failure for program in opened] == [None] * 3


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"clock": "now"}, '"host"'),
        ({"clock": float("nan")}, '"host"'),
        ({"clock": True}, '"host"'),
        ({"seed": "x"}, "a whole number"),
        ({"source": None}, "text"),
    ],
)
def test_what_the_caller_gets_wrong_is_told_with_what_would_be_right(
    sandbox: Sandbox, wrong: dict[str, Any], right: str
) -> None:
    given = {"source": "def f(): return 1", **wrong}
    with pytest.raises(UsageError, match=f"`{next(iter(wrong))}` cannot be") as told:
        sandbox.run(call="f", **given)
    assert right in told.value.remedy


def test_an_open_program_holds_its_sandbox() -> None:
    with Sandbox.wasm().open("def f(): return 1") as program:
        gc.collect()
        assert program.call("f").value == 1


def test_the_five_lines_work_in_a_program_of_their_own() -> None:
    lines = sys.modules[Sandbox.__module__].__doc__ or ""
    program = "\n".join(
        line.removeprefix("    ") for line in lines.splitlines() if line[:4] == "    "
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("42\n", "")


def test_what_is_named_can_be_imported_and_nothing_heavy_comes_with_it() -> None:
    for name in plugwright_sandbox.__all__:
        assert getattr(plugwright_sandbox, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute `other`"):
        plugwright_sandbox.other  # noqa: B018
    code = (
        "import sys, plugwright_sandbox\n"
        "print([n for n in ('wasmtime', 'pydantic', 'pluggy') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_closed_sandbox_starts_no_workers_that_nobody_would_end() -> None:
    sandbox = Sandbox.wasm()
    sandbox.close()

    for what in (lambda: sandbox.run(COUNTER, "more"), sandbox.walls):
        with pytest.raises(UsageError, match="has been closed"):
            what()
