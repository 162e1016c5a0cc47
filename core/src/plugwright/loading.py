"""Loads host plugins by their entry points, and survives the broken ones.

pluggy's own loader stops at the first plugin that cannot be imported, and takes the
commands down that would repair it. Here each plugin is loaded by itself, and what went
wrong is kept with its name, its distribution and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import metadata

import pluggy

from plugwright.bundles import MARKER
from plugwright.errors import BrokeContract, in_one_line
from plugwright.permissions import nearest

GROUP = "plugwright"


@dataclass(frozen=True)
class HostPlugin:
    """One entry point, and what became of it."""

    name: str
    distribution: str
    version: str
    problem: str = ""
    """Why it, or its answer to a hook, is left out; empty if all is well."""
    remedy: str = ""
    hooks: tuple[str, ...] = ()
    """The hooks that it answers."""

    def blamed(self, problem: str) -> HostPlugin:
        """Give the same plugin with what went wrong in it."""
        remedy = f"update or uninstall `{self.distribution}`"
        return replace(self, problem=problem, remedy=remedy)


def load(manager: pluggy.PluginManager) -> Iterator[HostPlugin]:
    """Load every host plugin that is installed, one by one."""
    seen: dict[str, str] = {}
    for plugin, entry in _installed():
        holder = seen.setdefault(plugin.name, plugin.distribution)
        if holder != plugin.distribution:
            yield replace(
                plugin,
                problem=f"its name is taken by `{holder}`",
                remedy=f"uninstall `{plugin.distribution}` or `{holder}`",
            )
        else:
            yield _loaded(manager, entry, plugin)


def _installed() -> list[tuple[HostPlugin, metadata.EntryPoint]]:
    found: dict[tuple[str, str], tuple[HostPlugin, metadata.EntryPoint]] = {}
    for distribution in metadata.distributions():
        for plugin, entry in _offered(distribution):
            # Editable installs can be listed twice; the first counts, as in imports.
            found.setdefault((plugin.name, plugin.distribution), (plugin, entry))
    return [found[key] for key in sorted(found)]


def _offered(
    distribution: metadata.Distribution,
) -> list[tuple[HostPlugin, metadata.EntryPoint]]:
    try:
        name, version = str(distribution.name), str(distribution.version)
        return [
            (HostPlugin(entry.name, name, version), entry)
            for entry in distribution.entry_points
            if entry.group == GROUP and entry.value != MARKER
        ]
    except Exception:  # the broken metadata of a stranger must not stop the host
        return []


def _loaded(
    manager: pluggy.PluginManager, entry: metadata.EntryPoint, plugin: HostPlugin
) -> HostPlugin:
    try:
        module = entry.load()
        _check_hooks(manager, plugin.name, module)
        manager.register(module, name=plugin.name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # Broad on purpose: this runs a stranger's code, and one broken plugin must not
        # stop the host; `sys.exit` at import and panics of compiled code included.
        return plugin.blamed(in_one_line(error))
    callers = manager.get_hookcallers(module) or []
    return replace(plugin, hooks=tuple(sorted(caller.name for caller in callers)))


def _check_hooks(manager: pluggy.PluginManager, plugin: str, module: object) -> None:
    """Refuse what pluggy takes in though nobody would ever ask it."""
    known = {name for name, hook in vars(manager.hook).items() if hook.has_spec()}
    for attribute in dir(module):
        options = manager.parse_hookimpl_opts(module, attribute)
        if options is None:
            continue
        hook = options["specname"] or attribute
        if hook not in known and not options["optionalhook"]:
            raise BrokeContract(
                plugin, f"there is no hook `{hook}`", remedy=nearest(hook, known)
            )
        if options["wrapper"] or options["hookwrapper"]:
            raise BrokeContract(
                plugin,
                f"its answer to `{hook}` is a wrapper around the answers of others",
                remedy="answer with a plain function, for itself alone",
            )
