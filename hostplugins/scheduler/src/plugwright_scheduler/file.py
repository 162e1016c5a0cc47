"""The SQLite file that keeps the jobs, and how it is written.

What was promised to somebody is waited for until the disk has it: that a job was
taken in, and that it came to its end. That a job begins is written, too, so that a
killed process leaves a trace of it, but not waited for: a machine that loses power
forgets it, and then runs the job as if it had not begun, as it would anyway.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plugwright.database import TROUBLE, Damaged, is_damage
from plugwright.errors import UsageError
from plugwright.machine import database_trouble, naming

VERSION = 1

TABLE = """
CREATE TABLE jobs (
    -- Never given twice, not even after the newest ones were forgotten.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plugin TEXT NOT NULL,
    command TEXT NOT NULL,
    arguments TEXT NOT NULL,
    priority INTEGER NOT NULL,
    at REAL,
    schedule TEXT NOT NULL,
    zone TEXT NOT NULL,
    event TEXT NOT NULL,
    deadline REAL,
    retries INTEGER NOT NULL,
    key TEXT NOT NULL,
    told_as TEXT NOT NULL,
    state TEXT NOT NULL,
    -- When it may begin; 0 is at once, whatever the clock shows; NULL is never.
    due REAL,
    data TEXT NOT NULL DEFAULT 'null',
    -- What a person wants of it while it runs: `cancel`, `pause` or nothing.
    wish TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    yields INTEGER NOT NULL DEFAULT 0,
    last REAL,
    value TEXT NOT NULL DEFAULT 'null',
    why TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX jobs_that_wait ON jobs (priority, due, id) WHERE state = 'waiting';

CREATE INDEX jobs_by_plugin ON jobs (plugin) WHERE state IN ('waiting', 'paused');

CREATE INDEX jobs_that_end ON jobs (deadline)
WHERE state IN ('waiting', 'paused') AND deadline IS NOT NULL;

CREATE INDEX jobs_that_listen ON jobs (event)
WHERE event != '' AND due IS NULL AND state IN ('waiting', 'paused');

CREATE INDEX jobs_by_state ON jobs (state);

CREATE UNIQUE INDEX one_job_per_key ON jobs (key)
WHERE key != '' AND state IN ('waiting', 'running', 'paused');
"""
"""What the file is made of, a statement per paragraph."""

_NO_TEXT = "Could not decode"
"""How Python begins to say so; SQLite has no number for it."""


class JobFile:
    """One file, opened when first needed. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.RLock()
        self._sure: sqlite3.Connection | None = None
        self._quick: sqlite3.Connection | None = None
        self._version = 0

    def read(
        self, question: str, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[sqlite3.Row]:
        """Answer one SELECT. Where there is no file yet there are no rows."""
        with self._turn:
            if self._quick is None and not self.path.exists():
                return []
            with self._explaining():
                return self._open_quick().execute(question, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do everything in the block, or nothing; done means that the disk has it."""
        with self._turn, self._explaining():
            if self._sure is None:
                self._sure = self._connected("FULL")
            with _all_or_nothing(self._sure) as connection:
                yield connection

    def jot(self, statement: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Write without waiting for the disk; gives what the statement returns."""
        with self._turn, self._explaining():
            return self._open_quick().execute(statement, values).fetchall()

    def has_changed(self) -> bool:
        """Tell whether another process wrote since this was last asked."""
        found = self.read("PRAGMA data_version")
        version = found[0][0] if found else 0
        # The other connection of this process counts as another one, too, so this may
        # be true for nothing; it is never false for something.
        changed, self._version = version != self._version, version
        return bool(changed)

    def close(self) -> None:
        """Let go of the file; it is opened again when needed."""
        with self._turn:
            for connection in (self._sure, self._quick):
                if connection is not None:
                    connection.close()
            self._sure = self._quick = None

    def _open_quick(self) -> sqlite3.Connection:
        if self._quick is None:
            self._quick = self._connected("NORMAL")
        return self._quick

    def _connected(self, synchronous: str) -> sqlite3.Connection:
        with naming(self.path.parent):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            version = _version_of(connection)
            if version > VERSION:
                raise UsageError(
                    f"`{self.path}` was written by a newer plugwright-scheduler",
                    remedy="upgrade plugwright-scheduler",
                )
            connection.execute("PRAGMA busy_timeout = 5000")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            if version < VERSION:
                _make(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except TROUBLE as error:
            is_text = not str(error).startswith(_NO_TEXT)
            if isinstance(error, sqlite3.Error) and is_text and not is_damage(error):
                raise database_trouble(self.path, error) from error
            raise Damaged(
                f"cannot use `{self.path}`: it is damaged",
                remedy="move it away and restore a copy; without one, "
                "`plugwright jobs salvage` keeps what can be read",
            ) from error


def _version_of(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _make(connection: sqlite3.Connection) -> None:
    with _all_or_nothing(connection):
        if _version_of(connection):  # another process was faster
            return
        for statement in TABLE.split("\n\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def _all_or_nothing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    finally:
        # A full disk may have rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
