"""Zygotes and workers for the tests of the walls; `prisoner.py` runs in them."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("the walls are Linux only", allow_module_level=True)

import prisoner

from plugwright_sandbox.cell.walls import NAMES
from plugwright_sandbox.cell.zygote import Process, Zygote

PATH = [str(Path(__file__).parent), *sys.path]


def prison(**wishes: Any) -> Zygote:
    """A zygote whose workers run whatever source text they are sent."""
    return Zygote("prisoner:preload", json.dumps(wishes), search_path=PATH)


def ask(process: Process, source: str) -> Any:
    """Let a worker run source text; its answer, or `{"error": …, "errno": …}`."""
    process.ready()
    prisoner.send(process.socket, textwrap.dedent(source))
    process.socket.settimeout(60)
    text = prisoner.receive(process.socket)
    if not text:
        raise EOFError("the worker has ended")
    told = json.loads(text)
    return told.get("answer", told)


def end_of(process: Process, source: str) -> int:
    """Let a worker run what ends it; a signal's number comes back negative."""
    with suppress(EOFError, ConnectionError):
        pytest.fail(f"it goes on, and says {ask(process, source)}")
    process.close()
    assert process.ended is not None
    return process.ended.status


def needs(process: Process, *names: str) -> None:
    """Skip the test, and say why, where a wall cannot be had."""
    assert set(names) <= set(NAMES)
    for wall in process.ready():
        if wall.name in names and not wall.holds:
            pytest.skip(f"{wall.name}: {wall.detail}")


def children(pid: int) -> dict[int, str]:
    """The state of every child of a process: `Z` is one that nobody reaped."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = Path(f"/proc/{name}/stat").read_text()
        except OSError:  # it has just ended
            continue
        state, parent = stat.rpartition(")")[2].split()[:2]
        if int(parent) == pid:
            found[int(name)] = state
    return found


def descriptors() -> int:
    """How many descriptors this process has."""
    return len(os.listdir("/proc/self/fd"))
