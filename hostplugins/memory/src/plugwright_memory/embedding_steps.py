"""Facts that have no vector of the embedding in use yet, brought up to it in steps.

There are some after an update, after a change of the embedding, after a salvage, and
when a model could not be reached. Each step is one transaction, so whatever ends it,
it was done or not. How far it came is kept for each owner: facts are numbered as they
come, so all up to one number are done, and whoever asks for the rest finds it at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from plugwright.database import Database
from plugwright.errors import Declined, TooLong
from plugwright_memory import vectors
from plugwright_memory.embeddings import Embedding
from plugwright_memory.reading import Read, reading
from plugwright_memory.vectors import Vector

STEP = 64
"""Facts of one step; a model embeds as many at once."""


def text_of(text: str, about: str) -> str:
    """Give what of a fact is embedded."""
    return f"{about}\n{text}" if about else text


def embed_all(embedding: Embedding, texts: Sequence[str]) -> list[Vector]:
    """Embed any number of texts."""
    return [
        vector
        for first in range(0, len(texts), STEP)
        for vector in embedding.embed(texts[first : first + STEP])
    ]


def step(database: Database, owner: int, embedding: Embedding) -> int:
    """Embed the next facts of an owner; gives how many more are done now.

    Raises ProviderError if the model cannot be reached.
    """
    space = vectors.space_of(database.read, embedding.identity)
    known = space[0] if space else 0
    rows = database.read(
        "SELECT number, text, about FROM facts WHERE owner = ? AND number > ?"
        " ORDER BY number LIMIT ?",
        (owner, _upto(database.read, owner, known), STEP),
    )
    if not rows:
        return 0
    has = _have(database.read, known, rows[0][0], rows[-1][0])
    todo = {n: text_of(text, about) for n, text, about in rows if n not in has}
    found = {n: v for n, v in _embedded(embedding, todo) if v is not None}
    if not found and not space:
        return 0  # no model's vectors have no space to be done in
    with database.transaction() as connection:
        if found:
            length = len(next(iter(found.values())))
            number = vectors.enter_space(connection, embedding.identity, length)
            _keep_those_there(connection, owner, number, found)
        else:
            number = known
        if number == known or not known:
            mark(connection, owner, number, rows[-1][0])
    return len(rows)


def mark(connection: sqlite3.Connection, owner: int, space: int, upto: int) -> None:
    """Note that all facts up to one are done; of other embeddings none are for sure."""
    connection.execute(
        "DELETE FROM embedded WHERE owner = ? AND space <> ?", (owner, space)
    )
    connection.execute(
        "INSERT INTO embedded VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET upto = max(upto, excluded.upto)",
        (owner, space, upto),
    )


def mark_new(
    connection: sqlite3.Connection, owner: int, space: int, numbers: Sequence[int]
) -> None:
    """Note that new facts came with vectors; all are done if all before them were."""
    upto = _upto(reading(connection), owner, space)
    waits = connection.execute(
        "SELECT 1 FROM facts WHERE owner = ? AND number > ? AND number < ? LIMIT 1",
        (owner, upto, min(numbers)),
    ).fetchone()
    mark(connection, owner, space, upto if waits else max(numbers))


def waiting(read: Read, owner: int, embedding: Embedding) -> int:
    """Count the facts of an owner that are still to be embedded."""
    space = vectors.space_of(read, embedding.identity)
    known = space[0] if space else 0
    [(count,)] = read(
        "SELECT count(*) FROM facts WHERE owner = ? AND number > ? AND NOT EXISTS"
        " (SELECT 1 FROM vectors WHERE fact = facts.number AND space = ?)",
        (owner, _upto(read, owner, known), known),
    )
    return int(count)


def _upto(read: Read, owner: int, space: int) -> int:
    found = read(
        "SELECT upto FROM embedded WHERE owner = ? AND space = ?", (owner, space)
    )
    return int(found[0][0]) if found else 0


def _have(read: Read, space: int, first: int, last: int) -> set[int]:
    rows = read(
        "SELECT fact FROM vectors WHERE fact BETWEEN ? AND ? AND space = ?",
        (first, last, space),
    )
    return {fact for (fact,) in rows}


def _embedded(
    embedding: Embedding, texts: dict[int, str]
) -> Iterator[tuple[int, Vector | None]]:
    """Embed texts; one that the model cannot take has no vector, and the rest have."""
    try:
        yield from zip(texts, embed_all(embedding, [*texts.values()]), strict=True)
        return
    except (TooLong, Declined):
        pass
    for number, text in texts.items():
        try:
            [vector] = embedding.embed([text])
        except (TooLong, Declined):
            yield number, None
        else:
            yield number, vector


def _keep_those_there(
    connection: sqlite3.Connection,
    owner: int,
    space: int,
    found: dict[int, Vector],
) -> None:
    """Keep vectors of facts that nobody forgot, or embedded, since they were read."""
    has = _have(reading(connection), space, min(found), max(found))
    rows = connection.execute(
        "SELECT number FROM facts WHERE owner = ? AND number BETWEEN ? AND ?",
        (owner, min(found), max(found)),
    ).fetchall()
    there = [n for (n,) in rows if n in found and n not in has]
    vectors.keep(connection, owner, space, [(n, found[n]) for n in there])
