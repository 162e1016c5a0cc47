"""What one owner keeps in the file, and nothing of what others do."""

from __future__ import annotations

import json
import math
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict

from plugwright.database import Database
from plugwright.errors import HostError, UsageError
from plugwright.memory import Fact
from plugwright_memory.schema import words_of, words_table
from plugwright_memory.search import COLUMNS, Row, Search
from plugwright_memory.words import filed, spaced

LONGEST_TEXT = 64 << 10
"""Characters of one fact. What is longer is a document, and belongs in a file."""
LONGEST_NAME = 512
"""Characters of a subject, or of an owner's name."""
MOST_FOUND = 1000
"""Facts that one `recall` gives at most."""
DROPPED_AT_ONCE = 500
"""Expired facts that one `remember` drops: it must not have to wait for many."""

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HALF = re.compile(r"[\ud800-\udfff]")


class SqliteMemory:
    """Facts of one owner. May be used from several threads and processes."""

    def __init__(
        self, database: Database, owner: str, now: Callable[[], float] = time.time
    ) -> None:
        if not owner:
            raise UsageError("a memory needs an owner", remedy="give the owner's name")
        self._database = database
        self._owner = _name(owner, "the name of an owner")
        self._now = now
        self._drop_expired()

    def remember(
        self, text: str, *, about: str = "", expires: float | None = None
    ) -> str:
        """Keep a fact until it is forgotten or expires; gives its id.

        Once this returns, it survives a crash.
        """
        return self._keep([self._fact(text, about, expires)])[0]

    def remember_all(self, texts: Iterable[str], *, about: str = "") -> list[str]:
        """Keep many facts, or none; many times faster than one by one."""
        return self._keep([self._fact(text, about, None) for text in texts])

    def recall(
        self, query: str = "", *, about: str = "", limit: int = 10
    ) -> Sequence[Fact]:
        """Find facts, the best match first; without a query, the newest first.

        Any text is a query. A fact fits if it has one of its words; rare words count
        more; endings of English words, accents and case make no difference.
        """
        if not 1 <= limit <= MOST_FOUND:
            raise UsageError(
                f"cannot find {limit} facts", remedy=f"ask for 1 to {MOST_FOUND}"
            )
        subject = _name(about, "a subject")
        owner = self._number()
        if owner is None:
            return []
        if query.strip():
            search = Search(self._database.read, owner, subject, self._now())
            rows = search.best(query, limit)
        else:
            rows = self._newest(owner, subject, limit)
        return [_fact_of(row) for row in rows]

    def forget(self, id: str) -> bool:
        """Drop a fact; tells whether it was there."""
        owner = self._number()
        if owner is None or _HALF.search(id):
            return False
        with self._database.transaction() as connection:
            return _drop(connection, owner, "id = ?", (id,)) == 1

    def export(self) -> Iterator[str]:
        """Give every fact as a line of JSON, the oldest first, as of one moment."""
        owner = self._number()
        if owner is None:
            return
        with self._database.snapshot() as connection:
            for row in connection.execute(
                f"SELECT {COLUMNS} FROM facts WHERE owner = ?"
                " AND (expires IS NULL OR expires > ?) ORDER BY number",
                (owner, self._now()),
            ):
                yield json.dumps(asdict(_fact_of(row)), ensure_ascii=False)

    def _fact(self, text: str, about: str, expires: float | None) -> Fact:
        now = self._now()
        if expires is not None and not (math.isfinite(expires) and expires > now):
            raise UsageError(
                f"a fact cannot expire at {expires:g}, which is not in the future",
                remedy="give seconds since 1970: in an hour is `time.time() + 3600`",
            )
        return Fact(
            id=secrets.token_hex(8),
            text=_text(text),
            about=_name(about, "a subject"),
            kept=now,
            expires=expires,
        )

    def _keep(self, facts: Sequence[Fact]) -> list[str]:
        with self._database.transaction() as connection:
            owner = _enter(connection, self._owner)
            _drop(connection, owner, "expires <= ?", (self._now(),))
            for fact in facts:
                row = (fact.id, fact.text, fact.about, fact.kept, fact.expires)
                insert(connection, owner, row)
        return [fact.id for fact in facts]

    def _newest(self, owner: int, about: str, limit: int) -> list[Row]:
        narrowed, subject = ("AND about = ?", (about,)) if about else ("", ())
        return self._database.read(
            f"SELECT {COLUMNS} FROM facts WHERE owner = ? {narrowed}"
            " AND (expires IS NULL OR expires > ?) ORDER BY number DESC LIMIT ?",
            (owner, *subject, self._now(), limit),
        )

    def _number(self) -> int | None:
        found = self._database.read(
            "SELECT number FROM owners WHERE name = ?", (self._owner,)
        )
        return int(found[0][0]) if found else None

    def _drop_expired(self) -> None:
        owner = self._number()
        due = owner is not None and self._database.read(
            "SELECT 1 FROM facts WHERE owner = ? AND expires <= ? LIMIT 1",
            (owner, self._now()),
        )
        if not due:
            return
        # What cannot be dropped now is not found either. A disk that cannot be written
        # is told to whoever wants to keep something.
        with suppress(HostError), self._database.transaction() as connection:
            assert owner is not None
            _drop(connection, owner, "expires <= ?", (self._now(),))


