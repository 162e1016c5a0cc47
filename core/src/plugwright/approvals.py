"""What a person decided, the evidence that it rests on, and whether it still holds.

An approval holds for as long as all of its evidence is as it was, it is signed by this
home's key, and the bundle is not on the blocklist.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from plugwright.blocklist import Blocklist
from plugwright.bundles import Bundle
from plugwright.database import Database
from plugwright.errors import UsageError
from plugwright.evidence import Evidence
from plugwright.ledger import Kind, now
from plugwright.signing import SigningKey
from plugwright.states import Approval, Life

HIDDEN = "[secret]"
"""What `redact` writes."""
_DECISIONS = """
SELECT bundle, kind, detail FROM ledger
WHERE kind IN ('approved', 'refused', 'revoked') ORDER BY seq
"""
_GIVEN = "SELECT bundle, evidence, by, at, key, signature FROM approvals"


class Void(UsageError):
    """A person's decision that holds no longer, or that there never was."""

    def __init__(self, life: Life, why: str) -> None:
        super().__init__(
            f"`{life.plugin}` {life.version} may not run: {why}",
            remedy=f"to look at it and decide: `plugwright approve {life.plugin}`",
        )
        self.why = why


class Approvals:
    """Every approval of one home."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._key = SigningKey(home / "approval.key")
        self._proven: dict[str, tuple[Approval | None, str, Blocklist]] = {}
        """With what a bundle was found to be allowed, so that it is found out once."""
        self._file = str(home / "blocklist.json")
        self._blocked: tuple[tuple[int, ...], Blocklist] = ((), Blocklist())
        """What the file said, and which state of the file that was."""

    def of(self, bundle: str) -> Approval | None:
        """Give the approval of one bundle, if there is one."""
        for row in self._database.read(
            "SELECT * FROM approvals WHERE bundle = ?", (bundle,)
        ):
            return Approval(*row)
        return None

    def give(
        self,
        connection: sqlite3.Connection,
        life: Life,
        bundle: Bundle,
        *,
        by: str,
        parent: str,
    ) -> Approval:
        """Write one down, signed, within the caller's transaction.

        No other process makes a key at the same time: it would wait for the end of the
        transaction.
        """
        evidence = Evidence.of(bundle, life.report, parent)
        key = self._key.make()
        unsigned = Approval(life.bundle, evidence.dumps(), by, now(), key, "")
        approval = unsigned._replace(signature=self._key.sign(unsigned.text))
        connection.execute(
            "INSERT OR REPLACE INTO approvals VALUES (?, ?, ?, ?, ?, ?)", approval
        )
        return approval

    def take_back(self, connection: sqlite3.Connection, bundle: str) -> None:
        """Forget one within the caller's transaction, if there is any."""
        connection.execute("DELETE FROM approvals WHERE bundle = ?", (bundle,))

    def check(self, life: Life, bundle: Bundle) -> None:
        """Raise UsageError, which says why, unless this bundle may run."""
        approval = self.of(life.bundle)
        # The rest of what it was proven with, files and promises, cannot change here.
        found = approval, life.report, self.blocklist()
        if self._proven.get(life.bundle) != found:
            self.check_allowed(life)
            if approval is None:
                raise Void(life, "nobody approved it")
            self._prove(life, bundle, approval)
            self._proven[life.bundle] = found

    def check_allowed(self, life: Life) -> None:
        """Raise UsageError for what is on the blocklist."""
        blocked = self.blocklist().verdict(
            plugin=life.plugin, version=life.version, bundle=life.bundle
        )
        if blocked:
            raise UsageError(
                f"`{life.plugin}` {life.version} is on the blocklist: {blocked.reason}",
                remedy=blocked.remedy,
            )

    def check_key(self) -> None:
        """Raise where a decision could not be signed, before anybody is asked."""
        if self._key.path.exists():
            _ = self._key.id

    def blocklist(self) -> Blocklist:
        """What must not run here, as the file in the home says it now."""
        try:
            state = os.stat(self._file)
        except OSError:
            mark: tuple[int, ...] = ()
        else:
            mark = state.st_mtime_ns, state.st_size, state.st_ino
        if mark != self._blocked[0]:
            self._blocked = mark, Blocklist.read(Path(self._file))
        return self._blocked[1]

    def _prove(self, life: Life, bundle: Bundle, approval: Approval) -> None:
        self._check_signer(life, approval)
        if not self._key.verify(approval.text, approval.signature):
            raise Void(life, "its approval was changed after it was signed")
        try:
            evidence = Evidence.parse(approval.evidence)
        except ValueError as error:
            raise Void(life, "its approval cannot be read") from error
        if changed := evidence.changed(Evidence.of(bundle, life.report)):
            raise Void(life, f"{changed} changed since it was approved")

    def _check_signer(self, life: Life, approval: Approval) -> None:
        # Not void: who puts the key back has not to decide anew.
        path = self._key.path
        if not path.exists():
            why = f"`{path}`, which signed its approval, is gone"
        elif self._key.id != approval.key:
            why = f"its approval was signed with another key than `{path}`"
        else:
            return
        raise UsageError(
            f"`{life.plugin}` {life.version} may not run: {why}",
            remedy=f"put that key back, or decide anew: `plugwright approve"
            f" {life.plugin}`",
        )


def unproven(database: Database) -> Sequence[str]:
    """Name the approvals that are not what a ledger that is whole tells of them.

    One that is missing is none of them: where nothing is approved, nothing runs.
    """
    if not database.path.exists():
        return []
    told: dict[str, Mapping[str, object]] = {}
    with database.snapshot() as connection:
        for bundle, kind, detail in connection.execute(_DECISIONS):
            told[bundle] = json.loads(detail) if kind == Kind.APPROVED else {}
        given = [Approval(*row) for row in connection.execute(_GIVEN)]
    return [
        f"`{approval.bundle:.12}`"
        for approval in given
        if not all(
            _is_told(value, told.get(approval.bundle, {}).get(column))
            for column, value in approval._asdict().items()
        )
    ]


def _is_told(value: object, told: object) -> bool:
    # The ledger tells no secrets, which what made a plugin may have written down.
    return value == told or (isinstance(told, str) and HIDDEN in told)
