"""From the words of a question to the few facts that fit it best, also among many.

To rank a fact takes about a microsecond, so a word that most facts have would cost more
than all the rest and tell least. Rare words say which facts are ranked; frequent ones
only change their order, and the most frequent not even that. Where all are frequent,
the newest facts that have them all are ranked, then the newest that have any.
"""

from __future__ import annotations

from plugwright_memory.narrowing import Narrowing
from plugwright_memory.reading import Read
from plugwright_memory.rows import SHOWN, Row
from plugwright_memory.schema import words_of
from plugwright_memory.words import terms

MOST_RANKED = 2000
"""How many facts are ranked for one question."""
MOST_COUNTED = 20_000
"""A word that more facts have tells nothing, if there are others."""

# The words of the text count twice as much as those of the subject; the last column
# only narrows.
_WEIGHTS = "1.0, 0.5, 0.0"


class Search:
    """Finds what one owner keeps, by words."""

    def __init__(self, read: Read, owner: int, only: Narrowing, now: float) -> None:
        self._read = read
        self._owner = owner
        self._words = words_of(owner)
        self._only = only
        self._now = now

    def best(self, question: str, limit: int) -> list[Row]:
        """Give the rows of the best facts that have not expired, the best first."""
        rows: dict[str, Row] = {}
        for match in self._matches(question):
            for row in self._ranked(match, limit):
                rows.setdefault(row[0], row)
            if len(rows) >= limit:
                break
        return [*rows.values()][:limit]

    def _matches(self, question: str) -> list[str]:
        """Say what to look for first, and what instead if that is not enough."""
        counted = [(self._count(term), term) for term in terms(question)]
        rare: list[str] = []
        frequent: list[str] = []
        total = 0
        known = sorted(each for each in counted if each[0])
        telling = [each for each in known if each[0] <= MOST_COUNTED]
        for count, term in telling or known:
            total += count
            (rare if total <= MOST_RANKED else frequent).append(term)
        if rare and frequent:
            # Each word stands here twice, so that none counts more than it should.
            return [f"{_any(rare)} AND {_any(rare + frequent + frequent)}"]
        if rare:
            return [_any(rare)]
        return [f"({' AND '.join(frequent)})", _any(frequent)] if frequent else []

    def _count(self, term: str) -> int:
        """Count the facts that have a word, as far as it matters."""
        [(count,)] = self._read(
            f"SELECT count(*) FROM (SELECT 1 FROM {self._words}"
            f" WHERE {self._words} MATCH ? LIMIT {MOST_COUNTED + 1})",
            (self._match(term),),
        )
        return int(count)

    def _ranked(self, match: str, limit: int) -> list[Row]:
        # Rounded, or the order of adding up would decide between equals.
        order = "ORDER BY round(score, 9), found DESC LIMIT"
        # Most of what is ranked is not shown, and need not be looked up. What expired
        # and is not dropped yet may stand before what is shown.
        return self._read(
            f"SELECT {SHOWN} FROM (SELECT found, score FROM ("
            f"SELECT rowid AS found, bm25({self._words}, {_WEIGHTS}) AS score"
            f" FROM {self._words} WHERE {self._words} MATCH ?"
            f" ORDER BY rowid DESC LIMIT {MOST_RANKED})"
            f" {order} ? + (SELECT count(*) FROM facts"
            " WHERE owner = ? AND expires <= ?))"
            " JOIN facts ON facts.number = found"
            f" WHERE expires IS NULL OR expires > ? {order} ?",
            (self._match(match), limit, self._owner, self._now, self._now, limit),
        )

    def _match(self, what: str) -> str:
        return self._only.words(f"{{text about}} : ({what})")


def _any(phrases: list[str]) -> str:
    return f"({' OR '.join(phrases)})"
