"""Compares a manifest with the code, and writes into it what the code says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plugwright.errors import UsageError
from plugwright.home import write_atomically
from plugwright.host import Host
from plugwright.hostmanifest import HostManifest
from plugwright.machine import naming
from plugwright.manifest import Manifest
from plugwright.sandboxes import GENERATED
from plugwright_sdk.kit.bundled import MINIMAL, WHOLE, said_by_code
from plugwright_sdk.kit.manifests import Tables, differences, updated, without_nothing
from plugwright_sdk.kit.portraits import Portrait, portrait
from plugwright_sdk.kit.processes import never
from plugwright_sdk.kit.projects import Project

Hosting = Callable[[], Host]
"""Gives a host with the sandbox; asked for only where there is something to run."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A manifest beside what the code says."""

    project: Project
    before: str
    """The file as it is; empty if there is none."""
    after: str
    """The file as it has to be."""
    differences: tuple[str, ...]
    """Where the two do not agree, in words."""
    portrait: Portrait | None = None
    """What else is known of a host plugin."""

    def write(self) -> None:
        """Write the file, if it changes."""
        if self.after != self.before:
            write_atomically(self.project.manifest, self.after.encode())
            self.project.manifest.chmod(0o644)  # others read it, too


def declare(
    project: Project, hosting: Hosting, is_stale: Callable[[], bool] = never
) -> Declared:
    """Look at the code and compare. Raises what keeps the code from being looked at."""
    before = ""
    if project.manifest.exists():
        with naming(project.manifest):
            before = project.manifest.read_text("utf-8", "replace")
    seen = portrait(project, is_stale) if project.kind == "host" else None
    whole: tuple[str, ...]
    if seen is not None:
        base = before or _first_of_host(project, seen)
        said, whole = _said_by_host_plugin(seen), ("settings",)
    else:
        base = before or MINIMAL.format(name=project.name, summary="What it does.")
        said, whole = _said_in_sandbox(project, base, hosting()), WHOLE
    said = _in_its_order(said, base)
    after = updated(base, said, whole)
    _checked(project, after)
    found = differences(before, said, whole) if before else ["it is missing"]
    return Declared(
        project=project,
        before=before,
        after=after if found else before,
        differences=tuple(found),
        portrait=seen,
    )


def _first_of_host(project: Project, seen: Portrait) -> str:
    summary = project.summary or seen.summary or "What it does."
    return HostManifest(project.name, ">=0.1,<0.2", summary, [], {}).dumps()


def _said_by_host_plugin(seen: Portrait) -> Tables:
    return {
        "plugin": {"hooks": [*seen.hooks]},
        "settings": without_nothing(seen.settings),
    }


def _said_in_sandbox(project: Project, base: str, host: Host) -> Tables:
    sources = {
        path.name: path.read_text("utf-8", "replace")
        for path in sorted(project.folder.glob("*.py"))
    }
    about = _plugin_table(base)
    engine = str(about.get("engine", GENERATED))
    return said_by_code(host, project.name, sources, engine)


def _plugin_table(text: str) -> Mapping[str, Any]:
    try:
        table = tomllib.loads(text).get("plugin", {})
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"plugin.toml is not TOML: {error}", remedy="correct that place"
        ) from error
    return table if isinstance(table, dict) else {}


_SETS = {"plugin": ("hooks",), "offers": ("validates",), "events": ("handles",)}
"""Lists whose order says nothing."""


def _in_its_order(said: Tables, base: str) -> Tables:
    """Say in the author's order what means the same in any."""
    written = tomllib.loads(base)
    return {
        table: {
            key: _reordered(value, written.get(table, {}).get(key))
            if key in _SETS.get(table, ())
            else value
            for key, value in keys.items()
        }
        for table, keys in said.items()
    }


def _reordered(value: list[str], written: object) -> list[str]:
    if isinstance(written, list) and sorted(map(str, written)) == sorted(value):
        return written
    return value


def _checked(project: Project, text: str) -> None:
    """Refuse what the host would refuse; Rejected names the line."""
    if project.kind == "host":
        found = HostManifest.parse(text.encode())
        if found.name != project.name:
            raise UsageError(
                f"plugin.toml is about `{found.name}`, but the entry point is"
                f" `{project.name}`",
                remedy="call both the same",
            )
    else:
        Manifest.parse(text)
