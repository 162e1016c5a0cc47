"""A guest whose files were compiled before is the one that its source would make."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Session
from plugwright_sandbox.wasm.compiling import KEPT, LARGEST, LONG, Compiler
from plugwright_sandbox.wasm.engine import WasmSandbox
from plugwright_sandbox.wasm.instance import Instance, Limits
from plugwright_sandbox.wasm.runtime import Runtime
from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.conversation import TOLD_TO_GUESTS, limits

LONGER = "".join(f"def spare_{n}(a): return [a, {n}, 'kept']\n" for n in range(200))
"""So much that it is worth compiling once."""
SOURCE = f"""
def main(n): return [n, spare_7(n)]
def fails(n): return 1 / n
def names(_): return [main.__code__.co_filename, main.__qualname__, __file__]
{LONGER}"""
ALLOWED = Limits(**limits(Quota(), loading=True))  # type: ignore[arg-type]

Opened = Callable[..., Session]


@pytest.fixture(scope="module")
def runtime(sandbox: WasmSandbox) -> Runtime:
    return Runtime(sandbox._image.path)


class Watching:
    """A compiler, and how often it had something compiled."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.compiler = Compiler(runtime)
        self.instance: Instance | None = None

    def load(
        self, source: str, allowed: Limits = ALLOWED, files: Any = None, ask: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Load a guest, and give what the worker tells of it, and what it says."""
        text = frames.dump(
            {
                "step": "load",
                "files": files or {"plugin.py": textwrap.dedent(source)},
                "packages": [],
                "dispatcher": "plain_door:dispatch",
                "arguments": None,
                "limits": {name: getattr(Quota(), name) for name in TOLD_TO_GUESTS},
            }
        )
        self.instance = Instance(
            self._runtime, limits=allowed, clock=None, seed=7, ask=ask or _nobody
        )
        told, said = self.compiler.load(self.instance, text, allowed)
        return told, json.loads(said) if said else {}

    @property
    def kept(self) -> list[bool]:
        """Whether each set of files that it knows is compiled."""
        return [bool(each.codes) for each in self.compiler._known.values()]


@pytest.fixture
def watching(runtime: Runtime) -> Watching:
    return Watching(runtime)


def _nobody(question: str) -> str:
    raise AssertionError(question)


def test_it_answers_fails_and_is_named_as_its_source_says(opened: Opened) -> None:
    for _ in range(3):
        session = opened(SOURCE)
        assert session.call("main", 2).value == [2, [2, 7, "kept"]]
        assert session.call("names", None).value == ["plugin.py", "main", "plugin.py"]
        failure = session.call("fails", 0).failure
        assert failure is not None
        assert (failure.type, failure.where) == ("ZeroDivisionError", "plugin.py:3")


def test_fuel_and_bytes_are_the_same_whether_it_is_compiled_or_was(
    runtime: Runtime, watching: Watching
) -> None:
    found = [watching.load(SOURCE)[0]["usage"] for _ in range(3)]
    found.append(Watching(runtime).load(SOURCE)[0]["usage"])

    assert watching.kept == [True]
    assert len({used[0] for used in found}) == 1
    assert len({used[4] for used in found}) == 1
    assert found[0][4] < len(SOURCE) * 1.2  # not what the worker gave to its guest


def test_what_it_took_to_compile_is_counted_for_who_did_not_have_to_wait_for_it(
    watching: Watching,
) -> None:
    (first, _), (second, _) = watching.load(SOURCE), watching.load(SOURCE)
    assert watching.instance is not None

    compiling = watching.compiler._known.popitem()[1].fuel

    assert 0 < compiling < second["usage"][0]
    assert second["usage"][6] < first["usage"][6]


def test_nothing_of_it_runs_while_it_is_compiled(watching: Watching) -> None:
    asked = []
    source = f"""
import sys
print("hello")
sys.modules["_plugwright_host"].call("name", {{}})
{LONGER}"""

    def ask(question: str) -> str:
        asked.append(question)
        return '{"value":1}'

    for count in (1, 2):
        told, said = watching.load(source, ask=ask)
        assert len(asked) == told["usage"][2] * count == count
        assert said["output"] == "hello\n"
    assert watching.kept == [True]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("def broken(:", "SyntaxError"),
        ("x = 1 is 1", "SyntaxWarning"),
        ("\x00", "SyntaxError"),
    ],
)
def test_what_compiling_says_is_said_at_each_load(
    watching: Watching, line: str, told: str
) -> None:
    found = [watching.load(f"{LONGER}\n{line}\n") for _ in range(2)]

    assert watching.kept == [False]
    assert told in json.dumps(found[0][1])
    assert found[0][1] == found[1][1]
    assert found[0][0]["usage"][0] == found[1][0]["usage"][0]


def test_a_file_that_is_never_imported_may_be_broken(watching: Watching) -> None:
    files = {"plugin.py": SOURCE, "notes.py": "no python", "data.json": "{"}

    assert "value" in watching.load("", files=files)[1]
    assert watching.kept == [False]


def test_data_beside_the_source_is_left_alone(watching: Watching) -> None:
    files = {"plugin.py": SOURCE, "data.json": "{"}

    assert "value" in watching.load("", files=files)[1]
    assert watching.kept == [True]


@pytest.mark.parametrize("part", [0.01, 0.1, 0.5, 0.9, 0.999])
def test_whoever_may_use_little_is_held_to_that_whether_it_is_known_or_not(
    watching: Watching, part: float
) -> None:
    needed = watching.load(SOURCE)[0]["usage"][0]
    less = replace(ALLOWED, fuel=int(needed * part))

    known, _ = watching.load(SOURCE, less)
    watching.compiler._known.clear()
    unknown, _ = watching.load(SOURCE, less)

    assert known["usage"][0] == unknown["usage"][0] <= less.fuel
    assert known.get("stopped") == unknown.get("stopped")
    # Near to what it needs, it may do with less: compiled where it is loaded.
    assert known.get("stopped", ["fuel", less.fuel]) == ["fuel", less.fuel]
    assert ("stopped" in known) or part >= 0.8


def test_compiling_for_too_long_ends_in_the_time_of_a_load(opened: Opened) -> None:
    quota = replace(Quota(), load_seconds=0.02, load_fuel=1 << 50)
    source = "".join(f"def f{n}(a): return [a, {n}]\n" for n in range(3_000))

    loaded = opened(source, quota=quota).loaded

    assert loaded.failure is not None
    assert loaded.failure.type == "load_seconds"
    assert "0.02" in loaded.failure.message
    assert loaded.usage.seconds < 0.5


def test_what_is_short_is_compiled_where_it_is_loaded(watching: Watching) -> None:
    assert "value" in watching.load("x = 1")[1]
    assert watching.kept == []
    assert LONG < LARGEST


def test_only_the_last_few_are_kept(watching: Watching) -> None:
    for n in range(KEPT + 2):
        watching.load(f"{SOURCE}\nn = {n}")
    assert watching.kept == [True] * KEPT

    watching.load(f"{SOURCE}\nn = 2")
    assert f"n = {KEPT + 1}" in [*watching.compiler._known][-2]


def test_a_guest_is_limited_in_memory_as_it_was(opened: Opened) -> None:
    source = f"kept = bytearray(100 << 20)\n{LONGER}"
    for _ in range(2):
        session = opened(source, quota=replace(Quota(), memory=80 << 20))
        failure = session.loaded.failure
        assert failure is not None
        assert failure.type in ("memory", "MemoryError")
