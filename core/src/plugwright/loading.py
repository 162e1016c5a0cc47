"""Brings host plugins that are ready to where they answer, when they are asked.

    ready → imported → active

Code is imported only when one of the hooks is asked that its manifest names. A plugin
that has no manifest is imported when anything is asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from threading import RLock

from plugwright.admission import Admission
from plugwright.admission import Keeping as Keeping
from plugwright.crashes import Marks
from plugwright.discovery import Entry
from plugwright.errors import PlugwrightError, UsageError, in_one_line
from plugwright.registration import Plugins
from plugwright.settings import PluginSettings
from plugwright.stages import HostPlugin as HostPlugin
from plugwright.stages import Stage as Stage
from plugwright.watch import TimedOut, Watch

IMPORT_SECONDS = 30.0
"""How long an import may take, the plugin's dependencies included."""


class Loader:
    """Imports and registers what is ready, when it is asked for."""

    def __init__(self, plugins: Plugins, watch: Watch, home: Path) -> None:
        self.rows: dict[str, HostPlugin] = {}
        self.touched: set[str] = set()
        """Whose row changed in this process."""
        self._plugins = plugins
        self._watch = watch
        self._marks = Marks(home)
        self._admission = Admission(home, {}, Keeping())
        self.entries: dict[str, Entry] = {}
        """What is installed, by the names of those to whom the names belong."""
        self._imports = False
        self._waiting: set[str] = set()
        self._known = frozenset(vars(plugins.hook))
        self._turn = RLock()  # who asks while another thread imports has to wait for it
        plugins.want = self.want
        plugins.lacking = self.lacking

    def take(
        self, entries: Iterable[Entry], admission: Admission, *, imports: bool = True
    ) -> None:
        """Take in what was discovered; what is ready waits until it is wanted.

        Without `imports` it waits for ever: listing and repairing need no plugin.
        """
        self._admission = admission
        self.rows = admission.rows(entries := [*entries])
        for entry in entries:
            row = self.rows.get(entry.name)
            if row is not None and row.distribution == entry.distribution:
                self.entries[entry.name] = entry
        self._imports = imports
        for key, row in self.rows.items():
            self._wait(key, row)
        self._plugins.version += 1

    def judge_again(self, name: str, admission: Admission) -> HostPlugin:
        """Judge one plugin by what has changed, as if it was only discovered now."""
        self._waiting.discard(name)
        if self._plugins.has_plugin(name):
            self._plugins.unregister(name=name)
        row = self.rows[name] = admission.judged(self.entries[name])
        self._wait(name, row)
        self._plugins.version += 1
        return row

    def _wait(self, key: str, row: HostPlugin) -> None:
        if self._imports and row.stage is Stage.READY:
            self._waiting.add(key)

    def add(self, name: str) -> None:
        """Take in a plugin that was registered by hand."""
        callers = self._plugins.get_hookcallers(self._plugins.get_plugin(name)) or []
        hooks = tuple(sorted(caller.name for caller in callers))
        self.rows[name] = HostPlugin(name, "", hooks=hooks).at(Stage.ACTIVE)

    def forget_crashes(self, name: str) -> None:
        """Let a plugin be tried again that took the process down."""
        self._marks.forget(name)

    def want(self, hook: str) -> None:
        """Import everybody who may answer a hook."""
        with self._turn:
            for name in sorted(self._waiting):
                row = self.rows[name]
                # A hook that is not known may be one that is named wrongly, so such a
                # plugin is always wanted: it is told when it is registered.
                if (
                    not row.manifest
                    or hook in row.hooks
                    or not self._known.issuperset(row.hooks)
                ):
                    self.load(name)

    def lacking(self, hook: str) -> dict[str, str]:
        """Say who would answer a hook but is broken, and why, as far as is known."""
        return {
            row.name: row.problem
            for row in self.rows.values()
            if row.stage in (Stage.FAILED, Stage.QUARANTINED) and hook in row.hooks
        }

    def load_all(self) -> None:
        """Import everybody."""
        for name in sorted(self._waiting):
            self.load(name)

    def load(self, name: str) -> HostPlugin:
        """Import one plugin and register it; gives its row, whatever happened."""
        with self._turn:
            if name in self._waiting:
                self._waiting.discard(name)
                try:
                    self.rows[name] = self._loaded(self.rows[name])
                except KeyboardInterrupt:
                    self._waiting.add(name)
                    raise
                self.touched.add(name)
            return self.rows[name]

    def blame(self, name: str, hook: str, said: str) -> None:
        """Note that a plugin failed at a hook; the first failure is kept."""
        row = self.rows.get(name) or HostPlugin(name=name, distribution=name)
        if not row.problem:
            row = row.blamed(f"its hook `{hook}` failed: {said}", stage=row.stage)
        self.touched.add(name)
        self.rows[name] = row

    def _loaded(self, row: HostPlugin) -> HostPlugin:
        row = row._replace(problem="", remedy="")
        started = time.perf_counter()
        with self._marks.marked(row.name, row.version):
            try:
                limited = self._watch.limited
                module = limited(IMPORT_SECONDS, self._imported, row.name)
                spent = (time.perf_counter() - started) * 1000
                row = row.at(Stage.IMPORTED)._replace(import_ms=spent)
                return self._registered(row, module)
            except KeyboardInterrupt:
                raise
            except TimedOut:
                return row.blamed(
                    "its import did not end in time",
                    f"to try it again: `plugwright enable {row.name}`",
                    Stage.QUARANTINED,
                )
            except BaseException as error:
                # Broad on purpose: this runs a stranger's code, and one broken plugin
                # must not stop the host; `sys.exit` at import and panics of compiled
                # code included.
                return row.blamed(f"its import failed: {in_one_line(error)}")

    def _imported(self, name: str) -> object:
        module, _, attribute = self.entries[name].value.partition(":")
        found: object = import_module(module)
        for part in filter(None, attribute.split(".")):
            found = getattr(found, part)
        return found

    def _registered(self, row: HostPlugin, module: object) -> HostPlugin:
        name, plugins = row.name, self._plugins
        try:
            plugins.register(module, name)
        except Exception as error:
            return row.blamed(in_one_line(error))
        callers = plugins.get_hookcallers(module) or []
        hooks = tuple(sorted(caller.name for caller in callers))
        if row.manifest and (differs := _differences(row.hooks, hooks)):
            plugins.unregister(name=name)
            return row.blamed(
                f"its plugin.toml and its code do not agree: {differs}",
                "its author has to run `plugwright manifest`; until then, use an"
                " earlier version",
            )
        try:
            self._configure(name)
        except KeyboardInterrupt:
            plugins.unregister(name=name)
            raise
        except BaseException as error:  # broad as for the import
            plugins.unregister(name=name)
            if isinstance(error, PlugwrightError):
                return row.blamed(error.message, error.remedy)
            if isinstance(error, TimedOut):
                error = TimeoutError("it did not end in time")
            return row.blamed(f"its hook `configured` failed: {in_one_line(error)}")
        return row.at(Stage.ACTIVE)._replace(hooks=hooks)

    def _configure(self, name: str) -> None:
        configured: Callable[..., object] | None = None
        for each in self._plugins.hook.configured.get_hookimpls():
            if each.plugin_name == name:
                configured = each.function
        mine = self._admission.settings.get(name, PluginSettings()).settings
        if configured is None:
            if mine:
                raise UsageError(
                    f"it has no settings, but config.toml has some: {', '.join(mine)}",
                    remedy=f"delete [plugins.{name}.settings]",
                )
            return
        from plugwright.modelling import modelled

        seconds = self._plugins.seconds("configured")
        given = modelled(name, configured, mine)
        self._watch.limited(seconds, configured, **given)


def _differences(promised: Iterable[str], found: Iterable[str]) -> str:
    missing = sorted({*promised} - {*found})
    extra = sorted({*found} - {*promised})
    parts = [f"the code does not answer `{hook}`" for hook in missing]
    parts += [f"plugin.toml does not name `{hook}`" for hook in extra]
    return ", ".join(parts)
