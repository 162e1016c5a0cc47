"""A file of its own for every test, and owners on it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `writers`

from plugwright.database import Database
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.schema import MIGRATIONS


class Clock:
    """A clock that a test turns by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "memory.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path, migrations=MIGRATIONS)
    yield database
    database.close()


@pytest.fixture
def open_memory(database: Database, clock: Clock) -> Callable[[str], SqliteMemory]:
    return lambda owner: SqliteMemory(database, owner, clock)


@pytest.fixture
def memory(open_memory: Callable[[str], SqliteMemory]) -> SqliteMemory:
    return open_memory("agent:tutor")
