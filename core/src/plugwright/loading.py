"""Loads host plugins by their entry points, and survives the broken ones.

pluggy's own loader stops at the first plugin that cannot be imported, and takes the
commands down that would repair it. Here each plugin is loaded by itself, and what went
wrong is kept with its name, its distribution and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata

import pluggy

from plugwright.bundles import MARKER

GROUP = "plugwright"


@dataclass(frozen=True)
class HostPlugin:
    """One entry point, and what became of it."""

    name: str
    distribution: str
    version: str
    problem: str = ""
    """Why it is left out; empty if it is loaded."""
    remedy: str = ""
    hooks: tuple[str, ...] = ()
    """The hooks that it answers."""


def load(manager: pluggy.PluginManager) -> Iterator[HostPlugin]:
    """Load every host plugin that is installed, one by one."""
    seen: dict[str, str] = {}
    for entry, distribution in _entries():
        name, version = distribution.name, distribution.version
        if seen.get(entry.name) == name:
            continue  # editable installs can be listed twice
        if entry.name in seen:
            yield HostPlugin(
                entry.name,
                name,
                version,
                problem=f"its name is taken by `{seen[entry.name]}`",
                remedy=f"uninstall `{name}` or `{seen[entry.name]}`",
            )
            continue
        seen[entry.name] = name
        yield _loaded(manager, entry, HostPlugin(entry.name, name, version))


def _entries() -> Iterable[tuple[metadata.EntryPoint, metadata.Distribution]]:
    found = (
        (entry, distribution)
        for distribution in metadata.distributions()
        for entry in distribution.entry_points
        if entry.group == GROUP and entry.value != MARKER
    )
    return sorted(found, key=lambda pair: (pair[0].name, pair[1].name))


def _loaded(
    manager: pluggy.PluginManager, entry: metadata.EntryPoint, plugin: HostPlugin
) -> HostPlugin:
    try:
        module = entry.load()
        manager.register(module, name=plugin.name)
        manager.check_pending()
    except (Exception, SystemExit) as error:
        # Broad on purpose: this runs a stranger's code, and one broken plugin must not
        # stop the host, `sys.exit` at import included.
        if manager.has_plugin(plugin.name):
            manager.unregister(name=plugin.name)
        return HostPlugin(
            plugin.name,
            plugin.distribution,
            plugin.version,
            problem=f"{type(error).__name__}: {' '.join(str(error).split())}"[:300],
            remedy=f"update or uninstall `{plugin.distribution}`",
        )
    callers = manager.get_hookcallers(module) or []
    return HostPlugin(
        plugin.name,
        plugin.distribution,
        plugin.version,
        hooks=tuple(sorted(caller.name for caller in callers)),
    )
