"""Lets what was written for the sandbox run in the host, too, as a host plugin.

    registry = Registry()

    @registry.command
    def double(number: int) -> int:
        return 2 * number

    plugin = Hosted("doubler", registry, permissions=["storage"])

An entry point `doubler = "my_package:plugin"` makes it a host plugin, which answers the
same calls with the same answers. It is trusted then, as every host plugin is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from plugwright.commands import Command, Tool, called
from plugwright.errors import Denied as HostDenied
from plugwright.errors import PlugwrightError, Refused
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.manifest import CommandSpec
from plugwright.memory import Fact, Memory, MemoryOffer
from plugwright.sandboxes import JSON
from plugwright.validation import Finding, Severity, Subject
from plugwright_sdk import memories as guest
from plugwright_sdk._bridge import serving
from plugwright_sdk.commands import Command as GuestCommand
from plugwright_sdk.errors import Denied, HostRefused
from plugwright_sdk.registry import Registry


class Hosted:
    """A registry that answers the host's hooks itself."""

    def __init__(
        self,
        name: str,
        registry: Registry,
        *,
        permissions: Sequence[str] = (),
        summary: str = "",
    ) -> None:
        self.name = name
        self._registry = registry
        self._permissions = permissions
        self._summary = summary
        self._services: Mapping[str, Callable[[dict[str, JSON]], JSON]] = {}
        self._is_initialised = False

    @hookimpl
    def started(self, host: Host) -> None:
        """Run the plugin's initialiser, as a guest does when it is opened."""
        with self._serving(host):
            pass

    @hookimpl
    def commands(self, host: Host) -> list[Command]:
        """Offer what the registry has."""
        return [
            Command(name=name, spec=_spec(each), call=self._calling(host, each))
            for name, each in self._registry.commands.items()
        ]

    @hookimpl
    def tools(self, host: Host) -> list[Tool]:
        """Offer what the registry has."""
        return [
            Tool(
                name=name,
                spec=_spec(each.command),
                call=self._calling(host, each.command),
                needs_approval=each.needs_approval,
            )
            for name, each in self._registry.tools.items()
        ]

    @hookimpl
    def validate(self, subject: Subject) -> list[Finding]:
        """Show a subject to everybody who looks at its kind."""
        table = {
            "kind": subject.kind,
            "name": subject.name,
            "data": deepcopy(subject.data),
        }
        with self._served():
            found: Any = self._answered(self._registry.validate, table)
        return [
            Finding(**{**each, "severity": Severity(each["severity"])})
            for each in found
        ]

    @hookimpl
    def memories(self, host: Host) -> list[MemoryOffer]:
        """Offer the plugin's memory under its own name."""
        if self._registry.memory_kind is None:
            return []

        def open(owner: str) -> Memory:
            return _Hosted(owner, self, host)

        return [MemoryOffer(name=self.name, summary=self._summary, open=open)]

    @hookimpl
    def heard(self, name: str, data: JSON) -> None:
        """Tell everybody who listens."""
        with self._served():
            self._registry.send(name, deepcopy(data))

    def _calling(
        self, host: Host, command: GuestCommand
    ) -> Callable[[dict[str, JSON]], JSON]:
        def call(arguments: dict[str, JSON]) -> JSON:
            with self._serving(host):
                return self._answered(command.run, arguments)

        return call

    def _answered(
        self, work: Callable[[dict[str, JSON]], JSON], arguments: dict[str, JSON]
    ) -> JSON:
        """Let it work, with the errors that a sandboxed plugin has."""
        asked = Command(name="", spec=CommandSpec(summary=""), call=work)
        return called(self.name, asked, arguments).value

    @contextmanager
    def _serving(self, host: Host) -> Iterator[Registry]:
        if not self._services:
            self._services = host.services(self.name, self._permissions)
        with self._served():
            yield self._registry

    @contextmanager
    def _served(self) -> Iterator[None]:
        token = serving.set(self._serve)
        try:
            if not self._is_initialised:
                self._is_initialised = True
                self._registry.initialise()
            yield
        finally:
            serving.reset(token)

    def _serve(self, service: str, arguments: dict[str, Any]) -> Any:
        if service not in self._services:
            raise Denied(service.partition(".")[0])
        try:
            return deepcopy(self._services[service](deepcopy(arguments)))
        except HostDenied as denied:
            raise Denied(denied.permission) from None
        except (Refused, PlugwrightError) as refused:
            raise HostRefused(refused.message) from None


class _Hosted:
    """What one owner keeps in a hosted plugin."""

    def __init__(self, owner: str, plugin: Hosted, host: Host) -> None:
        self._owner, self._plugin, self._host = owner, plugin, host

    def remember(
        self, text: str, *, about: str = "", expires: float | None = None
    ) -> str:
        """Keep a fact; gives its id."""
        return str(self._ask("remember", text=text, about=about, expires=expires))

    def recall(
        self, query: str = "", *, about: str = "", limit: int = 10
    ) -> list[Fact]:
        """Find facts, the best match first."""
        found: Any = self._ask("recall", query=query, about=about, limit=limit)
        return [Fact(**each) for each in found][:limit]

    def forget(self, id: str) -> bool:
        """Drop a fact; tells whether it was there."""
        return bool(self._ask("forget", id=id))

    def _ask(self, method: str, **arguments: Any) -> JSON:
        with self._plugin._serving(self._host) as registry:
            memory = registry.remembering(self._owner)
            return self._plugin._answered(
                lambda given: guest.ask(memory, method, given), arguments
            )


def _spec(command: GuestCommand) -> CommandSpec:
    about = command.describe()
    return CommandSpec(
        summary=about["summary"],
        parameters=tuple(about["parameters"]),
        input=about["input"],
        output=about["output"],
    )
