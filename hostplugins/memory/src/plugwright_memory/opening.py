"""One open file for each host, for as long as the host is there."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, finalize

from plugwright.database import Database
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.schema import MIGRATIONS

if TYPE_CHECKING:
    from plugwright.host import Host

FILE = "memory.db"
"""Its name, in the home folder."""

_open: WeakKeyDictionary[Host, Database] = WeakKeyDictionary()
_turn = Lock()


def database_of(host: Host) -> Database:
    """Give the host's file; it is opened when something is asked of it."""
    with _turn:
        if host not in _open:
            database = Database(
                host.home.folder / FILE,
                migrations=MIGRATIONS,
                without_copy="`plugwright memory salvage` keeps what can be read",
            )
            # A host that only looked around is never told that it stops.
            finalize(host, database.close)
            _open[host] = database
        return _open[host]


def open_memory(host: Host, owner: str) -> SqliteMemory:
    """Open what one owner keeps in the host's file."""
    return SqliteMemory(database_of(host), owner)


def opener(host: Host) -> Callable[[str], SqliteMemory]:
    """Give a function that opens what an owner keeps."""
    return lambda owner: open_memory(host, owner)


def close(host: Host) -> None:
    """Let go of the host's file, if it was used."""
    with _turn:
        if host in _open:
            _open[host].close()
