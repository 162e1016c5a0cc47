"""Which releases of wasmtime are known to be unsafe, and the refusal to run on one.

The list is data, `advisories.toml`, and says when it was last checked. The Python
package and the runtime inside it are two things: package 50.0.1 carries runtime 50.0.0.
Every version asked about is the package's, as `importlib.metadata` tells it; what it
carries is looked up, and a package that nobody has looked into counts as the oldest it
can be.

This is a list of what was published. A runtime that is not on it is not thereby safe,
which is why the engine lives in a worker that may be broken and killed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from plugwright.errors import HostError

ACCEPT = "PLUGWRIGHT_ACCEPT_ADVISORIES"
"""The environment variable in which a person names what they accept."""


@dataclass(frozen=True, kw_only=True)
class Advisory:
    """One published mistake of the runtime."""

    id: str
    """GitHub's name for it, `GHSA-…`."""
    cve: str = ""
    date: date
    severity: str
    """As published: low, medium, high or critical."""
    summary: str
    affected: tuple[SpecifierSet, ...]
    """Runtimes that have it; one set that contains a runtime is enough."""
    fixed: tuple[Version, ...]
    """The first runtime of each line that does not have it any more."""
    matters: bool
    """Whether a guest of this sandbox can reach it."""
    because: str
    """Why it matters, or why it does not."""
    unverified: bool = False
    """Whether its range was widened for want of facts."""

    def affects(self, runtime: Version) -> bool:
        """Tell whether a runtime has this mistake."""
        return any(part.contains(runtime, prereleases=True) for part in self.affected)

    def fix_for(self, runtime: Version) -> Version:
        """Name the nearest release that does not have it, a newer one if there is."""
        return min((v for v in self.fixed if v > runtime), default=max(self.fixed))

    def accepted_in(self, names: Collection[str]) -> bool:
        """Tell whether a person has named it, by either name."""
        named = {name.casefold() for name in names}
        return self.id.casefold() in named or (self.cve.casefold() or None) in named


def known() -> tuple[Advisory, ...]:
    """Give the whole list, oldest first."""
    return tuple(_advisory(row) for row in _file()["advisory"])


def checked() -> date:
    """Tell when the list was last compared with what is published."""
    return date.fromisoformat(_file()["checked"])


def carried_by(version: str) -> Version:
    """Name the runtime inside a release of the Python package.

    Raises:
        HostError: it is no plain release, so that nobody can know what is inside.
    """
    try:
        parsed = Version(version)
    except (InvalidVersion, TypeError):
        parsed = None
    # A development version or somebody's own build may carry anything.
    if parsed is None or str(parsed) != parsed.base_version or parsed.epoch:
        raise HostError(
            f"wasmtime calls itself version `{ascii(version)[1:-1]:.50}`, which is no "
            "release, so that nobody can tell what is known to be wrong with it",
            remedy="install a released one: pip install --upgrade wasmtime",
        )
    plain = ".".join(str(part) for part in (*parsed.release, 0, 0)[:3])
    return Version(_file()["carries"].get(plain, f"{parsed.major}.0.0"))


def against(version: str) -> tuple[Advisory, ...]:
    """List what is known against this release, what does not matter here included.

    What a person accepts stays on it: accepted is not mended.
    """
    runtime = carried_by(version)
    return tuple(advisory for advisory in known() if advisory.affects(runtime))


def accepted_names(environment: Mapping[str, str]) -> frozenset[str]:
    """Read which advisories a person accepts; there is no word for all of them."""
    return frozenset(environment.get(ACCEPT, "").replace(",", " ").split())


def refuse_known(version: str, accepted: Collection[str] = ()) -> None:
    """Raise HostError where something that matters is known and nobody accepted it."""
    standing = [
        advisory
        for advisory in against(version)
        if advisory.matters and not advisory.accepted_in(accepted)
    ]
    if not standing:
        return
    runtime = carried_by(version)
    worst = max(standing, key=lambda a: (_SEVERITIES.index(a.severity), a.date))
    names = ",".join(advisory.id for advisory in standing)
    others = f" (and {len(standing) - 1} more)" if len(standing) > 1 else ""
    newest = max(advisory.fix_for(runtime) for advisory in standing)
    raise HostError(
        f"wasmtime {version}, which carries runtime {runtime}, has a known mistake, "
        f"{worst.id}{others}: {worst.summary}",
        remedy=f"upgrade to a wasmtime that carries {newest} or later: pip install "
        "--upgrade wasmtime; or, if you know why you are safe, accept by name: "
        f"{ACCEPT}={names}",
    )


_SEVERITIES = ("low", "medium", "high", "critical")


@cache
def _file() -> dict[str, Any]:
    name = "advisories.toml"
    return tomllib.loads(
        resources.files("plugwright_sandbox.wasm").joinpath(name).read_text("utf-8")
    )


def _advisory(row: Mapping[str, Any]) -> Advisory:
    told = {
        **row,
        "date": date.fromisoformat(row["date"]),
        "affected": tuple(SpecifierSet(part) for part in row["affected"]),
        "fixed": tuple(Version(version) for version in row["fixed"]),
    }
    return Advisory(**told)
