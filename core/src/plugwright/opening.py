"""What plugins offer a host, opened by name: models, memories, engines, judges."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from threading import RLock
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from plugwright.judging import Judge
from plugwright.memory import Memory
from plugwright.offers import naming_plugin, only, sole
from plugwright.providers import Closes, Provider
from plugwright.roles import CONFIG, names_in, split
from plugwright.sandboxes import Sandbox
from plugwright.scheduling import Scheduler

if TYPE_CHECKING:
    from plugwright.host import Host


class Opened:
    """Asks a host's plugins what they offer. Engines and schedulers are kept."""

    def __init__(self, host: Host) -> None:
        self._host = host
        # Whoever forgets a provider is done with it; whoever does not, has it closed.
        self._providers: WeakValueDictionary[int, Provider] = WeakValueDictionary()
        self._sandboxes: dict[str, Sandbox] = {}
        self._schedulers: dict[str, Scheduler] = {}
        self._making = RLock()  # of each there is one, whoever asks at the same time

    def provider(self, name: str) -> Provider:
        """Open a provider; the name may be an alias or a role."""
        host = self._host
        names = names_in(host.home.folder / CONFIG)
        resolved = names.resolved(name)
        scheme, argument = split(resolved)
        offers = host.hooks.providers.by_plugin(host=host)
        schemes = {offer.scheme for _, offer in offers}
        if schemes and scheme not in schemes:
            raise names.unknown(resolved, schemes)
        plugin, offer = only(
            *("provider", scheme, offers, "plugwright-cassette"),
            key=lambda offer: offer.scheme,
        )
        with naming_plugin(plugin):
            provider = offer.open(argument)
        with suppress(TypeError):  # a class with `__slots__` may allow nobody to look
            self._providers[id(provider)] = provider
        return provider

    def memory(self, name: str, owner: str) -> Memory:
        """Open what one owner keeps in a memory."""
        offers = self._host.hooks.memories.by_plugin(host=self._host)
        plugin, offer = only("memory", name, offers, "plugwright-memory")
        with naming_plugin(plugin):
            return offer.open(owner)

    def scheduler(self, name: str) -> Scheduler:
        """Give the scheduler of this name."""
        with self._making:
            if name not in self._schedulers:
                offers = self._host.hooks.schedulers.by_plugin(host=self._host)
                plugin, offer = only("scheduler", name, offers, "plugwright-scheduler")
                with naming_plugin(plugin):
                    self._schedulers[name] = offer.open()
            return self._schedulers[name]

    def sandbox(self, name: str) -> Sandbox:
        """Give the engine of this name, ready to open guests."""
        with self._making:
            if name not in self._sandboxes:
                offers = self._host.hooks.sandboxes.by_plugin(host=self._host)
                plugin, offer = only("sandbox", name, offers, "plugwright-sandbox")
                with naming_plugin(plugin):
                    self._sandboxes[name] = offer.open()
            sandbox = self._sandboxes[name]
        sandbox.prepare(self._host.progress)
        return sandbox

    def judge(self) -> tuple[str, Judge]:
        """Give the one judge, and the plugin that it is of."""
        judges = self._host.hooks.judges.by_plugin(host=self._host)
        return sole("judge", judges, "plugwright-qa")

    def close_providers(self) -> None:
        """Let go of every model that somebody still holds."""
        with ExitStack() as ending:
            for provider in list(self._providers.values()):
                if isinstance(provider, Closes):
                    ending.callback(provider.close)
            self._providers.clear()

    def close_sandboxes(self) -> None:
        """End every engine."""
        _close_all(self._sandboxes)

    def close_schedulers(self) -> None:
        """End every scheduler."""
        _close_all(self._schedulers)


def _close_all(opened: dict[str, Any]) -> None:
    with ExitStack() as ending:  # all, whatever one raises
        while opened:
            ending.callback(opened.popitem()[1].close)
