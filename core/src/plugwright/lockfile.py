"""`plugwright.lock`: which plugins a person has, so that they can be had again.

What comes with Plugwright itself is not in it: a new Plugwright brings its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import metadata
from typing import Any, NamedTuple

import tomli_w
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from plugwright.errors import UsageError
from plugwright.stages import HostPlugin
from plugwright.states import Life, State

NAME = "plugwright.lock"
_VERSION = 1
_HEAD = """\
# Written by `plugwright lock`. `plugwright sync` brings back what is missing.
"""
_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_OURS = "plugwright-core"


class LockedHost(NamedTuple):
    """A host plugin and the distribution that brings it."""

    name: str
    distribution: str
    version: str

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.distribution}=={self.version}"

    def check(self) -> None:
        """Raise ValueError for what pip might take for anything but a requirement."""
        canonicalize_name(self.distribution, validate=True)
        Version(self.version)


class LockedBundle(NamedTuple):
    """A sandboxed plugin that was active, by the hash of its content."""

    name: str
    version: str
    bundle: str

    def check(self) -> None:
        """Raise ValueError for what is no id."""
        if not _ID.fullmatch(self.bundle):
            raise ValueError(f"`{self.bundle:.80}` is no id of a bundle")


class Lock(NamedTuple):
    """Everything that is to be had again."""

    host: tuple[LockedHost, ...]
    sandboxed: tuple[LockedBundle, ...]

    @classmethod
    def of(cls, plugins: Iterable[HostPlugin], lives: Iterable[Life]) -> Lock:
        """Take down what is there now."""
        host = {
            LockedHost(row.name, row.distribution, row.version)
            for row in plugins
            if row.version and not _comes_with_plugwright(row.distribution)
        }
        active = {
            LockedBundle(life.plugin, life.version, life.bundle)
            for life in lives
            if life.state is State.ACTIVE
        }
        return cls(tuple(sorted(host)), tuple(sorted(active)))

    @classmethod
    def parse(cls, text: str, where: str) -> Lock:
        """Read it; UsageError says what is wrong with the file."""
        try:
            table = tomllib.loads(text)
            if table["version"] != _VERSION:
                raise UsageError(
                    f"`{where}` is of version {table['version']!r:.40}, and this"
                    f" Plugwright knows {_VERSION}",
                    remedy="upgrade plugwright-core",
                )
            lock = cls(
                tuple(LockedHost(**_texts(each)) for each in table.get("host", [])),
                tuple(
                    LockedBundle(**_texts(each)) for each in table.get("sandboxed", [])
                ),
            )
            for each in lock.host:
                each.check()
            for bundle in lock.sandboxed:
                bundle.check()
        except KeyError as error:
            raise _no_lock(where, f"it has no {error}") from error
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise _no_lock(where, str(error)) from error
        return lock

    def dumps(self) -> str:
        """Write it, so that `parse` gives back the same."""
        table: dict[str, Any] = {
            "version": _VERSION,
            "host": [each._asdict() for each in self.host],
            "sandboxed": [each._asdict() for each in self.sandboxed],
        }
        return f"{_HEAD}{tomli_w.dumps(table)}"


def _no_lock(where: str, why: str) -> UsageError:
    return UsageError(
        f"`{where}` is no lock file: {why:.200}",
        remedy="name another one, or delete it and write it anew: `plugwright lock`",
    )


def _texts(table: dict[str, Any]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in table.values()):
        raise TypeError("a value that has to be text is not")
    return table


def _comes_with_plugwright(distribution: str) -> bool:
    """Tell whether it demands exactly one Plugwright, so that both change together."""
    try:
        found = metadata.requires(distribution) or ()
        wanted = [Requirement(text) for text in found]
    except (metadata.PackageNotFoundError, InvalidRequirement):
        return False
    return any(
        canonicalize_name(each.name) == _OURS
        and any(part.operator == "==" for part in each.specifier)
        for each in wanted
    )
