"""Saves what can be read of one damaged file of SQLite, and names the rest.

Theory
------
The damaged file is copied aside, where it stays as it was. A new file is filled from
the copy and put in its place, in one step that a crash can only be before or after.
Nobody else has the file open meanwhile: that is what SQLite's own locks tell, and they
keep others waiting until it is done.

A log beside the file would be replayed into whatever has the file's name. So the name
first goes to a copy that has in it what the log says, then the log goes, and then the
new file comes: whoever looks in between finds the old content.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from plugwright.database import TROUBLE, newer
from plugwright.errors import UsageError
from plugwright.home import sync_folder
from plugwright.leaves import Found, Leaves, Shape
from plugwright.machine import database_trouble, naming
from plugwright.writeahead import fold

if sys.platform != "win32":
    import fcntl

_LOGS = ("-wal", "-journal")
_ENDS = ("", *_LOGS, "-shm")
"""What belongs to one file of SQLite, by the ends of the names."""
_LOCKS = (1 << 30, 512)
"""The bytes that SQLite locks: where they begin, and how many there are."""
_OLD = 1000
"""A version that no file will have for years."""
_END = 1 << 62
"""A number that no row has; holes without an end go further."""
_MOST = 10
"""Stretches that are named one by one."""
_SCHEMA = "SELECT type, name, sql FROM sqlite_schema"
SEQUENCES = Shape("sqlite_sequence", ("TEXT", "INTEGER"), (False, False))
"""Which numbers of each table were given already."""


@dataclass
class Wreckage:
    """What could be read of a damaged file."""

    tables: Mapping[str, Found]
    room: int
    """Bytes of the file, or those it had before it was cut short."""
    kept: dict[str, int] = field(default_factory=dict)
    """Rows that stand in the new file, by what they are; whoever fills it says so."""
    lost: list[str] = field(default_factory=list)
    """A phrase for each thing that is gone."""
    notes: list[str] = field(default_factory=list)
    """What else a person has to know."""

    def last_number(self, table: str) -> int:
        """Give the last number that a row of the table may have had."""
        found = self.tables[table]
        told = [
            seq
            for name, seq in self.tables[SEQUENCES.table].rows.values()
            if name == table
        ]
        highest: int = max([0, *found.rows, *told])
        # The last ones may be among what is lost: no row takes less than this.
        return highest if told else highest + self.room // 32

    def name_lost(self, table: str, what: str) -> None:
        """Put down which rows of a table could not be read, by their numbers."""
        found = self.tables[table]
        gaps = [
            _range(first, last)
            for low, high in sorted(found.holes)
            for first, last in _gaps(max(low, 1), high, sorted(found.found_again))
        ]
        more = [f"{len(gaps) - _MOST} more stretches"] if len(gaps) > _MOST else []
        if gaps:
            which = ", ".join([*gaps[:_MOST], *more])
            self.lost.append(f"{what} {which}, as far as there were any")
        if found.spoiled:
            self.lost.append(f"{found.spoiled} damaged rows of {what}")


@dataclass(frozen=True)
class Rescued:
    """What was kept, and what was not."""

    aside: Path
    """Where the damaged file is now."""
    kept: Mapping[str, int]
    lost: Sequence[str]
    notes: Sequence[str]

    def lines(self) -> list[str]:
        """Say it to a person."""
        return [
            *(f"{count} {what} were kept." for what, count in self.kept.items()),
            *(f"lost: {lost}" for lost in self.lost or ["nothing that is known of"]),
            *self.notes,
            f"The damaged file is kept as `{self.aside}`.",
        ]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a file has to be, and how a new one is filled."""

    migrations: Sequence[str]
    """As of the file's `Database`: a statement per paragraph."""
    tables: Sequence[str]
    """Those that are read; all are STRICT and numbered. The others are made anew."""
    fill: Callable[[sqlite3.Connection, Wreckage], None]
    """Keep what was read, inside of a transaction."""
    is_sound: Callable[[sqlite3.Connection], bool] = lambda _: True
    """Look at what SQLite itself does not look at."""


def rescue(path: Path, plan: Plan) -> Rescued | None:
    """Put what can be read of a damaged file in its place; leave a whole one alone.

    Refused while another process has it open. This one must not: the system takes away
    all locks that a process has on a file when it lets go of the file once.
    """
    if not path.exists():
        return None
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside, fresh, folded = (
        path.with_name(f"{path.name}.{what}-{moment}")
        for what in ("broken", "fresh", "folded")
    )
    done = None
    with naming(path.parent), ExitStack() as held:
        old = held.enter_context(_held(path))
        try:
            _copy_aside(old, path, aside)
            done = _transfer(path, aside, fresh, folded, plan)
            if done:
                _replace(
                    path,
                    fresh,
                    folded if _beside(aside, "-wal").exists() else None,
                    old,
                )
        finally:
            _remove(fresh, *_ENDS)
            _remove(folded, *_ENDS)
            if done is None:
                _remove(aside, *_ENDS)
    return done


