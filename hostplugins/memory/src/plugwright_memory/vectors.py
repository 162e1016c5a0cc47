"""The vectors of one embedding: kept and dropped with their facts, and searched.

Vectors are told apart by who made them (`spaces`), so that none is ever compared with
one of another embedding.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence

from plugwright_memory import shelves
from plugwright_memory.codes import code_of
from plugwright_memory.exact import cosines, packed
from plugwright_memory.reading import Read, reading

LIKELY = 400
"""How many vectors are compared exactly for one question."""
Vector = Sequence[float]


def space_of(read: Read, identity: str) -> tuple[int, int] | None:
    """Give the number and the length of the vectors in use; None before the first."""
    found = read(
        "SELECT number, length FROM spaces WHERE identity = ?"
        " ORDER BY number DESC LIMIT 1",
        (identity,),
    )
    return found[0] if found else None


def enter_space(connection: sqlite3.Connection, identity: str, length: int) -> int:
    """Give the number of a space; a new one if the embedding has another length now."""
    found = space_of(reading(connection), identity)
    if found and found[1] == length:
        return found[0]
    made = connection.execute(
        "INSERT INTO spaces (identity, length) VALUES (?, ?)", (identity, length)
    )
    assert made.lastrowid is not None
    return made.lastrowid


def keep(
    connection: sqlite3.Connection,
    owner: int,
    space: int,
    vectors: Sequence[tuple[int, Vector]],
) -> None:
    """Keep the vectors of facts, in the place of those that they may have had."""
    drop(connection, [fact for fact, _ in vectors])
    codes = [(fact, code_of(vector)) for fact, vector in vectors]
    where = shelves.put(connection, owner, space, codes)
    connection.executemany(
        "INSERT INTO vectors (fact, space, shelf, size, parts) VALUES (?, ?, ?, ?, ?)",
        ((fact, space, where[fact], *packed(vector)) for fact, vector in vectors),
    )


def drop(connection: sqlite3.Connection, facts: Sequence[int]) -> None:
    """Drop the vectors of facts, with all that stands for them."""
    on: defaultdict[int, set[int]] = defaultdict(set)
    for fact in facts:
        for (shelf,) in connection.execute(
            "SELECT shelf FROM vectors WHERE fact = ?", (fact,)
        ):
            on[shelf].add(fact)
    for shelf, gone in on.items():
        shelves.take(connection, shelf, gone)
    connection.executemany(
        "DELETE FROM vectors WHERE fact = ?", ((fact,) for fact in facts)
    )


def throw_away(connection: sqlite3.Connection) -> None:
    """Drop all vectors of everybody; all can be made again."""
    for table in ("vectors", "shelves", "embedded", "spaces"):
        connection.execute(f"DELETE FROM {table}")


def near(
    read: Read,
    owner: int,
    space: int,
    vector: Vector,
    at_least: float,
    *,
    most: int = LIKELY,
    fits: Callable[[int], bool] = lambda _: True,
) -> list[int]:
    """Give the facts that fit, by the nearness of their vectors to one."""
    likely = shelves.likely(read, owner, space, vector, most, fits)
    rows = [
        row
        for first in range(0, len(likely), 500)
        for row in read(*_rows_of(likely[first : first + 500]))
    ]
    found = cosines()(packed(vector), [(size, parts) for _, size, parts in rows])
    best = [
        # Rounded, or the order of adding up would decide between equals.
        (round(cosine, 4), fact)
        for cosine, (fact, *_) in zip(found, rows, strict=True)
        if cosine >= at_least
    ]
    return [fact for _, fact in sorted(best, reverse=True)]


def _rows_of(facts: Sequence[int]) -> tuple[str, Sequence[int]]:
    marks = ", ".join("?" * len(facts))
    return f"SELECT fact, size, parts FROM vectors WHERE fact IN ({marks})", facts
