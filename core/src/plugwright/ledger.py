"""What happened, in order: an append-only record in which every row seals the last.

Each row holds the hash of the row before it and a hash over its own fields, so a
change of one byte anywhere shows. The chain alone cannot show that its last rows were
cut off; therefore the number and the hash of the last row are also kept in `head`,
written in the same transaction.

What this does not show: whoever may write the whole file can compute all hashes and the
head anew. Only a copy of the last hash that is kept elsewhere tells against that.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from plugwright.database import Database


class Kind(StrEnum):
    """What a row tells."""

    FORGED = "forged"
    UNPACKED = "unpacked"
    DISCOVERED = "discovered"
    JUDGED = "judged"
    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVE = "active"
    DISABLED = "disabled"
    QUARANTINED = "quarantined"
    REPLACED = "replaced"
    ROLLED_BACK = "rolled_back"
    REFUSED = "refused"
    DENIED = "denied"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Row:
    """One thing that happened."""

    seq: int
    at: str
    """UTC, as ISO 8601 writes it."""
    kind: str
    """One of `Kind`, unless somebody changed it."""
    plugin: str
    bundle: str
    detail: str
    """Canonical JSON, exactly as it was hashed."""
    previous: str
    """The hash of the row before; empty for the first."""
    hash: str = ""

    def facts(self) -> dict[str, Any]:
        """Parse the detail."""
        facts: dict[str, Any] = json.loads(self.detail)
        return facts

    def seal(self) -> str:
        """Compute the hash over all other fields."""
        return hashlib.sha256(canonical(astuple(self)[:-1]).encode()).hexdigest()

    @property
    def is_sealed(self) -> bool:
        """Whether the row is as it was written."""
        try:
            return self.hash == self.seal()
        except TypeError:  # a damaged file can give bytes where text was written
            return False


@dataclass(frozen=True)
class Broken:
    """The first row that is not as it was written."""

    seq: int
    what: str


def canonical(value: object) -> str:
    """Write JSON so that equal values are equal text, in plain ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def now() -> str:
    """Give the time as the records write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Ledger:
    """The rows, and whether they are still what was written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        connection: sqlite3.Connection,
        kind: Kind,
        *,
        plugin: str,
        bundle: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> Row:
        """Add a row within the caller's transaction, so both are kept or neither."""
        seq, previous = connection.execute("SELECT seq, hash FROM head").fetchone()
        text = canonical(dict(detail or {}))
        row = Row(seq + 1, now(), kind.value, plugin, bundle, text, previous)
        row = replace(row, hash=row.seal())
        connection.execute(
            "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(row)
        )
        connection.execute("UPDATE head SET seq = ?, hash = ?", (row.seq, row.hash))
        return row

    def note(
        self,
        kind: Kind,
        *,
        plugin: str,
        bundle: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> Row:
        """Add a row in a transaction of its own."""
        with self._database.transaction() as connection:
            return self.append(
                connection, kind, plugin=plugin, bundle=bundle, detail=detail
            )

    def rows(self, *, limit: int = -1, plugin: str | None = None) -> list[Row]:
        """Give back what happened, newest first; all of it unless limited."""
        found = self._database.read(
            "SELECT * FROM ledger WHERE plugin = coalesce(?, plugin)"
            " ORDER BY seq DESC LIMIT ?",
            (plugin, limit),
        )
        return [Row(*values) for values in found]

    def verify(self) -> Broken | None:
        """Find the first row that was changed, removed or added behind our back."""
        # One statement sees one moment, whatever other processes append meanwhile.
        if not self._database.path.exists():
            return None
        found = self._database.read(
            "SELECT head.seq, head.hash, ledger.* FROM head LEFT JOIN ledger"
            " ORDER BY ledger.seq"
        )
        if not found:
            return Broken(1, "the ledger has no head")
        seq, previous = 0, ""
        for _, _, *values in found:
            if values[0] is None:
                break
            row = Row(*values)
            seq += 1
            if row.seq != seq:
                return Broken(seq, f"row {seq} is missing")
            if not row.is_sealed:
                return Broken(seq, f"row {seq} was changed")
            if row.previous != previous:
                return Broken(seq, f"row {seq} does not follow row {seq - 1}")
            previous = row.hash
        if found[0][:2] != (seq, previous):
            return Broken(seq + 1, f"the ledger does not end with row {seq}")
        return None
