"""One sandbox for all tests: the image holds what the installed plugins offer."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from forging import forging
from takeover import Play, TakenOver

from plugwright.home import Home
from plugwright.host import Host
from plugwright.sandboxes import Guest, Outcome, Session
from plugwright_sandbox.wasm.engine import WasmSandbox

DOOR = """
import plugin

def dispatch(operation, arguments):
    if operation != "load":
        return getattr(plugin, operation)(arguments)
"""
"""Calls the function of `plugin.py` that has the operation's name."""

HOST = """
import sys

call = sys.modules["_plugwright_host"].call
Denied = sys.modules["_plugwright_host"].Denied
Refused = sys.modules["_plugwright_host"].Refused
ask = sys.modules["wit_world"].ask
shim = sys.modules["plugwright_guest"]
"""
"""The way to the host, honest (`call`) and raw (`ask`), and the shim to tamper with."""


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WasmSandbox]:
    """The `wasm` engine with the image that the command line uses, built if needed."""
    host = Host.discover(Home(tmp_path_factory.mktemp("home")))
    sandbox = WasmSandbox(host.cache, host.hooks.guest_packages())
    sandbox.prepare(lambda what, part: None)
    yield sandbox
    sandbox.close()
    host.close()


@pytest.fixture
def opened(sandbox: WasmSandbox) -> Iterator[Callable[..., Session]]:
    """Open a guest from the source of its `plugin.py`; closed after the test."""
    sessions: list[Session] = []

    def opened(source: str, **guest: Any) -> Session:
        files = {"plugin.py": textwrap.dedent(source), "door.py": DOOR, "host.py": HOST}
        guest = {"name": "guest", "dispatcher": "door:dispatch", "seed": 0} | guest
        sessions.append(sandbox.open(Guest(files=files, **guest)))
        return sessions[-1]

    yield opened
    for session in sessions:
        session.close()


@pytest.fixture
def run(opened: Callable[..., Session]) -> Callable[..., Outcome]:
    """Call `main` once in a fresh guest."""

    def run(source: str, arguments: Any = None, **guest: Any) -> Outcome:
        session = opened(source, **guest)
        assert session.loaded.failure is None
        return session.call("main", arguments)

    return run


@pytest.fixture
def taken_over() -> Iterator[Callable[[Play], TakenOver]]:
    """Make workers that play what the test wants; gone after the test."""
    workers: list[TakenOver] = []

    def taken_over(play: Play) -> TakenOver:
        workers.append(TakenOver(play))
        return workers[-1]

    yield taken_over
    for worker in workers:
        worker.close()


@pytest.fixture
def forge(opened: Callable[..., Any]) -> Callable[..., Outcome]:
    """Call a guest that forges; its neighbour in the same worker must live on."""

    def forge(answer: str, *, before: str = "", **guest: Any) -> Outcome:
        session = opened(forging(answer, before=before), **guest)
        assert session.loaded.failure is None
        outcome = session.call("main", None)
        assert session._worker.alive
        assert opened("def main(n): return n").call("main", 1).value == 1
        return outcome

    return forge
