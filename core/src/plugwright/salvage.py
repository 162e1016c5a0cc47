"""Saves what can be read of a damaged file of records, and names the rest.

Theory
------
The damaged file is copied aside and stays there as it was. A new file is filled from
the copy, row by row, and then put in its place.

The ledger's rows stand in the new file as they were, up to the first that is missing or
changed: so far the chain proves them. The next row says what became of the rest, and by
the chain it holds the last hash that is proven. What could still be read after that is
told again, in rows of kind `salvaged` that repeat what the old rows said. It proves
nothing any more.

An approval is kept only if a proven row tells of exactly this one, because no flipped
byte may approve anything; a person can give it again. Where a plugin is in its life
grants nothing by itself, so that is kept as far as it makes sense.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

from plugwright.database import MIGRATIONS, Damaged, Database, newer
from plugwright.home import sync_folder
from plugwright.ledger import Kind, Ledger, Row, keep
from plugwright.machine import naming
from plugwright.states import State
from plugwright.wrecks import Wreck, mended

Facts: TypeAlias = dict[str, Any]
"""One row, by the names of its columns."""

_COLUMNS = tuple(field.name for field in fields(Row))
_APPROVED = "SELECT bundle FROM approvals"
_SCHEMA = "SELECT type, name, sql FROM sqlite_schema"
_MANY = 1000
"""Rows that are written at once."""
_ENDS = ("", "-wal", "-shm")
"""What belongs to one file of SQLite, by the ends of the names."""


@dataclass(frozen=True)
class Salvaged:
    """What was kept, and what was not."""

    aside: Path
    """Where the damaged file is now."""
    proven: int
    """Rows of the ledger that stand as they were."""
    retold: int
    """Rows of the ledger that could be read, but are not proven any more."""
    kept: Mapping[str, int]
    """Rows of every other table."""
    lost: tuple[str, ...]
    """A phrase for each thing that is gone."""


def salvage(path: Path) -> Salvaged | None:
    """Put what can be read of a damaged file in its place; leave a whole one alone.

    The caller sees to it that no host is using the file.
    """
    if not path.exists():
        return None
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.broken-{moment}")
    fresh = path.with_name(f"{path.name}.fresh-{moment}")
    copied = [end for end in _ENDS[:2] if _beside(path, end).exists()]
    done = None
    with naming(path.parent):
        try:
            # First of all, because SQLite cannot look at a file without tidying it up.
            for end in copied:
                shutil.copyfile(_beside(path, end), _beside(aside, end))
            if not _is_whole(path):
                done = _transfer(path, aside, fresh)
        finally:
            # Of the copy, only what reading it left behind.
            _remove(aside, *{*_ENDS} - ({*copied} if done else set()))
            if done is None:
                _remove(fresh, *_ENDS)
        if done:
            # SQLite would replay the old log into the new file.
            _remove(path, "-wal", "-shm")
            fresh.replace(path)
            sync_folder(path.parent)
    return done


def _is_whole(path: Path) -> bool:
    with (
        closing(Database(path)) as database,
        closing(sqlite3.connect(":memory:")) as example,
    ):
        for statement in "\n\n".join(MIGRATIONS).split("\n\n"):
            example.execute(statement)
        try:
            return (
                database.read("PRAGMA integrity_check") == [("ok",)]
                and {*database.read(_SCHEMA)} == {*example.execute(_SCHEMA)}
                and Ledger(database).verify() is None
            )
        except Damaged:
            return False


def _transfer(path: Path, aside: Path, fresh: Path) -> Salvaged:
    with _opened(aside, fresh) as wreck, closing(Database(fresh)) as database:
        if wreck.version is not None and wreck.version > len(MIGRATIONS):
            raise newer(path, wreck.version)
        with database.transaction() as connection:
            work = _Transfer(wreck, connection, Ledger(database))
            work.run(aside.name)
    return Salvaged(aside, work.proven, work.retold, work.kept, tuple(work.lost))


@contextmanager
def _opened(aside: Path, fresh: Path) -> Iterator[Wreck]:
    with closing(Wreck(aside)) as wreck:
        if wreck.columns("ledger"):
            yield wreck
            return
    # One wrong byte at the beginning makes all of a file unreadable.
    copy = _beside(fresh, ".mended")
    try:
        log = _beside(aside, "-wal")
        if log.exists():
            shutil.copyfile(log, _beside(copy, "-wal"))
        with closing(Wreck(mended(aside, copy))) as wreck:
            yield wreck
    finally:
        _remove(copy, *_ENDS)


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _remove(path: Path, *ends: str) -> None:
    for end in ends:
        _beside(path, end).unlink(missing_ok=True)


class _Transfer:
    """From one wreck to one new file."""

    def __init__(
        self, wreck: Wreck, connection: sqlite3.Connection, ledger: Ledger
    ) -> None:
        self._wreck = wreck
        self._connection = connection
        self._ledger = ledger
        self._plugins: dict[str, str] = {}
        """The plugin of each bundle that is heard of."""
        self._approved: dict[str, Facts] = {}
        """What proven rows tell of approvals, by bundle."""
        self.proven = 0
        self.retold = 0
        self.kept: dict[str, int] = {}
        self.lost: list[str] = []

    def run(self, aside: str) -> None:
        """Transfer everything, and say so in the ledger."""
        self._tell(aside)
        self._settle()
        self._approve()
        for table in _others(self._connection):
            self._copy(table, self._read(table))
        for table, plugin in sorted(self._wreck.torn - {("ledger", "")}):
            whose = f" that belong to `{plugin}`" if plugin else ""
            self.lost.append(f"rows of `{table}`{whose}")
        self._note({"kept": self.kept, "lost": self.lost})

    def _tell(self, aside: str) -> None:
        """Keep the ledger as far as it is proven, and tell the rest again."""
        rows, previous = self._rows(), ""
        proven: list[Row] = []
        loose: list[Row] = []
        for row in rows:
            is_next = row.seq == self.proven + 1 and row.previous == previous
            if not is_next or not row.is_sealed:
                loose.append(row)
                break
            self._hear(row)
            proven.append(row)
            self.proven, previous = row.seq, row.hash
            if len(proven) == _MANY:
                keep(self._connection, proven)
                proven.clear()
        keep(self._connection, proven)
        self._note({"proven": self.proven, "aside": aside})
        for row in chain(loose, rows):
            facts = {**vars(row), "is_sealed": row.is_sealed}
            self._note({"row": facts}, row.plugin, row.bundle)
            self.retold += 1

    def _rows(self) -> Iterator[Row]:
        """Give every row of the ledger that can be read; name the others."""
        last = 0
        for facts in self._read("ledger"):
            row = Row(*(facts.get(column) for column in _COLUMNS))  # type: ignore[arg-type]
            self._lose_rows(last + 1, row.seq - 1)
            last = row.seq
            yield row
        if self._wreck.head is None:
            self.lost.append(f"whatever followed row {last} of the ledger")
        else:
            self._lose_rows(last + 1, self._wreck.head)

    def _hear(self, row: Row) -> None:
        if row.bundle:
            self._plugins[row.bundle] = row.plugin
        if row.kind == Kind.APPROVED:
            self._approved[row.bundle] = row.facts()
        if row.kind in (Kind.REFUSED, Kind.REVOKED):
            self._approved.pop(row.bundle, None)

    def _settle(self) -> None:
        """Keep where each bundle is in its life."""
        states = set(State)
        lives = [row for row in self._read("lives") if row.get("state") in states]
        # Lives are in the order of the rows that tell of them. Where those are not
        # proven, their numbers mean other rows now; new ones keep the order.
        loose = {
            column: sorted(
                (life for life in lives if _number(column, life) > self.proven),
                key=partial(_number, column),
            )
            for column in ("activated", "moved")
        }
        fresh = [
            self._note({"life": life}, life.get("plugin"), life.get("bundle")).seq
            for life in lives
            if any(life in each for each in loose.values())
        ]
        for column, those in loose.items():
            for life, number in zip(those, fresh, strict=False):
                life[column] = number
        self._copy("lives", lives)
        kept = dict(self._connection.execute("SELECT bundle, plugin FROM lives"))
        self._lose("where {} was in its life", {*self._plugins} - {*kept})
        self._plugins |= kept
        self._approved = {b: told for b, told in self._approved.items() if b in kept}

    def _approve(self) -> None:
        """Keep the approvals that are proven."""
        found = list(self._read("approvals"))
        self._copy("approvals", [row for row in found if self._is_proven(row)])
        kept = {bundle for (bundle,) in self._connection.execute(_APPROVED)}
        given = {str(row.get("bundle")) for row in found} | {*self._approved}
        self._lose("the approval of {}", given - kept)

    def _is_proven(self, row: Facts) -> bool:
        told = self._approved.get(row.get("bundle", ""), {})
        return all(told.get(column) == value for column, value in row.items())

    def _read(self, table: str) -> Iterator[Facts]:
        """Give what can be read of a table, row by row."""
        there = self._wreck.columns(table)
        wanted = _columns(self._connection, table)
        columns = [name for name in wanted if name in there]
        # What came later is not missed in an older file.
        is_older = self._wreck.version not in (None, len(MIGRATIONS))
        if table == "ledger" or not is_older:
            columns = columns if columns == wanted else []
            self._wreck.torn |= {(table, "")} if not columns else set()
        if not columns:
            return
        if _is_numbered(self._connection, table):
            rows = self._wreck.numbered(table, columns)
        else:
            plugins = sorted({*self._plugins.values()})
            rows = chain.from_iterable(
                self._wreck.keyed(table, columns, plugin) for plugin in plugins
            )
        for values in rows:
            yield dict(zip(columns, values, strict=True))

    def _copy(self, table: str, rows: Iterable[Facts]) -> None:
        kept = spoiled = 0
        for row in rows:
            marks = ", ".join("?" for _ in row)
            statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"
            try:
                self._connection.execute(statement, (*row.values(),))
            except (sqlite3.IntegrityError, UnicodeEncodeError):
                spoiled += 1
            else:
                kept += 1
        self.kept[table] = kept
        if spoiled:
            self.lost.append(f"{spoiled} damaged rows of `{table}`")

    def _note(self, detail: Facts, plugin: object = "", bundle: object = "") -> Row:
        return self._ledger.append(
            self._connection,
            Kind.SALVAGED,
            plugin=_text(plugin),
            bundle=_text(bundle),
            detail=_told(detail),
        )

    def _lose(self, what: str, bundles: Iterable[str]) -> None:
        for plugin, bundle in sorted((self._plugins.get(b, ""), b) for b in bundles):
            name = f"`{plugin}` (bundle {bundle[:12]})" if plugin else bundle[:12]
            self.lost.append(what.format(name))

    def _lose_rows(self, first: int, last: int) -> None:
        if first == last:
            self.lost.append(f"row {first} of the ledger")
        elif first < last:
            self.lost.append(f"rows {first} to {last} of the ledger")


def _others(connection: sqlite3.Connection) -> Sequence[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " AND name NOT IN ('ledger', 'head', 'lives', 'approvals')"
    )
    return [name for (name,) in found]


def _columns(connection: sqlite3.Connection, table: str) -> Sequence[str]:
    return [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]


def _is_numbered(connection: sqlite3.Connection, table: str) -> bool:
    [(_, _, _, _, is_keyed, _)] = connection.execute(f"PRAGMA table_list({table})")
    return not is_keyed


def _number(column: str, life: Facts) -> int:
    number = life.get(column)
    return number if isinstance(number, int) else 0


def _text(value: object) -> str:
    """Give what can stand in a column; the detail says all of it."""
    is_whole = isinstance(value, str) and value.isascii()
    return str(value) if is_whole else ""


def _told(value: Any) -> Any:
    """Write what damage may have made of a value in a way that JSON knows."""
    if isinstance(value, dict):
        return {name: _told(inner) for name, inner in value.items()}
    if isinstance(value, list | str | int):
        return value
    return repr(value)
