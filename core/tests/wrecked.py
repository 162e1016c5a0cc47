"""A file of records as a home has it after a while, and ways to damage it."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.ledger import Entry, Kind, Ledger
from plugwright.salvage import Salvaged, salvage

PAGE = 4096
LEAF = 10
"""How a page begins that holds rows by their keys, and no more pages."""
PLUGINS = ("planner", "reader", "writer")
NOTES = 2000
EVERYTHING = """
SELECT max(hash) FROM ledger UNION ALL SELECT max(hash) FROM head
UNION ALL SELECT max(why) FROM lives UNION ALL SELECT max(at) FROM approvals
UNION ALL SELECT max(value) FROM storage UNION ALL SELECT max(told) FROM usage
"""
ROWS = 3 * len(PLUGINS) + NOTES


def bundle_of(plugin: str) -> str:
    return plugin[0] * 64


def fill(path: Path) -> None:
    """Write what a home has after a while, in the order in which it comes to be."""
    chance = random.Random(1)
    with closing(Database(path)) as database:
        ledger = Ledger(database)
        for plugin in PLUGINS:
            settle(database, ledger, plugin)
        for first in range(0, NOTES, 100):
            ledger.extend(
                Entry(
                    kind=Kind.DENIED,
                    plugin=PLUGINS[number % 3],
                    bundle=bundle_of(PLUGINS[number % 3]),
                    detail={"n": number, "what": "x" * chance.randrange(300)},
                )
                for number in range(first, first + 100)
            )
            with database.transaction() as connection:
                for plugin in PLUGINS:
                    connection.execute(
                        "INSERT INTO storage VALUES (?, ?, 900, ?)",
                        (plugin, f"key {first:05}", "v" * 900),
                    )
                    connection.execute(
                        "INSERT INTO usage (plugin, hour) VALUES (?, ?)",
                        (plugin, first),
                    )


def settle(database: Database, ledger: Ledger, plugin: str) -> None:
    """Let a plugin be approved and active, as far as the records are concerned."""
    about = {"plugin": plugin, "bundle": bundle_of(plugin)}
    with database.transaction() as connection:
        columns = connection.execute("PRAGMA table_info(approvals)").fetchall()
        approval = {name: f"any {name}" for _, name, *_ in columns}
        approval |= {"bundle": bundle_of(plugin), "by": "a person"}
        ledger.append(connection, Kind.FORGED, **about)
        ledger.append(connection, Kind.APPROVED, **about, detail=approval)
        active = ledger.append(connection, Kind.ACTIVE, **about)
        connection.execute(
            "INSERT INTO lives (bundle, plugin, version, state, since, activated)"
            " VALUES (?, ?, '1.0', 'active', 'today', ?)",
            (bundle_of(plugin), plugin, active.seq),
        )
        connection.execute(
            "INSERT INTO approvals VALUES (?, ?, ?, ?, ?, ?)", (*approval.values(),)
        )


@cache
def filled() -> bytes:
    """Give the content of a file as it is after a while."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plugwright.db"
        fill(path)
        return path.read_bytes()


def rescue(path: Path) -> Salvaged:
    """Salvage a file; whatever it was, what comes out has to be whole."""
    before = path.read_bytes()
    with closing(Database(path)) as database, pytest.raises(HostError, match="damaged"):
        database.read(EVERYTHING)
    return mend(path, before)


def mend(path: Path, before: bytes) -> Salvaged:
    done = salvage(path)
    assert done is not None
    assert done.aside.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == [
        path.name,
        done.aside.name,
    ]
    with closing(Database(path)) as database:
        assert Ledger(database).verify() is None
        assert database.read("PRAGMA integrity_check") == [("ok",)]
        assert database.read("PRAGMA foreign_key_check") == []
    assert salvage(path) is None
    return done


def kept(done: Salvaged) -> tuple[int, ...]:
    return tuple(done.kept[name] for name in ("lives", "approvals", "storage", "usage"))


def told(path: Path) -> list:
    """Give the rows of kind `salvaged`, the oldest first."""
    with closing(Database(path)) as database:
        rows = Ledger(database).rows()[::-1]
    return [row for row in rows if row.kind == Kind.SALVAGED]


def page_of(path: Path, name: str) -> int:
    """Find where a table or an index begins, counted from zero."""
    with closing(sqlite3.connect(path)) as connection:
        [(page,)] = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        )
    return page - 1


def overwrite(path: Path, page: int, content: bytes = b"\xa5" * PAGE) -> None:
    raw = bytearray(path.read_bytes())
    raw[page * PAGE : (page + 1) * PAGE] = content
    path.write_bytes(raw)


def page_with(path: Path, text: bytes) -> int:
    return path.read_bytes().index(text) // PAGE


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        triggers = [(name, sql) for name, sql in found if "TRIGGER" in (sql or "")]
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
