"""Facts that a damaged file still has, put into a new one with their words."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import cast

from plugwright.rescue import Plan, Rescued, Wreckage, rescue
from plugwright_memory.facts import insert
from plugwright_memory.schema import MIGRATIONS, words_of, words_table
from plugwright_memory.search import Row

_MOST_OWNERS = 1 << 31


def salvage(path: Path) -> Rescued | None:
    """Put the facts that can be read in a new file; leave a whole file alone."""
    plan = Plan(
        migrations=MIGRATIONS,
        tables=("owners", "facts"),
        fill=_fill,
        is_sound=_is_sound,
    )
    return rescue(path, plan)


def nameless(owner: int) -> str:
    """Name the owner of facts whose owner's name is lost."""
    return f"salvaged:{owner}"


def _is_sound(connection: sqlite3.Connection) -> bool:
    """Tell whether every fact has an owner, and its words."""
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        return False
    for (owner,) in connection.execute("SELECT number FROM owners").fetchall():
        words = words_of(owner)
        connection.execute("BEGIN")
        connection.execute(f"INSERT INTO {words} ({words}) VALUES ('integrity-check')")
        connection.execute("ROLLBACK")
        has = connection.execute(f"SELECT rowid FROM {words} ORDER BY 1").fetchall()
        needs = connection.execute(
            "SELECT number FROM facts WHERE owner = ? ORDER BY 1", (owner,)
        )
        if has != needs.fetchall():
            return False
    return True


def _fill(connection: sqlite3.Connection, wreckage: Wreckage) -> None:
    owners = wreckage.tables["owners"].rows
    facts = wreckage.tables["facts"]
    names = {number: name for number, (_, name) in owners.items()}
    for number, name in sorted(names.items()):
        if not _enter(connection, number, name):
            wreckage.lost.append(f"owner {number}: the row is damaged")
    kept = spoiled = again = 0
    orphans: dict[int, int] = {}
    for number, (_, owner, *row) in sorted(facts.rows.items()):
        if not _has(connection, owner):
            if not _enter(connection, owner, nameless(owner)):
                spoiled += 1
                continue
            orphans[owner] = 0
        try:
            insert(connection, owner, cast(Row, tuple(row)), number)
        except sqlite3.IntegrityError:
            spoiled += 1
            continue
        kept += 1
        again += number in facts.loose
        if owner in orphans:
            orphans[owner] += 1
    for table in ("owners", "facts"):
        connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        last = wreckage.last_number(table)
        connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))
    wreckage.kept |= {"owners": len(names), "facts": kept}
    for table in ("owners", "facts"):
        wreckage.name_lost(table, table)
    if spoiled:
        wreckage.lost.append(f"{spoiled} facts that make no sense")
    if again:
        wreckage.notes.append(
            f"{again} facts had lost their place in the file; one that was forgotten"
            " may be among them."
        )
    wreckage.notes += [
        f"The name of the owner of {count} facts is lost; they are kept for"
        f" `{nameless(owner)}`."
        for owner, count in orphans.items()
    ]


def _enter(connection: sqlite3.Connection, number: int, name: str) -> bool:
    if not 0 < number < _MOST_OWNERS:
        return False
    try:
        connection.execute("INSERT INTO owners VALUES (?, ?)", (number, name))
    except sqlite3.IntegrityError:
        return False
    connection.execute(words_table(number))
    return True


def _has(connection: sqlite3.Connection, owner: int) -> bool:
    question = "SELECT 1 FROM owners WHERE number = ?"
    return connection.execute(question, (owner,)).fetchone() is not None
