"""A damaged file of SQLite, read as far as that goes.

SQLite stops at the first page that makes no sense. So a table whose rows are numbered
is asked again from each number after that, until a page further on answers; each other
one is read from both ends, plugin by plugin. What comes out may still be nonsense:
whoever uses it has to look at it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from plugwright.database import TROUBLE

Values: TypeAlias = Sequence[Any]

_ROW = 100
"""Bytes that no row of a ledger can do with less of."""
_FEW = 100_000
"""Numbers that can be tried in a second or two, however small the file is."""
_OLD = 1000
"""A version that no file will have for years."""


def mended(path: Path, copy: Path) -> Path:
    """Copy a file and put right what is the same in all; the log has to come along."""
    shutil.copyfile(path, copy)
    with sqlite3.connect(":memory:") as example, open(copy, "r+b") as file:
        [(size,)] = example.execute("PRAGMA page_size")
        for place, content in {
            0: b"SQLite format 3\0",
            16: (size % 65535).to_bytes(2, "big"),
            18: b"\2\2\0\x40\x20\x20",  # a log is kept; how pages are filled
            28: b"\0\0\0\0",  # no length, so that it is looked up
            44: b"\0\0\0\4" + 8 * b"\0" + b"\0\0\0\1",  # schema, in UTF-8
            92: b"\0\0\0\0",  # when the length was right
        }.items():
            file.seek(place)
            file.write(content)
    example.close()
    return copy


class Wreck:
    """One damaged file. Nothing is written to it."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", isolation_level=None, uri=True
        )
        self._connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
        # Without this, SQLite reads nothing of a file that is shorter than it says, and
        # nothing of a schema of which it understands a part; the first question then
        # finds out, and the second is answered.
        self._connection.execute("PRAGMA writable_schema = ON")
        self._number("SELECT count(*) FROM sqlite_master")
        version = self._number("PRAGMA user_version")
        self.version = version if version in range(1, _OLD) else None
        """The file's version; none if that cannot be, or be read."""
        self.head = self._number("SELECT seq FROM head")
        """What the ledger says is its last row; none if that cannot be, or be read."""
        self.torn: set[tuple[str, str]] = set()
        """Tables of which a part cannot be read, and whose part, if that is known."""
        room = path.stat().st_size // _ROW
        if self.head is not None and self.head > max(8 * room, _FEW):
            self.head = None
        # No table numbers its rows further than the ledger does.
        self._most = max(room, self.head or 0)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def columns(self, table: str) -> list[str]:
        """Name a table's columns; there are none if it cannot be found."""
        with suppress(*TROUBLE):
            found = self._connection.execute(f"PRAGMA table_info({table})")
            return [name for _, name, *_ in found]
        return []

    def numbered(self, table: str, columns: Sequence[str]) -> Iterator[Values]:
        """Give each row that can be read, in the order of their numbers."""
        question = (
            f"SELECT rowid, {', '.join(columns)} FROM {table} NOT INDEXED"
            " WHERE rowid >= ? ORDER BY rowid"
        )
        number = 1
        while number <= self._most:
            try:
                for found, *values in self._connection.execute(question, (number,)):
                    if not number <= found <= self._most + _FEW:
                        break  # garbage that looks like a row
                    yield values
                    number = found + 1
                else:
                    return
            except TROUBLE:
                pass
            self.torn.add((table, ""))
            number += 1

    def keyed(
        self, table: str, columns: Sequence[str], plugin: str
    ) -> Iterator[Values]:
        """Give each row of one plugin that can be read; its key is column two."""
        question = f"SELECT {', '.join(columns)} FROM {table} WHERE plugin = ?"
        forth, back = (
            f"{question} ORDER BY {columns[1]} {order}" for order in ("ASC", "DESC")
        )
        try:
            yield from self._connection.execute(forth, (plugin,))
        except TROUBLE:
            self.torn.add((table, plugin))
            # From the other end up to the same page, which ends this, too.
            with suppress(*TROUBLE):
                yield from self._connection.execute(back, (plugin,))

    def _number(self, question: str) -> int | None:
        with suppress(*TROUBLE):
            for (value,) in self._connection.execute(question):
                return value if isinstance(value, int) else None
        return None