def _enter(connection: sqlite3.Connection, name: str) -> int:
    """Give an owner's number, and a table for the words of a new one."""
    question = "SELECT number FROM owners WHERE name = ?"
    if found := connection.execute(question, (name,)).fetchone():
        return int(found[0])
    made = connection.execute("INSERT INTO owners (name) VALUES (?)", (name,))
    assert made.lastrowid is not None
    connection.execute(words_table(made.lastrowid))
    return made.lastrowid


def insert(
    connection: sqlite3.Connection,
    owner: int,
    row: Row,
    number: int | None = None,
) -> None:
    """Keep a fact and its words, under a number of its own or the next one."""
    _, text, about, *_ = row
    made = connection.execute(
        f"INSERT INTO facts (number, owner, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, owner, *row),
    )
    connection.execute(
        f"INSERT INTO {words_of(owner)} (rowid, text, about, filed)"
        " VALUES (?, ?, ?, ?)",
        (made.lastrowid, spaced(text), spaced(about), filed(about)),
    )


def _drop(
    connection: sqlite3.Connection, owner: int, which: str, values: tuple[object, ...]
) -> int:
    """Drop an owner's facts with their words; gives how many there were."""
    numbers = connection.execute(
        f"SELECT number FROM facts WHERE owner = ? AND {which} LIMIT {DROPPED_AT_ONCE}",
        (owner, *values),
    ).fetchall()
    connection.executemany("DELETE FROM facts WHERE number = ?", numbers)
    connection.executemany(f"DELETE FROM {words_of(owner)} WHERE rowid = ?", numbers)
    return len(numbers)


def _text(text: str) -> str:
    if not text.strip():
        raise UsageError("there is nothing to remember", remedy="give a text")
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"a fact of {len(text)} characters is too long",
            remedy=f"keep what matters in {LONGEST_TEXT}, and the rest in a file",
        )
    if _HALF.search(text):
        raise UsageError(
            "the text has half of a character in it", remedy="it has to be Unicode"
        )
    return text


def _name(name: str, what: str) -> str:
    if len(name) > LONGEST_NAME or _UNFIT.search(name):
        raise UsageError(
            f"`{ascii(name)[1:-1]:.80}` cannot be {what}",
            remedy=f"use one line of at most {LONGEST_NAME} characters",
        )
    return name


def _fact_of(row: Row) -> Fact:
    id, text, about, kept, expires = row
    return Fact(id=id, text=text, about=about, kept=kept, expires=expires)
