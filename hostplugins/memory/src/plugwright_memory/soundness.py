"""Whether a file that SQLite has no fault to find with is as this plugin wrote it."""

from __future__ import annotations

import sqlite3
from array import array

from plugwright_memory.codes import PLANES
from plugwright_memory.schema import words_of


def is_sound(connection: sqlite3.Connection) -> bool:
    """Tell whether every fact has an owner and its words, and nothing else has any."""
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
    [(version,)] = connection.execute("PRAGMA user_version")
    return version < 2 or are_vectors_sound(connection)


def are_vectors_sound(connection: sqlite3.Connection) -> bool:
    """Tell whether exactly the vectors of facts have a code, where they should."""
    needs = connection.execute(
        "SELECT vectors.shelf, facts.owner, vectors.space, fact"
        " FROM vectors JOIN facts ON facts.number = fact"
    ).fetchall()
    has = []
    for shelf, owner, space, used, facts, codes in connection.execute(
        "SELECT number, owner, space, used, facts, codes FROM shelves"
    ):
        if len(facts) != used * 8 or len(codes) != used * PLANES:
            return False
        has += [(shelf, owner, space, fact) for fact in array("q", facts) if fact]
    return sorted(needs) == sorted(has)
