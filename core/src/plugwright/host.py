"""The host: loads plugins, asks them questions, and runs what a person approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

import platformdirs
import pluggy

from plugwright import hooks as questions
from plugwright.bundles import Bundle, installed_bundles
from plugwright.database import Database
from plugwright.errors import (
    BrokeContract,
    HostError,
    PlugwrightError,
    UsageError,
    in_one_line,
)
from plugwright.home import Home
from plugwright.hooks import Hooks
from plugwright.judging import Case, Judge, Report, Watcher
from plugwright.ledger import Ledger
from plugwright.lives import Lives
from plugwright.loading import HostPlugin, load
from plugwright.permissions import nearest
from plugwright.providers import Provider
from plugwright.quotas import Quota
from plugwright.recordings import Recording, Replay, Tape, key_of
from plugwright.roles import ConfiguredModels
from plugwright.running import Call, Runner, guest_of, raise_for
from plugwright.sandboxes import GENERATED, JSON, Guest, Progress, Sandbox

T = TypeVar("T")


class Host:
    """Plugins, and what may be asked of them. Made, used, dropped; a context manager.

    `Host(home)` is an empty one, for tests; `Host.discover()` loads what is installed.
    """

    def __init__(self, home: Home, *, cache: Path | None = None) -> None:
        self.home = home
        self.cache = cache or platformdirs.user_cache_path(
            "plugwright", appauthor=False
        )
        self.plugins: tuple[HostPlugin, ...] = ()
        self.waiting: tuple[tuple[str, Bundle], ...] = ()
        """Bundles that pip installed and that no host has taken in yet."""
        self.manager = pluggy.PluginManager("plugwright")
        self.manager.add_hookspecs(questions.Questions)
        self.hooks = Hooks(self.manager, self._blame)
        self._database = Database(home.database)
        self.ledger = Ledger(self._database)
        self.lives = Lives(self._database, home.bundles)
        self.runner = Runner(
            self._database,
            self.ledger,
            self.lives,
            self.sandbox,
            models=ConfiguredModels(home.folder / "config.toml", self.provider),
            keep_out=(self.cache,),
        )
        self.progress: Progress = _say_nothing
        self._sandboxes: dict[str, Sandbox] = {}
        self._held = ExitStack()

    @classmethod
    def discover(cls, home: Home | None = None) -> Host:
        """Load every installed plugin; a broken one is named in `plugins`."""
        host = cls(home or Home.of_user())
        host.plugins = tuple(load(host.manager))
        return host

    def __enter__(self) -> Self:
        """Be the only host on this home until the end of the block."""
        self._held.enter_context(self.home.lock())
        try:
            self.look_for_installed()
            for _, bundle in self.waiting:
                self.lives.discovered(bundle)
            self.waiting = ()
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
        """End every sandbox and let go of the home."""
        self.runner.close()
        for sandbox in self._sandboxes.values():
            sandbox.close()
        self._sandboxes.clear()
        self._database.close()
        self._held.close()

    def look_for_installed(self) -> None:
        """Find bundles that pip installed; none of their code runs for it."""
        known = {life.bundle for life in self.lives.list()}
        waiting = []
        for name, found in installed_bundles():
            if not isinstance(found, Bundle):
                self.plugins += (
                    HostPlugin(name, name, "", found.message, found.remedy),
                )
            elif found.id not in known:
                waiting.append((name, found))
        self.waiting = tuple(waiting)

    # What other plugins offer.

    def ask_all(self) -> None:
        """Ask every question once, so that who cannot answer is named in `plugins`."""
        self.hooks.providers(host=self)
        self.hooks.sandboxes(host=self)
        self.hooks.guest_packages()
        self.hooks.judges(host=self)
        self.hooks.subcommands()

    def provider(self, name: str) -> Provider:
        """Open a provider by its name: `replay:demo.json`, `hand`."""
        scheme, _, argument = name.partition(":")
        offers = self.hooks.providers.by_plugin(host=self)
        found = [(plugin, offer) for plugin, offer in offers if offer.scheme == scheme]
        if not offers:
            raise _nobody_offers("provider", "plugwright-cassette")
        if not found:
            raise UsageError(
                f"there is no provider `{scheme}`",
                remedy=nearest(scheme, {offer.scheme for _, offer in offers}),
            )
        if len(found) > 1:
            plugins = " and ".join(sorted(f"`{plugin}`" for plugin, _ in found))
            raise UsageError(
                f"{plugins} both offer the provider `{scheme}`",
                remedy="uninstall one of them; see `plugwright plugins`",
            )
        [(plugin, offer)] = found
        with _naming_plugin(plugin):
            return offer.open(argument)

    def sandbox(self, name: str = GENERATED) -> Sandbox:
        """An engine by its name, ready to open guests."""
        if name not in self._sandboxes:
            offers = self.hooks.sandboxes.by_plugin(host=self)
            if not offers:
                raise _nobody_offers("sandbox", "plugwright-sandbox")
            found = [(p, offer) for p, offer in offers if offer.name == name]
            if not found:
                raise UsageError(
                    f"there is no sandbox `{name:.80}`",
                    remedy=nearest(name, {offer.name for _, offer in offers}),
                )
            plugin, offer = found[0]
            with _naming_plugin(plugin):
                self._sandboxes[name] = offer.open()
        sandbox = self._sandboxes[name]
        sandbox.prepare(self.progress)
        return sandbox

    def judge(self) -> Judge:
        """Whoever runs acceptance tests."""
        judges = self.hooks.judges.by_plugin(host=self)
        return _first(judges, "judge", "plugwright-qa")[1]

    def _blame(self, plugin: str, hook: str, error: Exception) -> None:
        """Name a plugin that failed at a hook, so that its answer is missing."""
        problem = f"its hook `{hook}` failed: {in_one_line(error)}"
        if all(row.name != plugin for row in self.plugins):
            self.plugins += (HostPlugin(plugin, plugin, ""),)  # registered by hand
        self.plugins = tuple(
            row.blamed(problem) if row.name == plugin and not row.problem else row
            for row in self.plugins
        )

    # What a sandboxed plugin is, and what it does.

    def describe(
        self, name: str, files: Mapping[str, str], engine: str = GENERATED
    ) -> dict[str, JSON]:
        """Load source text in the sandbox and give back what it says it offers."""
        session = self.sandbox(engine).open(
            Guest(
                name=name,
                files=files,
                dispatcher="plugwright_sdk.guest:dispatch",
                packages=("plugwright_sdk",),
                seed=0,
            )
        )
        try:
            raise_for(name, session.loaded)
            value = raise_for(name, session.call("describe", None))
        finally:
            session.close()
        if not isinstance(value, dict):
            raise BrokeContract(name, "it does not describe itself")
        return value

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
        report = self.judge().judge(case, watch)
        self.lives.judged(bundle.id, report)
        return report

    def check(self, bundle: Bundle) -> None:
        """Refuse a manifest that promises other doors than the code has."""
        manifest = bundle.manifest
        found = self.describe(manifest.name, bundle.sources, manifest.engine)
        commands = {n: spec.parameters for n, spec in manifest.commands.items()}
        disagreed = _differences(commands, _parameters(found.get("commands")))
        if disagreed:
            raise _disagreement(manifest.name, disagreed[0], "commands and parameters")
        events = dict.fromkeys(manifest.events, ())
        offered = found.get("events")
        heard = (
            dict.fromkeys(map(str, offered), ()) if isinstance(offered, list) else {}
        )
        if disagreed := _differences(events, heard):
            raise _disagreement(manifest.name, disagreed[0], "events")

    def run(self, name: str, command: str, arguments: dict[str, JSON]) -> JSON:
        """Call a command of an active plugin; raises what went wrong."""
        return self.call(name, command, arguments).value

    def call(self, name: str, command: str, arguments: dict[str, JSON]) -> Call:
        """Like `run`, and say what it used and printed."""
        return self.runner.call(name, command, arguments)

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
            raise _differs(replay, sandbox.runtime)
        return recording


def _differs(replay: Replay, runtime: str) -> BrokeContract:
    recording = replay.recording
    more = len(replay.differences) - 1
    others = f" (and {more} more)" if more else ""
    remedy = (
        "neither is to be trusted: the runtime is the same, so its record or its files"
        " were tampered with, or the sandbox counts wrongly"
    )
    if runtime != recording.runtime:
        remedy = (
            f"the runtime has changed: it was `{recording.runtime:.60}`, now it is"
            f" `{runtime:.60}`; record it again"
        )
    return BrokeContract(
        recording.plugin,
        f"it does not do again what is on record: {replay.differences[0]}{others}",
        remedy=remedy,
    )


Doors: TypeAlias = Mapping[str, tuple[str, ...]]
"""Names of commands or events, and the parameters of each."""


def _parameters(commands: JSON) -> Doors:
    # Whoever answers is the plugin's own code, so it may answer anything.
    if not isinstance(commands, dict):
        return {}
    doors = {}
    for name, command in commands.items():
        names = command.get("parameters") if isinstance(command, dict) else None
        doors[name] = tuple(map(str, names)) if isinstance(names, list) else ()
    return doors


def _differences(promised: Doors, offered: Doors) -> list[str]:
    names = {*promised, *offered}
    return sorted(n for n in names if promised.get(n) != offered.get(n))


def _disagreement(plugin: str, name: str, what: str) -> BrokeContract:
    return BrokeContract(
        plugin,
        f"plugin.toml and plugin.py do not agree about `{name:.80}`",
        remedy=f"declare exactly the {what} that the code has",
    )


def _say_nothing(what: str, part: float) -> None:
    """Progress that nobody looks at."""


def _first(
    offers: Sequence[tuple[str, T]], what: str, distribution: str
) -> tuple[str, T]:
    if not offers:
        raise _nobody_offers(what, distribution)
    return offers[0]


def _nobody_offers(what: str, distribution: str) -> HostError:
    return HostError(
        f"no installed plugin offers a {what}",
        remedy=f"pip install {distribution}; `plugwright plugins` names broken ones",
    )


@contextmanager
def _naming_plugin(plugin: str) -> Iterator[None]:
    """Say whose code it was that raised; what it says on purpose passes through."""
    try:
        yield
    except PlugwrightError:
        raise
    except Exception as error:
        # Broad on purpose: this is a stranger's code.
        raise BrokeContract(
            plugin, in_one_line(error), remedy="update or uninstall that plugin"
        ) from error