@contextmanager
def _held(path: Path) -> Iterator[IO[bytes]]:
    """Be the only one who has a file of SQLite open."""
    with open(path, "r+b") as file:
        # Windows lets nobody replace a file that is open elsewhere.
        if sys.platform != "win32":
            first, count = _LOCKS
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, count, first)
            except OSError as error:
                raise UsageError(
                    f"another process has `{path}` open",
                    remedy="end what uses it, then try again",
                ) from error
        yield file


def _copy_aside(old: IO[bytes], path: Path, aside: Path) -> None:
    # Through the file that is open: opening it again would end the lock.
    with open(aside, "wb") as copy:
        shutil.copyfileobj(old, copy)
        _wait_for(copy)
    for end in _LOGS:
        if _beside(path, end).exists():
            with (
                open(_beside(path, end), "rb") as log,
                open(_beside(aside, end), "wb") as copy,
            ):
                shutil.copyfileobj(log, copy)
                _wait_for(copy)
    shutil.copymode(path, aside)
    sync_folder(path.parent)


def _transfer(
    path: Path, aside: Path, fresh: Path, folded: Path, plan: Plan
) -> Rescued | None:
    shutil.copyfile(aside, folded)
    size = torn = 0
    log = _beside(aside, "-wal")
    if log.exists():
        size, torn = fold(log, folded)
    _check_version(path, folded, len(plan.migrations))
    # Of an empty file SQLite throws the log away.
    is_there = aside.stat().st_size or not log.exists()
    if is_there and _is_whole(folded, plan):
        return None
    with open(folded, "rb") as file, _example(plan) as example:
        leaves = Leaves(file, size or 4096)
        shapes = [*(_shape(example, table) for table in plan.tables), SEQUENCES]
        found = leaves.tables(shapes, _roots(example))
        wreckage = Wreckage(found, leaves.room)
    if torn:
        wreckage.lost.append(f"{torn} pages of its log, with what was written last")
    _write(fresh, plan, wreckage)
    return Rescued(aside, wreckage.kept, wreckage.lost, wreckage.notes)


def _check_version(path: Path, folded: Path, known: int) -> None:
    with open(folded, "rb") as file:
        file.seek(60)
        version = int.from_bytes(file.read(4), "big")
    if known < version < _OLD:
        raise newer(path, version, known)


def _is_whole(copy: Path, plan: Plan) -> bool:
    with (
        closing(sqlite3.connect(copy, isolation_level=None)) as connection,
        _example(plan) as example,
    ):
        try:
            has = {*connection.execute(_SCHEMA)}
            return (
                {*example.execute(_SCHEMA)} <= has
                and connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                and plan.is_sound(connection)
            )
        except TROUBLE:
            return False


@contextmanager
def _example(plan: Plan) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as example:
        _make(example, plan)
        yield example


def _make(connection: sqlite3.Connection, plan: Plan) -> None:
    for statement in "\n\n".join(plan.migrations).split("\n\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(plan.migrations)}")


def _shape(example: sqlite3.Connection, table: str) -> Shape:
    columns = example.execute(f"PRAGMA table_info({table})").fetchall()
    return Shape(
        table,
        tuple("" if is_key else kind for _, _, kind, _, _, is_key in columns),
        tuple(bool(is_key) or not full for _, _, _, full, _, is_key in columns),
    )


def _roots(example: sqlite3.Connection) -> dict[str, int]:
    return dict(
        example.execute("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'")
    )


def _write(fresh: Path, plan: Plan, wreckage: Wreckage) -> None:
    try:
        with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN")
            _make(connection, plan)
            plan.fill(connection, wreckage)
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise database_trouble(fresh, error) from error


def _replace(path: Path, fresh: Path, folded: Path | None, old: IO[bytes]) -> None:
    with ExitStack() as held:
        # Held until all is done: whoever comes meanwhile waits, and finds the new one.
        held.enter_context(_held(fresh))
        mode = os.fstat(old.fileno()).st_mode & 0o777
        fresh.chmod(mode)
        left = [old]
        if folded is not None:
            left.append(held.enter_context(_held(folded)))
            _wait_for(left[-1])
            folded.chmod(mode)
            folded.replace(path)
            sync_folder(path.parent)
            _remove(path, *_ENDS[1:])
            sync_folder(path.parent)
        else:
            _remove(path, *_ENDS[1:])
        fresh.replace(path)
        sync_folder(path.parent)
        # Whoever had opened one of these and waits must not go on with it.
        for file in left:
            with suppress(OSError):
                file.seek(0)
                file.write(b"replaced".ljust(100, b"\0"))
                file.flush()


def _wait_for(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _remove(path: Path, *ends: str) -> None:
    for end in ends:
        _beside(path, end).unlink(missing_ok=True)


def _gaps(
    low: int, high: int, again: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Give what is left of a hole beside what was found again."""
    for first, last in again:
        if first > low and first <= high:
            yield low, first - 1
        if first <= high:
            low = max(low, last + 1)
    if low <= high:
        yield low, high


def _range(first: int, last: int) -> str:
    if last >= _END:
        return f"from {first} on"
    return str(first) if first == last else f"{first} to {last}"
