"""What a lock file has and this home has not, and what can be done about each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from plugwright.bundles import Bundle
from plugwright.lives import Lives
from plugwright.lockfile import Lock, LockedBundle, LockedHost
from plugwright.stages import HostPlugin
from plugwright.states import Life, State

_WILLING = (State.APPROVED, State.DISABLED, State.REPLACED)
"""From where a plugin may be activated again without anybody thinking about it."""


class Left(NamedTuple):
    """Something that nobody but a person can do."""

    what: str
    remedy: str


class Plan(NamedTuple):
    """Everything that is missing."""

    install: tuple[LockedHost, ...]
    """What pip has to bring."""
    why: tuple[str, ...]
    """For each of them, what there is instead."""
    activate: tuple[Life, ...]
    """What is here and approved, but does not run."""
    left: tuple[Left, ...]

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing."""
        return not (self.install or self.activate or self.left)

    @property
    def requirements(self) -> list[str]:
        """What pip has to be asked for, each once."""
        return [*dict.fromkeys(each.requirement for each in self.install)]

    @classmethod
    def of(
        cls,
        lock: Lock,
        plugins: Iterable[HostPlugin],
        lives: Lives,
        waiting: Sequence[tuple[str, Bundle]] = (),
    ) -> Plan:
        """Compare a lock with what there is; `waiting` has come with pip only."""
        here = {canonicalize_name(row.distribution): row.version for row in plugins}
        install, why = [], []
        for each in lock.host:
            found = here.get(canonicalize_name(each.distribution), "")
            if not _is_same(found, each.version):
                install.append(each)
                instead = f"{found} is here" if found else "it is not here"
                why.append(f"`{each.name}` {each.version}: {instead}")
        activate, left = [], []
        known = {life.bundle: life for life in lives.list()}
        brought = {bundle.id: name for name, bundle in waiting}
        for locked in lock.sandboxed:
            life = known.get(locked.bundle)
            found_left = _left(locked, life, lives, brought)
            if found_left:
                left.append(found_left)
            elif life and life.state is not State.ACTIVE:
                activate.append(life)
        return cls(tuple(install), tuple(why), tuple(activate), tuple(left))


def _left(
    locked: LockedBundle,
    life: Life | None,
    lives: Lives,
    brought: dict[str, str],
) -> Left | None:
    what = f"`{locked.name}` {locked.version}"
    if life is None and locked.bundle in brought:
        name = brought[locked.bundle]
        return Left(f"{what}: nobody approved it", f"`plugwright approve {name}`")
    if life is None or life.plugin != locked.name:
        return Left(
            f"{what}: bundle {locked.bundle[:12]} is not here",
            "`plugwright add` the folder that it came from, or install its wheel with"
            " pip; then approve it",
        )
    if obstacle := lives.obstacle(life):
        return Left(obstacle.message, obstacle.remedy)
    if life.state not in (State.ACTIVE, *_WILLING):
        why = f": {life.why}" if life.why else ""
        return Left(f"{what} is {life.state}{why}", life.remedy)
    return None


def _is_same(found: str, wanted: str) -> bool:
    try:
        return Version(found) == Version(wanted)
    except InvalidVersion:
        return False
