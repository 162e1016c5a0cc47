"""The dialect by itself, in this process; and the whole engine, in locked ones."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from plugwright.sandboxes import Guest, Outcome, Session
from plugwright_sandbox.restricted import guards
from plugwright_sandbox.restricted.engine import RestrictedSandbox
from plugwright_sandbox.restricted.language import compile_guarded
from plugwright_sandbox.restricted.loading import Library
from plugwright_sandbox.restricted.rules import RefusedCode
from plugwright_sdk.hostplugin import guest_packages

DOOR = """
import plugin

def dispatch(operation, arguments):
    if operation != "load":
        return getattr(plugin, operation)(arguments)
"""
"""Calls the function of `plugin.py` that has the operation's name."""
NAME = "guarded_plugin"


@pytest.fixture(scope="session")
def library() -> Library:
    """What a plugin may import, with the facades of the SDK."""
    return Library(["plugwright_sdk"])


@pytest.fixture
def refused(library: Library) -> Callable[[str], str]:
    """Say why a source text is refused: each line, rule and message; or nothing."""

    def refused(source: str) -> str:
        text = textwrap.dedent(source)
        try:
            compile_guarded(text, f"{NAME}.py", offers=library.offers, own=[NAME])
        except RefusedCode as error:
            return "\n".join(f"{found.line}: {found}" for found in error.refusals)
        return ""

    return refused


@pytest.fixture
def run(library: Library) -> Iterator[Callable[[str], Any]]:
    """Run a source text in this process, behind the filter alone; gives `main()`."""

    def guarded_import(name: str, *rest: Any) -> Any:
        fromlist = rest[2]
        if type(fromlist) is list:
            return None
        found = name if fromlist else name.partition(".")[0]
        return library.facades[found]

    def run(source: str) -> Any:
        text = textwrap.dedent(source)
        code = compile_guarded(
            text,
            f"{NAME}.py",
            offers=library.offers,
            own=[NAME],
            leading=library.leading,
        )
        module = sys.modules[NAME] = ModuleType(NAME)
        scope = vars(module)
        scope["__builtins__"] = {**library.builtins, "__import__": guarded_import}
        exec(code, scope)
        return scope["main"]()

    guards.belongs([NAME], ())
    yield run
    sys.modules.pop(NAME, None)


@pytest.fixture
def value(run: Callable[[str], Any]) -> Callable[[str], Any]:
    """Run statements as the body of `main`."""

    def value(body: str) -> Any:
        return run("def main():\n" + textwrap.indent(textwrap.dedent(body), "    "))

    return value


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RestrictedSandbox]:
    """The engine, or a skip that names the wall that this machine lacks."""
    sandbox = RestrictedSandbox(guest_packages())
    missing = [wall.name for wall in sandbox.walls() if not wall.holds]
    if missing:
        pytest.skip(f"missing here: {', '.join(missing)}")
    yield sandbox
    sandbox.close()


@pytest.fixture
def opened(sandbox: RestrictedSandbox) -> Iterator[Callable[..., Session]]:
    """Open a guest from the source of its `plugin.py`; closed after the test."""
    sessions: list[Session] = []

    def opened(source: str, **guest: Any) -> Session:
        files = {"plugin.py": textwrap.dedent(source), "door.py": DOOR}
        files |= guest.pop("files", {})
        guest = {"name": "guest", "dispatcher": "door:dispatch", "seed": 0} | guest
        sessions.append(sandbox.open(Guest(files=files, **guest)))
        return sessions[-1]

    yield opened
    for session in sessions:
        session.close()


@pytest.fixture
def call(opened: Callable[..., Session]) -> Callable[..., Outcome]:
    """Call `main` once, in the engine."""

    def call(source: str, arguments: Any = None, **guest: Any) -> Outcome:
        session = opened(source, **guest)
        assert session.loaded.failure is None
        return session.call("main", arguments)

    return call
