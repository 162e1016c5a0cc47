"""Where a bundle is in its life, and what a person decided about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple

from plugwright.bundles import Bundle
from plugwright.ledger import canonical
from plugwright.manifest import Manifest
from plugwright.permissions import Permission
from plugwright.quotas import Quota


class State(StrEnum):
    """Where in its life a bundle is."""

    FORGED = "forged"
    UNPACKED = "unpacked"
    JUDGED = "judged"
    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVE = "active"
    DISABLED = "disabled"
    QUARANTINED = "quarantined"
    REPLACED = "replaced"


_REMEDIES = {
    State.FORGED: "let it be judged first",
    State.UNPACKED: "let it be judged first",
    State.JUDGED: "to look at it and decide: `plugwright approve {}`",
    State.PROPOSED: "to run it: `plugwright approve {}`",
    State.APPROVED: "to run it: `plugwright enable {}`",
    State.ACTIVE: "to stop it: `plugwright disable {}`",
    State.DISABLED: "to run it again: `plugwright enable {}`",
    State.QUARANTINED: "to go back: `plugwright rollback {0}`; to try it again: "
    "`plugwright enable {0}`",
    State.REPLACED: "to run it again: `plugwright enable {} {}`",
}


@dataclass(frozen=True)
class Life:
    """Where one bundle is in its life."""

    bundle: str
    plugin: str
    version: str
    state: State
    since: str
    why: str
    """Why it is disabled or quarantined."""
    report: str
    """The digest of what the judge found last; empty before."""
    passed: bool
    """Whether every test of that report was accepted."""
    stops: int
    """How often in a row it broke its quota."""
    activated: int
    """The ledger row of its last activation; 0 before the first."""

    @property
    def remedy(self) -> str:
        """What to do from here."""
        if self.state is State.DISABLED and not self.activated:
            return _REMEDIES[State.PROPOSED].format(self.plugin)
        if self.report and not self.passed and self.state is State.JUDGED:
            return "its tests failed: mend it and add it again"
        return _REMEDIES[self.state].format(self.plugin, self.version)


@dataclass(frozen=True)
class Approval:
    """What a person decided about one bundle."""

    bundle: str
    permissions: str
    """All of them, as canonical JSON."""
    quota: str
    """Every field, as canonical JSON."""
    by: str
    at: str
    report: str
    """The digest of the judge's report that the person was shown."""

    def fits(self, asked: Asked) -> bool:
        """Whether it is about exactly these permissions and this quota."""
        return (self.permissions, self.quota) == asked


class Asked(NamedTuple):
    """What a bundle asks a person for, as an approval writes it."""

    permissions: str
    quota: str

    @classmethod
    def by(cls, manifest: Manifest) -> Asked:
        """Write down what a manifest asks for."""
        permissions = canonical(sorted(map(str, manifest.permissions)))
        return cls(permissions, canonical(asdict(manifest.quota)))


class Active(NamedTuple):
    """What may run, and with what."""

    bundle: Bundle
    permissions: tuple[Permission, ...]
    quota: Quota
    stops: int = 0
    """How often in a row it broke its quota, up to now."""
