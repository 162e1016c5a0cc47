"""The facts of all owners, for the person whose machine it is.

No plugin, agent or model gets here: `plugwright memory` alone imports it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from plugwright.database import Database
from plugwright.errors import ProviderError, UsageError
from plugwright.memory import Fact
from plugwright.permissions import nearest
from plugwright_memory.embeddings import Embedding
from plugwright_memory.facts import fact_of
from plugwright_memory.narrowing import Narrowing
from plugwright_memory.reading import Read, reading
from plugwright_memory.recalling import recalled
from plugwright_memory.rows import SHOWN, Row, drop

_ALIKE = 500
"""How many ids are looked through for the one that was meant."""
_CURRENT = "(expires IS NULL OR expires > ?)"
_OF_OWNERS = "facts JOIN owners ON owners.number = facts.owner"

_log = logging.getLogger("plugwright.memory")


@dataclass(frozen=True)
class Owned:
    """A fact, and who keeps it."""

    owner: str
    fact: Fact


@dataclass(frozen=True)
class Owner:
    """One who keeps facts, and how many."""

    name: str
    facts: int
    newest: float
    """When the last of them was kept."""


@dataclass
class _Asked:
    """The vector of one question, so that a model is asked once for all owners."""

    identity: str
    at_least: float
    weight: float
    vector: Sequence[float]

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [self.vector for _ in texts]


class Everybody:
    """Finds and drops what all owners keep. With `owner` it is what that one keeps."""

    def __init__(
        self,
        database: Database,
        owner: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._owner = owner
        self._now = now

    def owners(self) -> list[Owner]:
        """Give all who keep facts that have not expired, by their names."""
        rows = self._database.read(
            f"SELECT name, count(*), max(kept) FROM {_OF_OWNERS}"
            f" WHERE {_CURRENT} AND ? IN ('', name) GROUP BY name ORDER BY name",
            (self._now(), self._owner),
        )
        return [Owner(*row) for row in rows]

    def count(self) -> int:
        """Count the facts that have not expired."""
        return sum(each.facts for each in self.owners())

    def newest(self, limit: int) -> list[Owned]:
        """Give the newest facts first; those that have expired are none."""
        rows = self._database.read(
            f"SELECT name, {SHOWN} FROM {_OF_OWNERS}"
            f" WHERE {_CURRENT} AND ? IN ('', name)"
            " ORDER BY facts.number DESC LIMIT ?",
            (self._now(), self._owner, limit),
        )
        return [Owned(name, fact_of(_row(row))) for name, *row in rows]

    def search(
        self, question: str, limit: int, embedding: Embedding | None = None
    ) -> list[Owned]:
        """Find facts as `recall` does; of several owners, the best of each come first.

        Each owner's are ranked apart: how rare a word is differs among them.
        """
        owners = self._numbers()
        asked = _asked(embedding, question) if embedding and owners else None
        read, only, now = self._database.read, Narrowing(), self._now()
        orders = [
            [
                Owned(name, fact_of(row))
                for row in recalled(read, number, question, limit, only, now, asked)
            ]
            for number, name in owners
        ]
        places = zip_longest(*orders)
        return [*islice((each for place in places for each in place if each), limit)]

    def named(self, ids: Sequence[str]) -> list[Owned]:
        """Give the facts with these ids. UsageError says which there is not."""
        read = self._database.read
        return [self._one(read, id)[1] for id in dict.fromkeys(ids)]

    def forget(self, ids: Sequence[str]) -> int:
        """Drop the facts with these ids, or none of them if one is not there."""
        self.named(ids)  # or a file would be made where there is none
        with self._database.transaction() as connection:
            read = reading(connection)
            found = [self._one(read, id) for id in dict.fromkeys(ids)]
            for number, each in found:
                drop(connection, number, "id = ?", (each.fact.id,), 1)
        return len(found)

    def check_owner(self) -> None:
        """Refuse a name that is nobody's, unless nothing is remembered at all."""
        known = [name for (name,) in self._database.read("SELECT name FROM owners")]
        if self._owner and known and self._owner not in known:
            raise UsageError(
                f"nobody called `{self._owner:.80}` keeps facts",
                remedy=nearest(self._owner, known),
            )

    def _numbers(self) -> list[tuple[int, str]]:
        return self._database.read(
            "SELECT number, name FROM owners WHERE ? IN ('', name) ORDER BY name",
            (self._owner,),
        )

    def _one(self, read: Read, id: str) -> tuple[int, Owned]:
        rows = read(
            f"SELECT owners.number, name, {SHOWN} FROM {_OF_OWNERS}"
            " WHERE id = ? AND ? IN ('', name) ORDER BY name",
            (id, self._owner),
        )
        if not rows:
            of = f" of `{self._owner:.80}`" if self._owner else ""
            raise UsageError(
                f"there is no fact `{id:.80}`{of}, so nothing was dropped",
                remedy=self._meant(read, id),
            )
        if len(rows) > 1:
            names = " and ".join(f"`{name}`" for _, name, *_ in rows)
            raise UsageError(
                f"{names} each have a fact `{id}`, so nothing was dropped",
                remedy="say whose it is with `--owner`",
            )
        [(number, name, *row)] = rows
        return number, Owned(name, fact_of(_row(row)))

    def _meant(self, read: Read, id: str) -> str:
        """Say which id was meant, among those that begin or end like the given one."""
        alike = read(
            f"SELECT DISTINCT id FROM {_OF_OWNERS} WHERE ? IN ('', name)"
            f" AND (substr(id, 1, 4) = ? OR substr(id, -4) = ?) LIMIT {_ALIKE}",
            (self._owner, id[:4], id[-4:]),
        )
        said = nearest(id, [each for (each,) in alike])
        is_guess = said.startswith("did you mean")
        return said if is_guess else "`plugwright memory list` shows the ids"


def _asked(embedding: Embedding, question: str) -> _Asked | None:
    try:
        [vector] = embedding.embed([question])
    except ProviderError as error:
        _log.warning("searched by words alone: %s", error)
        return None
    return _Asked(embedding.identity, embedding.at_least, embedding.weight, vector)


def _row(columns: Sequence[object]) -> Row:
    id, text, about, kept, expires, run = columns
    return (id, text, about, kept, expires, run)  # type: ignore[return-value]
