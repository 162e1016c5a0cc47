"""What is written for a fact: its row, its words, its run and its vector, all or none.

Every function here is called inside of a transaction.
"""

from __future__ import annotations

import sqlite3
from typing import TypeAlias

from plugwright_memory import vectors
from plugwright_memory.schema import words_of, words_table
from plugwright_memory.words import OF_RUN, filed, spaced

Row: TypeAlias = tuple[str, str, str, float, float | None, str]
"""Id, text, subject, when it was kept, when it expires, of which run it is."""

SHOWN = (
    "id, text, about, kept, expires,"
    " coalesce((SELECT run FROM runs WHERE fact = facts.number), '')"
)
"""Selects a row from the table of facts."""


def enter(connection: sqlite3.Connection, name: str) -> int:
    """Give an owner's number, and a table for the words of a new one."""
    question = "SELECT number FROM owners WHERE name = ?"
    if found := connection.execute(question, (name,)).fetchone():
        return int(found[0])
    made = connection.execute("INSERT INTO owners (name) VALUES (?)", (name,))
    assert made.lastrowid is not None
    connection.execute(words_table(made.lastrowid))
    return made.lastrowid


def insert(
    connection: sqlite3.Connection, owner: int, row: Row, number: int | None = None
) -> int:
    """Keep a fact and its words, under a number of its own or the next one.

    Gives the number. Its vector is kept by who has one.
    """
    *columns, run = row
    _, text, about, *_ = row
    made = connection.execute(
        "INSERT INTO facts (number, owner, id, text, about, kept, expires)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, owner, *columns),
    )
    assert made.lastrowid is not None
    if run:
        connection.execute(
            "INSERT INTO runs VALUES (?, ?, ?)", (made.lastrowid, owner, run)
        )
    marks = f"{filed(about)} {OF_RUN}" if run else filed(about)
    connection.execute(
        f"INSERT INTO {words_of(owner)} (rowid, text, about, filed)"
        " VALUES (?, ?, ?, ?)",
        (made.lastrowid, spaced(text), spaced(about), marks),
    )
    return made.lastrowid


def drop(
    connection: sqlite3.Connection,
    owner: int,
    which: str,
    values: tuple[object, ...],
    most: int,
) -> int:
    """Drop an owner's facts with all that stands for them; gives how many there were.

    `which` is a condition on the table of facts.
    """
    numbers = connection.execute(
        f"SELECT number FROM facts WHERE owner = ? AND {which} LIMIT {most}",
        (owner, *values),
    ).fetchall()
    vectors.drop(connection, [number for (number,) in numbers])
    connection.executemany("DELETE FROM runs WHERE fact = ?", numbers)
    connection.executemany("DELETE FROM facts WHERE number = ?", numbers)
    connection.executemany(f"DELETE FROM {words_of(owner)} WHERE rowid = ?", numbers)
    return len(numbers)
