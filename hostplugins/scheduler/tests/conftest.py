"""Schedulers for the tests, on a file of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `workshop`
sys.path.append(str(Path(__file__).parents[3] / "core" / "tests"))  # for `doubles`

from workshop import LONG, Clock, Work

from plugwright.scheduling import Job, Priority
from plugwright_scheduler.local import Local
from plugwright_scheduler.settings import Settings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def open_local(path: Path, work: Work, clock: Clock) -> Iterator[Callable[..., Local]]:
    """Open schedulers one after the other on one file, as processes would."""
    opened: list[Local] = []

    def open(**settings: Any) -> Local:
        local = Local(path, work, Settings(**settings), clock, Random(1), clock.steady)
        opened.append(local)
        return local

    yield open
    work.let_go.set()
    for local in opened:
        local.close()


@pytest.fixture
def local(open_local: Callable[..., Local]) -> Local:
    return open_local()


@pytest.fixture
def job() -> Callable[..., Job]:
    def make(name: str | None = None, **about: Any) -> Job:
        given = {} if name is None else {"name": name}
        return Job(
            **{"plugin": "tutor", "command": "note", "arguments": given, **about}
        )

    return make


@pytest.fixture
def work_off() -> Callable[[Local], None]:
    """Do all that is due now, in as many steps as it takes."""

    def work_off(local: Local) -> None:
        while True:
            local.dispatcher.step()
            for each in local.dispatcher.running():
                each.join(LONG)
            if not any(
                local.store.due(priority, local._now()) for priority in Priority
            ):
                return

    return work_off
