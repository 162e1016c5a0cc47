"""The one SQLite file that holds the records, and how it is opened."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plugwright.errors import HostError, PlugwrightError, UsageError
from plugwright.home import naming

_FIRST = """
CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    plugin TEXT NOT NULL,
    bundle TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER ledger_keeps_what_it_has BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_loses_nothing BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER ledger_grows_at_its_end BEFORE INSERT ON ledger
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;

INSERT INTO head VALUES (1, 0, '');

CREATE TABLE lives (
    bundle TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL,
    since TEXT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    report TEXT NOT NULL DEFAULT '',
    passed INTEGER NOT NULL DEFAULT 0,
    stops INTEGER NOT NULL DEFAULT 0,
    activated INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX lives_by_plugin ON lives (plugin);

CREATE UNIQUE INDEX one_active_bundle_per_plugin ON lives (plugin)
WHERE state = 'active';

CREATE TABLE approvals (
    bundle TEXT PRIMARY KEY REFERENCES lives (bundle),
    permissions TEXT NOT NULL,
    quota TEXT NOT NULL,
    by TEXT NOT NULL,
    at TEXT NOT NULL,
    report TEXT NOT NULL
) STRICT;

-- `bytes` stands before `value`, so that adding up reads no value.
CREATE TABLE storage (
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (plugin, key)
) STRICT, WITHOUT ROWID;
"""

_SECOND = """
-- What each plugin used, by hours since 1970 (UTC). `held_*` is what a call that runs
-- now may still use; it counts as used unless the call comes to its end.
CREATE TABLE usage (
    plugin TEXT NOT NULL,
    hour INTEGER NOT NULL,
    calls INTEGER NOT NULL DEFAULT 0,
    loads INTEGER NOT NULL DEFAULT 0,
    stops INTEGER NOT NULL DEFAULT 0,
    fuel INTEGER NOT NULL DEFAULT 0,
    cpu_seconds REAL NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    host_seconds REAL NOT NULL DEFAULT 0,
    memory INTEGER NOT NULL DEFAULT 0,
    output INTEGER NOT NULL DEFAULT 0,
    writes INTEGER NOT NULL DEFAULT 0,
    host_calls INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0,
    held_fuel INTEGER NOT NULL DEFAULT 0,
    held_seconds REAL NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (plugin, hour)
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS = (_FIRST, _SECOND)
"""Each brings the file one version up, a statement per paragraph; none ever changes."""

_SETTINGS = """
PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
"""

_DAMAGED = (
    "it is damaged",
    "move it away and restore a copy; without one Plugwright starts afresh",
)
_FORBIDDEN = (
    "it cannot be opened and written",
    "check its permissions and its disk, or set PLUGWRIGHT_HOME to another folder",
)
_REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space, then try again"),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_IOERR: ("the disk failed", "check the disk and how full it is"),
    sqlite3.SQLITE_BUSY: (
        "another program is holding it",
        "close what has this file open, then try again",
    ),
}


class Database:
    """One file, opened when first needed. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._jotter: sqlite3.Connection | None = None
        self._turn = threading.RLock()

    def read(self, question: str, values: Sequence[Any] = ()) -> list[Any]:
        """Answer one SELECT. Where there is no file yet there are no rows."""
        with self._turn:
            if self._connection is None and not self.path.exists():
                return []
            with self._explaining():
                return self._open().execute(question, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do everything in the block, or nothing; done means that the disk has it."""
        with self._turn, self._explaining():
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                # A full disk may have rolled back already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def jot(
        self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[Any]:
        """Write without waiting for the disk, and give what the statement returns.

        It survives the end of this process, however it ends. When the machine loses
        power, the last seconds may be lost. Not for use inside a transaction.
        """
        with self._turn:
            try:
                return self._open_jotter().execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise self._trouble(error) from error

    def close(self) -> None:
        """Let go of the file; it is opened again when needed."""
        with self._turn:
            for connection in (self._connection, self._jotter):
                if connection is not None:
                    connection.close()
            self._connection = self._jotter = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            with naming(self.path.parent):
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Sessions live on threads of their own; `_turn` lets one at a time in.
            connection = sqlite3.connect(
                self.path, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _open_jotter(self) -> sqlite3.Connection:
        if self._jotter is None:
            self._open()  # which makes the file what it has to be
            # A connection of its own: to change this setting twice for every call
            # would take longer than what is written.
            self._jotter = sqlite3.connect(
                self.path, isolation_level=None, check_same_thread=False
            )
            self._jotter.executescript(_SETTINGS + "PRAGMA synchronous = NORMAL;")
        return self._jotter

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # A damaged byte must reach the ledger's check, not fail on the way to it.
        connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
        connection.executescript(_SETTINGS)
        if self._version(connection) == len(MIGRATIONS):
            return
        connection.execute("BEGIN IMMEDIATE")
        # Asked again: another process may have brought it up to date meanwhile.
        for migration in MIGRATIONS[self._version(connection) :]:
            for statement in migration.split("\n\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")

    def _version(self, connection: sqlite3.Connection) -> int:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise UsageError(
                f"`{self.path}` was written by a newer Plugwright (its version is "
                f"{version}, this one knows {len(MIGRATIONS)})",
                remedy="upgrade plugwright-core, or set PLUGWRIGHT_HOME to another "
                "folder",
            )
        return version

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _trouble(self, error: sqlite3.Error) -> PlugwrightError:
        # The low byte is the kind of failure, the rest says where it came from.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        reason, remedy = _REASONS.get(
            code, (str(error), "please report it, with what you did")
        )
        return HostError(f"cannot use `{self.path}`: {reason}", remedy=remedy)
