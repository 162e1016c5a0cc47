"""The one SQLite file that holds the records, and how it is opened."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from plugwright.errors import HostError, UsageError
from plugwright.machine import HOME, database_trouble, naming

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

_THIRD = """
-- What became of host plugins. `version` is the one that the rest is about, except for
-- `disabled`, which a person said of the name.
CREATE TABLE host_plugins (
    name TEXT PRIMARY KEY,
    distribution TEXT NOT NULL,
    version TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    problem TEXT NOT NULL,
    remedy TEXT NOT NULL,
    hooks TEXT NOT NULL,
    import_ms REAL NOT NULL,
    calls INTEGER NOT NULL,
    failures INTEGER NOT NULL
) STRICT;
"""

_FOURTH = """
-- What was approved before rests on less evidence, and on no signature: it is void.
DROP TABLE approvals;

CREATE TABLE approvals (
    bundle TEXT PRIMARY KEY REFERENCES lives (bundle),
    evidence TEXT NOT NULL,
    by TEXT NOT NULL,
    at TEXT NOT NULL,
    key TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
"""

_FIFTH = """
-- The ledger row of its last change: a clock may go back, the ledger does not.
ALTER TABLE lives ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;

UPDATE lives SET moved = (
    SELECT coalesce(max(seq), 0) FROM ledger
    WHERE ledger.bundle = lives.bundle AND kind NOT IN ('denied', 'stopped')
);
"""

MIGRATIONS = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH)
"""Each brings the file one version up, a statement per paragraph; none ever changes."""

_SETTINGS = """
PRAGMA busy_timeout = 10000;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
"""

_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_DAMAGES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# A table is asked for after a migration has made it, and made once. SQLite has no
# number for what it says of a file where that is not so.
_SAID_OF_DAMAGE = ("no such table", "table ledger already", "unsupported file format")

Values: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""For the marks in a statement, in their order or by their names."""

_SALVAGE = "`plugwright ledger salvage` keeps what can be read"


class Damaged(HostError):
    """The file is not as SQLite wrote it."""


TROUBLE = (sqlite3.Error, UnicodeDecodeError)
"""What Python raises; the latter where a message of SQLite repeats garbage."""


def is_damage(error: Exception) -> bool:
    """Tell whether the file is at fault, and not who asks or the machine."""
    return (
        isinstance(error, UnicodeDecodeError)
        or _kind(error) in _DAMAGES
        or str(error).startswith(_SAID_OF_DAMAGE)
    )


def newer(path: Path, version: int, known: int = len(MIGRATIONS)) -> UsageError:
    """Say that a file is of a version that only a later Plugwright knows."""
    return UsageError(
        f"`{path}` was written by a newer Plugwright (its version is {version}, this "
        f"one knows {known})",
        remedy=f"upgrade plugwright-core, or set {HOME} to another folder",
    )


def _kind(error: Exception) -> int:
    # The low byte is the kind of failure, the rest says where it came from.
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _raw(values: Values) -> Values:
    """Give each text as the bytes that it was read from."""
    if isinstance(values, Mapping):
        return dict(zip(values, _raw([*values.values()]), strict=True))
    return [
        value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
        for value in values
    ]


def log_ahead(connection: sqlite3.Connection) -> None:
    """Write ahead to a log from now on; the file remembers it."""
    until = time.monotonic() + 10
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if _kind(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.05)  # SQLite does not wait for one who does the same


class Database:
    """One file, opened when first needed. May be used from several threads.

    Where the file cannot be written it can still be read.
    """

    def __init__(
        self,
        path: Path,
        *,
        migrations: Sequence[str] = MIGRATIONS,
        without_copy: str = _SALVAGE,
    ) -> None:
        self.path = path
        self._migrations = migrations
        self._without_copy = without_copy
        self._connection: sqlite3.Connection | None = None
        self._jotter: sqlite3.Connection | None = None
        self._turn = threading.RLock()

    def read(self, question: str, values: Values = ()) -> list[Any]:
        """Answer one SELECT. Where there is no file yet there are no rows."""
        with self._turn:
            if self._connection is None and not self.path.exists():
                return []
            with self._explaining():
                connection = self._open()
                try:
                    return connection.execute(question, values).fetchall()
                except UnicodeEncodeError:
                    # From a damaged row, or typed. Bytes are equal to no text.
                    return connection.execute(question, _raw(values)).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """See the file as of one moment, row by row, while others go on writing."""
        with self._explaining(), closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection

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

    def jot(self, statement: str, values: Values = ()) -> list[Any]:
        """Write without waiting for the disk, and give what the statement returns.

        It survives the end of this process, however it ends. When the machine loses
        power, the last seconds may be lost. Not for use inside a transaction.
        """
        with self._turn, self._explaining():
            return self._open_jotter().execute(statement, values).fetchall()

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
            self._connection = self._connect()
        return self._connection

    def _open_jotter(self) -> sqlite3.Connection:
        if self._jotter is None:
            self._open()  # which makes the file what it has to be
            # A connection of its own: to change this setting twice for every call
            # would take longer than what is written.
            jotter = self._connect()
            jotter.execute("PRAGMA synchronous = NORMAL")
            self._jotter = jotter
        return self._jotter

    def _connect(self) -> sqlite3.Connection:
        address = self.path.absolute().as_uri()
        try:
            return self._prepared(f"{address}?mode=rwc", self._make_current)
        except sqlite3.Error as error:
            if _kind(error) not in _UNWRITABLE or not self.path.is_file():
                raise
        # Whoever may not write can read. With a log of the last writes beside the file,
        # SQLite knows how; without one nobody is writing, and it has to be told so.
        log = self.path.with_name(f"{self.path.name}-wal")
        how = "mode=ro" if log.exists() else "immutable=1"
        return self._prepared(f"{address}?{how}", self._demand_current)

    def _prepared(
        self, address: str, prepare: Callable[[sqlite3.Connection], None]
    ) -> sqlite3.Connection:
        # Sessions live on threads of their own; `_turn` lets one at a time in.
        connection = sqlite3.connect(
            address, isolation_level=None, check_same_thread=False, uri=True
        )
        # A damaged byte must reach the ledger's check, not fail on the way to it.
        connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
        try:
            prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_current(self, connection: sqlite3.Connection) -> None:
        version = self._version(connection)  # first: a newer file is left as it is
        connection.executescript(_SETTINGS)
        log_ahead(connection)
        if version == len(self._migrations):
            return
        connection.execute("BEGIN IMMEDIATE")
        # Asked again: another process may have brought it up to date meanwhile.
        for migration in self._migrations[self._version(connection) :]:
            for statement in migration.split("\n\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(self._migrations)}")
        connection.execute("COMMIT")

    def _demand_current(self, connection: sqlite3.Connection) -> None:
        if self._version(connection) < len(self._migrations):
            raise HostError(
                f"`{self.path}` was written by an older Plugwright and has to be "
                "brought up to date, but it cannot be written",
                remedy=f"make it writable, or set {HOME} to a copy of its folder",
            )

    def _version(self, connection: sqlite3.Connection) -> int:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(self._migrations):
            raise newer(self.path, version, len(self._migrations))
        return version

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except TROUBLE as error:
            if isinstance(error, sqlite3.Error) and not is_damage(error):
                raise database_trouble(self.path, error) from error
            raise Damaged(
                f"cannot use `{self.path}`: it is damaged",
                remedy="move it away and restore a copy; without one, "
                f"{self._without_copy}",
            ) from error
