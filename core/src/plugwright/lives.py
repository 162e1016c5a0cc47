"""The life of a sandboxed plugin, from where it came to where it runs.

    forged, unpacked → judged → proposed → approved → active
                                    ↑                   ↓
                     discovered ────┘       disabled, quarantined, replaced

Every arrow is one transaction that writes the new state and a ledger row, so a crash
leaves both or neither. Whatever ran once can be activated again while its approval
holds; see `approvals`.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from plugwright.approvals import Approvals, Void
from plugwright.blocklist import Blocklist
from plugwright.bundles import Bundle
from plugwright.database import Database
from plugwright.errors import (
    HostError,
    NotLoaded,
    PlugwrightError,
    Rejected,
    UsageError,
)
from plugwright.judging import Report
from plugwright.ledger import Kind, Ledger, Row, canonical, now
from plugwright.lifebook import LifeBook
from plugwright.places import line_of
from plugwright.sandboxes import GENERATED
from plugwright.states import CHANGED, REFUSED, REVOKED, VOID, Approval
from plugwright.states import Active as Active
from plugwright.states import Life as Life
from plugwright.states import State as State

PATIENCE = 3
"""How often in a row a plugin may break its quota before it is quarantined."""


_UNDECIDED = (State.FORGED, State.UNPACKED, State.JUDGED, State.PROPOSED)
_RESTING = (State.APPROVED, State.DISABLED, State.QUARANTINED, State.REPLACED)


class Lives(LifeBook):
    """Every bundle that this host knows, and the arrows between its states."""

    def __init__(self, database: Database, bundles_root: Path) -> None:
        super().__init__(database, bundles_root)
        self._ledger = Ledger(database)
        self._approvals = Approvals(database, bundles_root.parent)
        self._verified: dict[str, Bundle] = {}
        self.moved: Callable[[], None] = _nobody_looks
        """Told of every change, before it is kept."""

    def forged(self, bundle: Bundle) -> str:
        """Take in what a forge session made; gives its id."""
        if bundle.manifest.engine != GENERATED:
            place = ("plugin", "engine")
            raise Rejected(
                "engine",
                "plugin.toml",
                line_of(bundle.files["plugin.toml"].decode(), place),
                f"what a model wrote runs in `{GENERATED}` only",
                remedy="leave `engine` out",
            )
        return self._enter(bundle, State.FORGED, Kind.FORGED)

    def unpacked(self, bundle: Bundle, folder: str = "") -> str:
        """Take in what a person brought as files; gives its id."""
        detail = {"folder": folder} if folder else {}
        return self._enter(bundle, State.UNPACKED, Kind.UNPACKED, detail)

    def discovered(self, bundle: Bundle) -> str:
        """Take in what was installed with pip; gives its id. A person decides next."""
        return self._enter(bundle, State.PROPOSED, Kind.DISCOVERED)

    def judged(self, bundle: str, report: Report) -> None:
        """Keep what the judge found, good or bad."""
        digest = hashlib.sha256(canonical(asdict(report)).encode()).hexdigest()
        with self._database.transaction() as connection:
            life = self.life(bundle)
            # What lost its approval starts here again; what has it needs no judge.
            is_decided = self.may_run(life) and not life.wants_decision
            renewed = () if is_decided else tuple(State)
            _from(life, "judged", *_UNDECIDED, *renewed)
            connection.execute(
                "UPDATE lives SET report = ?, passed = ? WHERE bundle = ?",
                (digest, report.passed, bundle),
            )
            detail = {"report": digest, "passed": report.passed}
            self._move(connection, life, State.JUDGED, detail=detail)

    def propose(self, bundle: str) -> None:
        """Ask a person about it. Only what passed its tests can be proposed."""
        with self._database.transaction() as connection:
            life = self.life(bundle)
            _from(life, "proposed", State.JUDGED)
            if not life.passed:
                raise UsageError(
                    f"`{life.plugin}` {life.version} did not pass its tests",
                    remedy="mend it, then let it be judged again",
                )
            self._move(connection, life, State.PROPOSED)

    def approve(self, bundle: str, *, by: str) -> Approval:
        """Record that a person lets this bundle have what it asks for.

        This is the only way to an approval; `by` says how the person said so.
        """
        with self._database.transaction() as connection:
            life = self.life(bundle)
            # What is active needs a new one when a host upgrade voided the old.
            renewed = () if self.may_run(life) else (State.ACTIVE,)
            _from(life, "approved", State.PROPOSED, *_RESTING, *renewed)
            self._approvals.check_allowed(life)
            before = self.predecessor(life)
            approval = self._approvals.give(
                connection,
                life,
                self.bundle(life),
                by=by,
                parent=before.bundle if before else "",
            )
            self._move(connection, life, State.APPROVED, detail=approval._asdict())
        return approval

    def revoke(self, name: str, *, by: str, id: str = "") -> Sequence[Life]:
        """Take back the approvals of a plugin; gives what had one, as it was.

        Of one bundle only, if the beginning of its `id` is given. What runs is stopped
        before its next call, in every process.
        """
        self.current(name)  # raises where there is none
        with self._database.transaction() as connection:
            revoked = [
                life
                for life in self._select("plugin = ?", name)
                if life.bundle.startswith(id)
                and (self.approval(life.bundle) or life.state is State.ACTIVE)
            ]
            if not revoked:
                raise UsageError(
                    f"nothing of `{name:.80}` is approved",
                    remedy="`plugwright plugins` shows what is",
                )
            # What runs comes last: it stays the one that the name means.
            for life in sorted(revoked, key=lambda life: life.state is State.ACTIVE):
                self._end(connection, life, Kind.REVOKED, REVOKED + by)
        return revoked

    def refuse(self, bundle: str, *, by: str) -> None:
        """Record that a person does not want it."""
        with self._database.transaction() as connection:
            life = self.life(bundle)
            _from(life, "refused", State.PROPOSED)
            self._end(connection, life, Kind.REFUSED, REFUSED + by)

    def activate(self, bundle: str) -> None:
        """Let an approved bundle run, in place of the one that runs now."""
        with self._database.transaction() as connection:
            life = self.life(bundle)
            _from(life, "activated", *_RESTING)
            self._approvals.check(life, self.bundle(life))
            row = self._start(connection, life, Kind.ACTIVE)
            _number(connection, "activated", row)

    def disable(self, name: str) -> None:
        """Let it run no more, until it is activated again."""
        self.current(name)  # raises where there is none
        with self._database.transaction() as connection:
            life = self.current(name)
            _from(life, "disabled", State.ACTIVE)
            self._move(connection, life, State.DISABLED, why="a person disabled it")

    def rollback(self, name: str) -> str:
        """Let the bundle that ran before run again; gives its id.

        A second roll-back goes further back, not forth again.
        """
        with self._database.transaction() as connection:
            for life in self._earlier(name):
                if self.may_run(life):
                    self._start(connection, life, Kind.ROLLED_BACK)
                    return life.bundle
        raise UsageError(
            f"`{name}` has no earlier approved version to go back to",
            remedy=f"to stop it: `plugwright disable {name}`",
        )

    def active(self, name: str) -> Active:
        """Give what may run under this name, verified; refuse everything else.

        What ran and is not as it was approved is quarantined, so that lists show it.
        """
        try:
            return self.proven(name)
        except NotLoaded as error:
            said = error.message.removeprefix(f"`{name}`: ")
            self._quarantine(name, CHANGED + said)
            raise
        except Void as error:
            self._quarantine(name, VOID + error.why)
            raise

    def proven(self, name: str) -> Active:
        """Give the same as `active`, for a look only: it changes nothing."""
        life = self.current(name)
        _from(life, "run", State.ACTIVE)
        # Files are read and hashed once; from then on what runs is what was read.
        if life.bundle not in self._verified:
            self._verified[life.bundle] = self.bundle(life)
        bundle = self._verified[life.bundle]
        self._approvals.check(life, bundle)
        about = bundle.manifest
        return Active(bundle, about.permissions, about.quota, life.stops)

    def may_run(self, life: Life) -> bool:
        """Tell whether nothing but its state keeps it from running."""
        return self.obstacle(life) is None

    def obstacle(self, life: Life) -> PlugwrightError | None:
        """Say what, beside its state, keeps it from running, if anything does.

        Changed files, no approval, one that does not hold any more, the blocklist.
        """
        try:
            self._approvals.check(life, self.bundle(life))
        except PlugwrightError as error:
            return error
        return None

    def check_decidable(self, life: Life) -> None:
        """Raise where a person's yes could change nothing, before they are asked."""
        self._approvals.check_allowed(life)
        self._approvals.check_key()

    def approval(self, bundle: str) -> Approval | None:
        """Give the approval of one bundle, if there is one."""
        return self._approvals.of(bundle)

    def blocklist(self) -> Blocklist:
        """What must not run here."""
        return self._approvals.blocklist()

    def record_stop(self, name: str, quota: str) -> bool:
        """Note that a quota ended a call; tells whether that was once too often."""
        with self._database.transaction() as connection:
            life = self.current(name)
            self._ledger.append(
                connection,
                Kind.STOPPED,
                plugin=name,
                bundle=life.bundle,
                detail={"quota": quota},
            )
            # The last call of a plugin that was disabled meanwhile changes nothing.
            if life.state is not State.ACTIVE:
                return False
            stops = life.stops + 1
            _count(connection, life, stops)
            if stops < PATIENCE:
                return False
            why = f"broke its quota {stops} times in a row, `{quota}` the last time"
            self._move(connection, life, State.QUARANTINED, why=why)
            return True

    def record_success(self, name: str) -> None:
        """Forget earlier stops: only those in a row count."""
        with self._database.transaction() as connection:
            _count(connection, self.current(name), 0)

    def _quarantine(self, name: str, why: str) -> None:
        # Where nothing can be written, it is refused all the same.
        with suppress(HostError), self._database.transaction() as connection:
            life = self.current(name)
            # Another process may have mended it meanwhile.
            if life.state is State.ACTIVE and not self.may_run(life):
                self._move(connection, life, State.QUARANTINED, why=why)

    def _enter(
        self,
        bundle: Bundle,
        state: State,
        kind: Kind,
        detail: Mapping[str, object] | None = None,
    ) -> str:
        # The folder first: a crash in between leaves files that nothing points to.
        bundle.write(self._bundles)
        about = bundle.manifest
        with self._database.transaction() as connection:
            is_new = connection.execute(
                "INSERT OR IGNORE INTO lives (bundle, plugin, version, state, since)"
                " VALUES (?, ?, ?, ?, ?)",
                (bundle.id, about.name, about.version, state, now()),
            ).rowcount
            if is_new:
                row = self._ledger.append(
                    connection,
                    kind,
                    plugin=about.name,
                    bundle=bundle.id,
                    detail=detail,
                )
                _number(connection, "moved", row)
        return bundle.id

    def _move(
        self,
        connection: sqlite3.Connection,
        life: Life,
        state: State,
        *,
        kind: Kind | None = None,
        why: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> Row:
        self.moved()
        row = self._ledger.append(
            connection,
            kind or Kind(state),
            plugin=life.plugin,
            bundle=life.bundle,
            detail=detail or ({"why": why} if why else {}),
        )
        connection.execute(
            "UPDATE lives SET state = ?, since = ?, why = ? WHERE bundle = ?",
            (state, row.at, why, life.bundle),
        )
        _number(connection, "moved", row)
        return row

    def _start(self, connection: sqlite3.Connection, life: Life, kind: Kind) -> Row:
        running = self.current(life.plugin)
        if running.state is State.ACTIVE:
            self._move(connection, running, State.REPLACED)
        _count(connection, life, 0)
        return self._move(connection, life, State.ACTIVE, kind=kind)

    def _end(
        self, connection: sqlite3.Connection, life: Life, kind: Kind, why: str
    ) -> None:
        """Let it not run any more until a person decides anew."""
        self._approvals.take_back(connection, life.bundle)
        self._move(connection, life, State.DISABLED, kind=kind, why=why)

    def _earlier(self, name: str) -> Sequence[Life]:
        # Going back keeps the number of the activation that is gone back to, so that
        # the next roll-back starts from there.
        once = [life for life in self._select("plugin = ?", name) if life.activated]
        once.sort(key=lambda life: life.activated, reverse=True)
        running = self.current(name)
        last = running if running.state is State.ACTIVE else once[0] if once else None
        return [
            life
            for life in once
            if last
            and life.activated < last.activated
            and life.state is not State.QUARANTINED
        ]


def _nobody_looks() -> None:
    """Where nobody has to know of changes."""


def _from(life: Life, done: str, *states: State) -> None:
    if life.state not in states:
        why = f" ({life.why})" if life.why else ""
        raise UsageError(
            f"`{life.plugin}` {life.version} is {life.state}{why} and cannot be {done}",
            remedy=life.remedy,
        )


def _number(connection: sqlite3.Connection, column: str, row: Row) -> None:
    """Note the row that tells of it: by those lives are in order, not by a clock."""
    connection.execute(
        f"UPDATE lives SET {column} = ? WHERE bundle = ?", (row.seq, row.bundle)
    )


def _count(connection: sqlite3.Connection, life: Life, stops: int) -> None:
    connection.execute(
        "UPDATE lives SET stops = ? WHERE bundle = ?", (stops, life.bundle)
    )
