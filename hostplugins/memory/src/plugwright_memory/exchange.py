"""All that is remembered as lines of JSON, out of a file and into another."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plugwright.database import Database
from plugwright.errors import UsageError
from plugwright.expectations import expected
from plugwright.home import write_atomically
from plugwright.machine import naming
from plugwright_memory.doors import PERSON
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.limits import fit_name, fit_text
from plugwright_memory.rows import Row, enter, insert


class Line(BaseModel):
    """One fact in a file. Without an owner it is a person's."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    owner: str = Field(default=PERSON, min_length=1)
    id: str = Field(min_length=1, max_length=64)
    text: str
    about: str = ""
    kept: float = 0.0
    expires: float | None = None
    run: str = ""

    def row(self) -> Row:
        """Give what of it is kept for its owner. UsageError says why it cannot be."""
        fit_name(self.owner, "the name of an owner")
        return (
            fit_name(self.id, "the id of a fact"),
            fit_text(self.text),
            fit_name(self.about, "a subject"),
            self.kept,
            self.expires,
            fit_name(self.run, "the id of a run"),
        )


@dataclass(frozen=True)
class TakenIn:
    """What became of the lines of a file."""

    new: int
    known: int
    """Facts and runs that were there already, and are as they were."""
    expired: int
    owners: tuple[str, ...]


def lines_of(database: Database, owner: str = "") -> Iterator[str]:
    """Give every fact of all owners, or of one, as a line of JSON."""
    names = [name for (name,) in database.read("SELECT name FROM owners ORDER BY 1")]
    for name in names:
        if owner in ("", name):
            for line in SqliteMemory(database, name).export():
                yield json.dumps(
                    {"owner": name, **json.loads(line)}, ensure_ascii=False
                )


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write a new file of lines, whole or not at all; gives how many there are."""
    if os.path.lexists(path):
        raise UsageError(f"`{path}` is there already", remedy="name a new file")
    written = [*lines]
    # Half characters, which only a damaged file has, become escapes, as JSON has them.
    content = "".join(f"{line}\n" for line in written)
    write_atomically(path, content.encode(errors="backslashreplace"))
    return len(written)


def take_in(database: Database, path: Path, now: float | None = None) -> TakenIn:
    """Keep every fact of a file, or none; what is there already stays as it is.

    They come without vectors, which are never taken from anybody.
    """
    moment = time.time() if now is None else now
    lines = [*_read(path)]
    current = [each for each in lines if not each[1][4] or each[1][4] > moment]
    new = 0
    with database.transaction() as connection:
        owners: dict[str, int] = {}
        for owner, row in current:
            if owner not in owners:
                owners[owner] = enter(connection, owner)
            if not _has(connection, owners[owner], row):
                insert(connection, owners[owner], row)
                new += 1
    known, expired = len(current) - new, len(lines) - len(current)
    return TakenIn(new, known, expired, tuple(owners))


def _read(path: Path) -> Iterator[tuple[str, Row]]:
    with naming(path):
        content = path.read_bytes()
    for number, raw in enumerate(content.splitlines(), 1):
        if not raw.strip():
            continue
        try:
            line = Line.model_validate_json(raw)
            yield line.owner, line.row()
        except ValidationError as error:
            found = error.errors(include_url=False)[0]
            place = ".".join(map(str, found["loc"]))
            said = f"`{place:.80}` {expected(found)}" if place else found["msg"]
            raise _wrong(path, number, said) from error
        except UsageError as error:
            raise _wrong(path, number, error.message) from error


def _wrong(path: Path, number: int, said: str) -> UsageError:
    return UsageError(
        f"`{path}`, line {number}: {said}; nothing was taken in",
        remedy="`plugwright memory export` writes such lines",
    )


def _has(connection: sqlite3.Connection, owner: int, row: Row) -> bool:
    known = connection.execute(
        "SELECT 1 FROM facts WHERE owner = ? AND id = ? UNION ALL"
        " SELECT 1 FROM runs WHERE owner = ? AND run = ? AND run <> '' LIMIT 1",
        (owner, row[0], owner, row[5]),
    )
    return known.fetchone() is not None
