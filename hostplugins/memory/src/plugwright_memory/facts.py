"""What one owner keeps in the file, and nothing of what others do."""

from __future__ import annotations

import json
import logging
import math
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace

from plugwright.database import Database
from plugwright.errors import HostError, ProviderError, UsageError
from plugwright.memory import Fact
from plugwright_memory import vectors
from plugwright_memory.embedding_steps import (
    embed_all,
    mark_new,
    step,
    text_of,
    waiting,
)
from plugwright_memory.embeddings import Embedding
from plugwright_memory.limits import fit_name, fit_text, is_broken
from plugwright_memory.narrowing import Kind, Narrowing
from plugwright_memory.recalling import recalled
from plugwright_memory.rows import SHOWN, Row, drop, enter, insert
from plugwright_memory.vectors import Vector

MOST_FOUND = 1000
"""Facts that one `recall` gives at most."""
DROPPED_AT_ONCE = 500
"""Expired facts that one `remember` drops: it must not have to wait for many."""

_log = logging.getLogger("plugwright.memory")


class SqliteMemory:
    """Facts of one owner. May be used from several threads and processes."""

    def __init__(
        self,
        database: Database,
        owner: str,
        now: Callable[[], float] = time.time,
        embedding: Embedding | None = None,
    ) -> None:
        """Without an embedding, facts are found by their words alone."""
        if not owner:
            raise UsageError("a memory needs an owner", remedy="give the owner's name")
        self._database = database
        self._owner = fit_name(owner, "the name of an owner")
        self._now = now
        self._embedding = embedding
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

    def remember_run(
        self, run: str, summary: str, *, about: str = "", expires: float | None = None
    ) -> str:
        """Keep what came of a run, in the place of what was kept of it before."""
        if not run:
            raise UsageError("a run needs its id", remedy="`plugwright runs` shows it")
        fact = self._fact(summary, about, expires)
        return self._keep([replace(fact, run=fit_name(run, "the id of a run"))])[0]

    def recall(
        self, query: str = "", *, about: str = "", limit: int = 10, kind: Kind = ""
    ) -> Sequence[Fact]:
        """Find facts, the best match first; without a query, the newest first.

        Any text is a query. A fact fits if it has one of its words, or is near it by
        its vector; rare words count more; endings of English words, accents and case
        make no difference.
        """
        if not 1 <= limit <= MOST_FOUND:
            raise UsageError(
                f"cannot find {limit} facts", remedy=f"ask for 1 to {MOST_FOUND}"
            )
        only = Narrowing(fit_name(about, "a subject"), kind)
        owner = self._number()
        if owner is None:
            return []
        if query.strip():
            read, now = self._database.read, self._now()
            rows = recalled(read, owner, query, limit, only, now, self._embedding)
        else:
            rows = self._newest(owner, only, limit)
        return [fact_of(row) for row in rows]

    def recall_runs(
        self, query: str = "", *, about: str = "", limit: int = 10
    ) -> Sequence[Fact]:
        """Find what came of past runs, as `recall` finds facts."""
        return self.recall(query, about=about, limit=limit, kind="run")

    def forget(self, id: str) -> bool:
        """Drop a fact with its words and its vector; tells whether it was there."""
        owner = self._number()
        if owner is None or is_broken(id):
            return False
        with self._database.transaction() as connection:
            return drop(connection, owner, "id = ?", (id,), 1) == 1

    def export(self) -> Iterator[str]:
        """Give every fact as a line of JSON, the oldest first, as of one moment."""
        owner = self._number()
        if owner is None:
            return
        with self._database.snapshot() as connection:
            for row in connection.execute(
                f"SELECT {SHOWN} FROM facts WHERE owner = ?"
                " AND (expires IS NULL OR expires > ?) ORDER BY number",
                (owner, self._now()),
            ):
                yield json.dumps(asdict(fact_of(row)), ensure_ascii=False)

    def waiting(self) -> int:
        """Count the facts that have no vector of the embedding in use yet."""
        owner = self._number()
        if owner is None or self._embedding is None:
            return 0
        return waiting(self._database.read, owner, self._embedding)

    def embed_some(self) -> int:
        """Give vectors to the next of those that wait; gives how many are done now.

        Raises ProviderError if a model is needed and cannot be reached.
        """
        owner = self._number()
        if owner is None or self._embedding is None:
            return 0
        return step(self._database, owner, self._embedding)

    def _fact(self, text: str, about: str, expires: float | None) -> Fact:
        now = self._now()
        if expires is not None and not (math.isfinite(expires) and expires > now):
            raise UsageError(
                f"a fact cannot expire at {expires:g}, which is not in the future",
                remedy="give seconds since 1970: in an hour is `time.time() + 3600`",
            )
        return Fact(
            id=secrets.token_hex(8),
            text=fit_text(text),
            about=fit_name(about, "a subject"),
            kept=now,
            expires=expires,
        )

    def _keep(self, facts: Sequence[Fact]) -> list[str]:
        found = self._vectors(facts)
        with self._database.transaction() as connection:
            owner = enter(connection, self._owner)
            now = self._now()
            drop(connection, owner, "expires <= ?", (now,), DROPPED_AT_ONCE)
            numbers = []
            for fact in facts:
                if fact.run:
                    replaced = "number = (SELECT fact FROM runs WHERE (owner, run) ="
                    drop(connection, owner, f"{replaced} (?, ?))", (owner, fact.run), 1)
                numbers.append(insert(connection, owner, row_of(fact)))
            if found and self._embedding:
                identity, length = self._embedding.identity, len(found[0])
                space = vectors.enter_space(connection, identity, length)
                new = [*zip(numbers, found, strict=True)]
                vectors.keep(connection, owner, space, new)
                mark_new(connection, owner, space, numbers)
        if found and self._embedding:
            # A few of those that still wait; what fails now is done another time.
            with suppress(HostError, ProviderError):
                step(self._database, owner, self._embedding)
        return [fact.id for fact in facts]

    def _vectors(self, facts: Sequence[Fact]) -> list[Vector]:
        """Embed facts; none, if the model does not: they are kept all the same."""
        if self._embedding is None:
            return []
        try:
            texts = [text_of(fact.text, fact.about) for fact in facts]
            return embed_all(self._embedding, texts)
        except ProviderError as error:
            _log.warning("remembered without vectors for now: %s", error)
            return []

    def _newest(self, owner: int, only: Narrowing, limit: int) -> list[Row]:
        narrowed, values = only.rows(owner)
        return self._database.read(
            f"SELECT {SHOWN} FROM facts WHERE owner = ? {narrowed}"
            " AND (expires IS NULL OR expires > ?) ORDER BY number DESC LIMIT ?",
            (owner, *values, self._now(), limit),
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
            now = self._now()
            drop(connection, owner, "expires <= ?", (now,), DROPPED_AT_ONCE)


def fact_of(row: Row) -> Fact:
    """Give a fact as others see it."""
    id, text, about, kept, expires, run = row
    return Fact(id=id, text=text, about=about, kept=kept, expires=expires, run=run)


def row_of(fact: Fact) -> Row:
    """Give a fact as it is written."""
    return (fact.id, fact.text, fact.about, fact.kept, fact.expires, fact.run)
