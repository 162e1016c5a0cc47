"""The host: loads plugins, asks them questions, and runs what a person approved."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from plugwright import promises
from plugwright.asking import Asking
from plugwright.bundles import Bundle, installed_bundles
from plugwright.capabilities import services
from plugwright.commands import Command, called
from plugwright.database import Database
from plugwright.discovery import discover
from plugwright.errors import BrokeContract, UsageError
from plugwright.home import Home
from plugwright.hooks import Hooks, Questions
from plugwright.hostplugins import HostPlugins
from plugwright.judging import Case, Judge, Report, Watcher
from plugwright.ledger import Ledger
from plugwright.lives import Lives
from plugwright.loading import Keeping
from plugwright.machine import cache_folder
from plugwright.manifest import CommandSpec
from plugwright.memory import Memory
from plugwright.offers import naming_plugin
from plugwright.opening import Opened
from plugwright.permissions import Permission, nearest
from plugwright.providers import Provider
from plugwright.proxies import Proxies
from plugwright.quotas import Quota
from plugwright.recordings import Recording, Replay, Tape, differs, key_of
from plugwright.registration import Plugins
from plugwright.roles import CONFIG, ConfiguredModels
from plugwright.running import Call, Runner, guest_of
from plugwright.sandboxes import (
    GENERATED,
    JSON,
    Progress,
    Sandbox,
    Service,
    say_nothing,
)
from plugwright.scheduling import Scheduler
from plugwright.secrets import redact
from plugwright.stages import HostPlugin, Stage
from plugwright.storage import Storage


class Host:
    """Plugins, and what may be asked of them. Made, used, dropped; a context manager.

    `Host(home)` is an empty one, for tests; `Host.discover()` loads what is installed.
    """

    def __init__(
        self,
        home: Home,
        *,
        cache: Path | None = None,
        strict: bool = False,
        trace: Callable[[str], None] | None = None,
    ) -> None:
        """Make an empty host. `strict` raises what a plugin raises, for tests."""
        self.home = home
        self.cache = cache or cache_folder()
        self.waiting: tuple[tuple[str, Bundle], ...] = ()
        """Bundles that pip installed and that no host has taken in yet."""
        self.manager = Plugins(Questions)
        self._database = Database(home.database)
        asking = Asking(
            plugins=self.manager, failed=self._blame, strict=strict, trace=trace
        )
        self.hooks = Hooks(asking)
        self._crew = HostPlugins(asking, self._database, home.folder)
        self.ledger = Ledger(self._database)
        self.lives = Lives(self._database, home.bundles)
        self.runner = Runner(
            self._database,
            self.ledger,
            self.lives,
            self.sandbox,
            models=ConfiguredModels(home.folder / CONFIG, self.provider),
            keep_out=(self.cache,),
        )
        self.runner.tell = self._tell_host_plugins
        self.progress: Progress = say_nothing
        self._opened = Opened(self)
        self._proxies = Proxies(self.manager, self.lives, self.runner.ask)
        self.manager.want = self._want
        self._is_started = False
        self._held = ExitStack()

    @classmethod
    def discover(cls, home: Home | None = None, *, imports: bool = True) -> Host:
        """Find every installed plugin; imported is what is asked, when it is asked.

        Without `imports` nobody is asked, so that nobody stands in the way of a repair.
        `PLUGWRIGHT_SAFE_MODE`, `PLUGWRIGHT_WITHOUT` and `PLUGWRIGHT_TRACE` hold.
        """
        is_traced = os.environ.get("PLUGWRIGHT_TRACE", "") not in ("", "0")
        trace = trace_to_stderr if is_traced else None
        host = cls(home or Home.of_user(), trace=trace)
        keeping = Keeping.of(os.environ)
        host._crew.take(discover(host.cache), keeping, imports=imports)
        return host

    @property
    def plugins(self) -> tuple[HostPlugin, ...]:
        """Every host plugin, broken ones included, as far as it came by now."""
        return tuple(self._crew.rows.values())

    def take_in(self, plugin: object, name: str) -> None:
        """Register a plugin that nobody installed, as tests and notebooks do."""
        self.manager.register(plugin, name)
        self._crew.add(name)

    def require(self) -> None:
        """Raise HostError where a plugin cannot answer without which nobody goes on."""
        self._crew.require()

    def keep_out(self, name: str) -> HostPlugin:
        """Let a host plugin answer no more, until `let_in`."""
        return self._crew.keep_out(name)

    def let_in(self, name: str) -> HostPlugin:
        """Let a host plugin be imported again, whatever it did before.

        Gives how far it comes: something else may keep it out, too.
        """
        return self._crew.let_in(name)

    def __enter__(self) -> Self:
        """Be the only host on this home until the end of the block."""
        self._held.enter_context(self.home.lock())
        try:
            self.look_for_installed()
            for _, bundle in self.waiting:
                self.lives.discovered(bundle)
            self.waiting = ()
            self._is_started = True
            self.hooks.started(host=self)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything and let go of the home."""
        with ExitStack() as ending:  # the last first, and all, whatever one raises
            ending.callback(self._held.close)
            ending.callback(self._database.close)
            ending.callback(self._crew.note)
            ending.callback(self._opened.close_sandboxes)
            ending.callback(self._opened.close_providers)
            ending.callback(self.runner.close)
            ending.callback(self._opened.close_schedulers)
            if self._is_started:
                self._is_started = False
                self.hooks.stopping(host=self)

    def look_for_installed(self) -> None:
        """Find bundles that pip installed; none of their code runs for it."""
        known = {life.bundle for life in self.lives.list()}
        waiting = []
        for name, found in installed_bundles():
            if not isinstance(found, Bundle):
                row = HostPlugin(name=name, distribution=name)
                # An older bundle or a host plugin may have the name itself.
                key = f"bundle {name}"
                self._crew.rows[key] = row.blamed(found.message, found.remedy)
            elif found.id not in known:
                waiting.append((name, found))
        self.waiting = tuple(waiting)

    # What other plugins offer.

    def ask_all(self) -> None:
        """Import everybody and ask, so that who cannot answer is named in `plugins`."""
        self._crew.load_all()
        self.hooks.providers(host=self)
        self.hooks.memories(host=self)
        self.hooks.schedulers(host=self)
        self.hooks.commands(host=self)
        self.hooks.tools(host=self)
        self.hooks.abilities(host=self)
        self.hooks.sandboxes(host=self)
        self.hooks.guest_packages()
        self.hooks.judges(host=self)
        self.hooks.subcommands()

    def provider(self, name: str) -> Provider:
        """Open a provider by its name, an alias or a role: `replay:demo.json`, `hand`.

        The scheme ends at the first `:` or `/`: `ollama/qwen2.5-coder:7b`. Whoever
        opened it may close it; what is still open then ends with the host.
        """
        return self._opened.provider(name)

    def memory(self, name: str, owner: str) -> Memory:
        """Open what one owner keeps in a memory, by the memory's name: `sqlite`."""
        return self._opened.memory(name, owner)

    def scheduler(self, name: str = "local") -> Scheduler:
        """Open a scheduler by its name; one is made for each name and kept."""
        return self._opened.scheduler(name)

    def sandbox(self, name: str = GENERATED) -> Sandbox:
        """An engine by its name, ready to open guests."""
        return self._opened.sandbox(name)

    def judge(self) -> Judge:
        """Whoever runs acceptance tests."""
        return self._opened.judge()[1]

    def _blame(self, plugin: str, hook: str, said: str) -> None:
        """Name a plugin that failed at a hook, so that its answer is missing."""
        if plugin not in self._proxies.names:  # its calls are on record
            self._crew.blame(plugin, hook, said)

    # What a sandboxed plugin is, and what it does.

    def describe(
        self, name: str, files: Mapping[str, str], engine: str = GENERATED
    ) -> dict[str, JSON]:
        """Load source text in the sandbox and give back what it says it offers."""
        return promises.described(self.sandbox(engine), name, files)

    def examine(self, bundle: Bundle, watch: Watcher | None = None) -> Report:
        """Let the judge run a bundle's own tests, and keep what it finds."""
        manifest = bundle.manifest
        self.check(bundle)
        case = Case(
            name=manifest.name,
            files=bundle.sources,
            tests=bundle.tests,
            permissions=tuple(str(p) for p in manifest.permissions),
            quota=manifest.quota,
            engine=manifest.engine,
        )
        plugin, judge = self._opened.judge()
        with naming_plugin(plugin):
            report = judge.judge(case, watch)
        if not isinstance(report, Report):
            raise BrokeContract(plugin, "its judge gave no report")
        self.lives.judged(bundle.id, report)
        return report

    def check(self, bundle: Bundle) -> None:
        """Refuse a manifest that promises other doors than the code has."""
        manifest = bundle.manifest
        if manifest.name in self._host_plugins():
            raise self._two_kinds(manifest.name)
        found = self.describe(manifest.name, bundle.sources, manifest.engine)
        promises.check(manifest, found)

    def run(self, name: str, command: str, arguments: dict[str, JSON]) -> JSON:
        """Call a command of an active plugin; raises what went wrong."""
        return self.call(name, command, arguments).value

    def call(self, name: str, command: str, arguments: dict[str, JSON]) -> Call:
        """Like `run`, and say what it used and printed. Takes plugins of both kinds."""
        if not self._is_host_plugin(name):
            return self.runner.call(name, command, arguments)
        found = self._offered(name)
        if command not in found:
            raise UsageError(
                f"`{name}` has no command `{command:.80}`",
                remedy=nearest(command, found),
            )
        return called(name, found[command], arguments)

    def commands(self, name: str) -> Mapping[str, CommandSpec]:
        """Say what can be called of a plugin of either kind, by the command's name."""
        if not self._is_host_plugin(name):
            return self.lives.active(name).bundle.manifest.commands
        return {command.name: command.spec for command in self._offered(name).values()}

    def _host_plugins(self) -> set[str]:
        # Some rows are of settings only, for a plugin that is not there.
        rows = self._crew.rows.items()
        return {n for n, row in rows if row.distribution or row.stage is Stage.ACTIVE}

    def _is_host_plugin(self, name: str) -> bool:
        if name not in (known := self._host_plugins()):
            self.lives.current(name, known)  # raises where nobody has that name
            return False
        if self.lives.knows(name):
            raise self._two_kinds(name)
        return True

    def _offered(self, name: str) -> Mapping[str, Command]:
        row = self._crew.load(name)
        if row.stage is not Stage.ACTIVE:
            raise UsageError(
                f"`{name}` {row.stage.in_words}: {row.problem}", remedy=row.remedy
            )
        found: dict[str, Command] = {}
        for plugin, offered in self.hooks.commands.by_plugin(host=self):
            if plugin == name and found.setdefault(offered.name, offered) != offered:
                raise BrokeContract(
                    name,
                    f"it offers two commands `{offered.name:.80}`",
                    remedy="report it to the plugin's author",
                )
        return found

    def tell(self, event: str, data: JSON) -> tuple[str, ...]:
        """Tell every plugin that an event happened; says how some did not hear it."""
        return self.runner.tell_all(event, data)

    def _emit(self, event: str, data: JSON) -> None:
        self.tell(event, data)

    def _want(self, hook: str) -> None:
        self._crew.want(hook)
        self._proxies.renew(self._host_plugins())

    def _tell_host_plugins(self, event: str, data: JSON) -> Sequence[str]:
        failed = self.hooks.heard.unheard(name=event, data=data, host=self)
        return [f"`{event}` was not heard: {said}" for said in failed]

    def _two_kinds(self, name: str) -> UsageError:
        distribution = self._crew.rows[name].distribution
        return UsageError(
            f"there is a host plugin `{name}`, of `{distribution or 'this program'}`,"
            " and a sandboxed plugin of the same name",
            remedy=f"{distribution and f'uninstall `{distribution}`, or '}rename the"
            " sandboxed one",
        )

    def services(
        self, plugin: str, permissions: Sequence[str]
    ) -> Mapping[str, Service]:
        """Give a host plugin what the host does for sandboxed ones.

        For what runs as both kinds. A host plugin is trusted; it names itself, and what
        it asks for is not a person's grant but its own promise.
        """
        quota = Quota()
        return services(
            plugin,
            [Permission.parse(permission) for permission in permissions],
            Storage(self._database, f"host:{plugin}", quota.storage, quota.keys),
            lambda _, event, data: self._emit(event, data),
            lambda name, level, text, fields: logging.getLogger(
                f"plugwright.{name}"
            ).log(getattr(logging, level.upper()), text),
            time.time,
        )

    def recording(self, name: str) -> AbstractContextManager[Tape]:
        """Note all that a plugin learns and says in the calls of this block."""
        return self.runner.recording(name)

    def signed(self, tape: Tape) -> str:
        """Write down what was noted, so that this home knows it again."""
        return tape.recording().dumps(key_of(self.home.folder))

    def replay(self, text: str, where: str) -> Recording:
        """Do again what was recorded; raises BrokeContract if anything differs."""
        recording = Recording.parse(text, key_of(self.home.folder), where)
        life = self.lives.life(recording.bundle)
        if not self.lives.may_run(life):
            raise UsageError(
                f"`{life.plugin}` {life.version} may not run", remedy=life.remedy
            )
        bundle = Bundle.load(self.home.bundles, recording.bundle)
        sandbox = self.sandbox(recording.engine)
        replay = Replay(recording)
        quota = Quota(**recording.steps[0].quota)
        guest = guest_of(bundle, quota, services={}, clock=None)
        replay.run(sandbox, guest)
        if replay.differences:
            raise differs(replay, sandbox.runtime)
        return recording


def trace_to_stderr(line: str) -> None:
    """Show one call of a hook, for `PLUGWRIGHT_TRACE`."""
    print(f"plugwright: {redact(line)}", file=sys.stderr)
