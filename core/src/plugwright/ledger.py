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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from plugwright.database import TROUBLE, Database, is_damage
from plugwright.redaction import redact


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
    SALVAGED = "salvaged"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to tell."""

    kind: Kind
    plugin: str
    bundle: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


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

    @property
    def is_sealed(self) -> bool:
        """Whether the row is as it was written."""
        return _is_sealed(
            self.seq,
            self.at,
            self.kind,
            self.plugin,
            self.bundle,
            self.detail,
            self.previous,
            self.hash,
        )


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


def seal(
    seq: int, at: str, kind: str, plugin: str, bundle: str, detail: str, previous: str
) -> str:
    """Compute the hash over all other fields of a row."""
    # What `canonical` makes of the list of them, in a quarter of the time.
    text = (
        f"[{seq},{quoted(at)},{quoted(kind)},{quoted(plugin)},{quoted(bundle)},"
        f"{quoted(detail)},{quoted(previous)}]"
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _is_sealed(*values: Any) -> bool:
    try:
        return bool(seal(*values[:-1]) == values[-1])
    except TypeError:  # a damaged file can give bytes where text was written
        return False


class Ledger:
    """The rows, and whether they are still what was written.

    Their order is that of `seq`. A clock may go back, so `at` is only what it showed.
    """

    def __init__(self, database: Database, *, now: Callable[[], str] = now) -> None:
        self._database = database
        self._now = now

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
        entry = Entry(kind=kind, plugin=plugin, bundle=bundle, detail=detail or {})
        return self.append_all(connection, [entry])[0]

    def append_all(
        self, connection: sqlite3.Connection, entries: Iterable[Entry]
    ) -> list[Row]:
        """Add rows within the caller's transaction, so all are kept or none."""
        last, previous = connection.execute("SELECT seq, hash FROM head").fetchone()
        rows = []
        for seq, entry in enumerate(entries, last + 1):
            text = redact(canonical(dict(entry.detail)))
            sealed = (seq, self._now(), entry.kind.value, entry.plugin, entry.bundle)
            mark = seal(*sealed, text, previous)
            rows.append(Row(*sealed, text, previous, mark))
            previous = mark
        keep(connection, rows)
        return rows

    def note(
        self,
        kind: Kind,
        *,
        plugin: str,
        bundle: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> Row:
        """Add a row in a transaction of its own."""
        entry = Entry(kind=kind, plugin=plugin, bundle=bundle, detail=detail or {})
        return self.extend([entry])[0]

    def extend(self, entries: Iterable[Entry]) -> list[Row]:
        """Add rows in one transaction of their own: the disk is waited for once."""
        with self._database.transaction() as connection:
            return self.append_all(connection, entries)

    def rows(self, *, limit: int = -1, plugin: str | None = None) -> list[Row]:
        """Give back what happened, newest first; all of it unless limited."""
        found = self._database.read(
            "SELECT * FROM ledger WHERE :plugin IS NULL OR plugin = :plugin"
            " ORDER BY seq DESC LIMIT :limit",
            {"plugin": plugin, "limit": limit},
        )
        # Where text was written, a damaged file can give anything.
        return [
            Row(seq, *(v if isinstance(v, str) else repr(v) for v in values))
            for seq, *values in found
        ]

    def length(self) -> int:
        """Count the rows."""
        found = self._database.read("SELECT count(*) FROM ledger")
        return found[0][0] if found else 0

    def verify(self) -> Broken | None:
        """Find the first row that was changed, removed or added behind our back."""
        if not self._database.path.exists():
            return None
        with self._database.snapshot() as connection:
            head = connection.execute("SELECT seq, hash FROM head").fetchone()
            if head is None:
                return Broken(1, "the ledger has no head")
            return _first_broken(connection, head)


def keep(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Write sealed rows as they are; the last one is what the ledger ends with."""
    if not rows:
        return
    values = [(*vars(row).values(),) for row in rows]
    connection.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.execute(
        "UPDATE head SET seq = ?, hash = ?", (values[-1][0], values[-1][-1])
    )


def _first_broken(
    connection: sqlite3.Connection, head: tuple[int, str]
) -> Broken | None:
    seq, previous = 0, ""
    try:
        for values in connection.execute("SELECT * FROM ledger ORDER BY seq"):
            seq += 1
            if values[0] != seq:
                return Broken(seq, f"row {seq} is missing")
            if not _is_sealed(*values):
                return Broken(seq, f"row {seq} was changed")
            if values[-2] != previous:
                return Broken(seq, f"row {seq} does not follow row {seq - 1}")
            previous = values[-1]
    except TROUBLE as error:
        if not is_damage(error):
            raise
        return Broken(seq + 1, f"row {seq + 1} cannot be read")
    if head != (seq, previous):
        return Broken(seq + 1, f"the ledger does not end with row {seq}")
    return None
