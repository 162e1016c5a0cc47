"""From a question to facts: by words and by vectors, put together by reciprocal ranks.

Reciprocal rank fusion: a fact gets 1 / (60 + place) from each of the two orders that it
stands in. Scores of different kinds need not be compared for it, and what both know
comes first.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from plugwright.errors import ProviderError
from plugwright_memory import vectors
from plugwright_memory.embeddings import Embedding
from plugwright_memory.narrowing import Narrowing
from plugwright_memory.reading import Read
from plugwright_memory.rows import SHOWN, Row
from plugwright_memory.search import Search

FUSED = 50
"""How many of each order are put together, where no more are asked for."""
_STEADY = 60
"""Makes the first few places count about the same."""

_log = logging.getLogger("plugwright.memory")


def recalled(
    read: Read,
    owner: int,
    question: str,
    limit: int,
    only: Narrowing,
    now: float,
    embedding: Embedding | None,
) -> list[Row]:
    """Give the rows of the best facts that have not expired, the best first."""
    most = max(limit, FUSED)
    by_words = Search(read, owner, only, now).best(question, most)
    if embedding is None:
        return by_words[:limit]
    by_vectors = _near(read, owner, question, most, only, now, embedding)
    return fused(by_words, by_vectors, embedding.weight)[:limit]


def fused(
    by_words: Sequence[Row], by_vectors: Sequence[Row], weight: float
) -> list[Row]:
    """Put two orders together; the places of the second count `weight` as much."""
    rows = {row[0]: row for row in (*by_words, *by_vectors)}
    scores = dict.fromkeys(rows, 0.0)
    for order, counts in ((by_words, 1.0), (by_vectors, weight)):
        for place, row in enumerate(order, 1):
            scores[row[0]] += counts / (_STEADY + place)
    # Sorting keeps the order among equals: words come first.
    return sorted(rows.values(), key=lambda row: scores[row[0]], reverse=True)


def _near(
    read: Read,
    owner: int,
    question: str,
    most: int,
    only: Narrowing,
    now: float,
    embedding: Embedding,
) -> list[Row]:
    space = vectors.space_of(read, embedding.identity)
    if space is None:
        return []
    try:
        [vector] = embedding.embed([question])
    except ProviderError as error:
        # Words are found without a model, and it may be back next time.
        _log.warning("searched by words alone: %s", error)
        return []
    number, length = space
    if len(vector) != length:
        return []
    best = vectors.near(
        read,
        owner,
        number,
        vector,
        embedding.at_least,
        most=max(vectors.LIKELY, most),
        fits=only.fits(read, owner),
    )[:most]
    marks = ", ".join("?" * len(best))
    rows = read(
        f"SELECT number, {SHOWN} FROM facts WHERE number IN ({marks})"
        " AND (expires IS NULL OR expires > ?)",
        (*best, now),
    )
    found = {number: row for number, *row in rows}
    return [_row(found[number]) for number in best if number in found]


def _row(columns: Sequence[object]) -> Row:
    id, text, about, kept, expires, run = columns
    return (id, text, about, kept, expires, run)  # type: ignore[return-value]
