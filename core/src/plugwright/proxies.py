"""Sandboxed plugins, as those who answer hooks like any host plugin.

A proxy is made from what a manifest promises; the plugin itself is opened when it is
first called, with all that holds for its calls: permissions, quotas, the ledger. Events
need no proxy: the runner tells them, in the order in which they follow from each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Sequence
from threading import RLock
from typing import Any, TypeAlias

from pydantic import ConfigDict, TypeAdapter, ValidationError

from plugwright.commands import Command, Tool
from plugwright.errors import BrokeContract, PlugwrightError
from plugwright.hooks import hookimpl
from plugwright.lives import Lives
from plugwright.manifest import Manifest
from plugwright.memory import Fact, MemoryOffer
from plugwright.registration import Plugins
from plugwright.running import Call
from plugwright.sandboxes import JSON
from plugwright.sources import plain
from plugwright.validation import Finding, Subject

Ask: TypeAlias = Callable[[str, str, JSON], Call]
"""Asks a plugin, by its name, to do an operation."""

_FINDINGS = TypeAdapter(list[Finding], config=ConfigDict(extra="forbid"))
_FACTS = TypeAdapter(list[Fact], config=ConfigDict(extra="forbid"))
_ID = TypeAdapter(str)
_WAS_THERE = TypeAdapter(bool, config=ConfigDict(strict=True))


class Proxy:
    """Answers the hooks for one active sandboxed plugin."""

    def __init__(self, manifest: Manifest, ask: Ask) -> None:
        self.manifest = manifest
        self._ask = ask

    @hookimpl
    def commands(self) -> list[Command]:
        """Offer what the manifest promises."""
        return [
            Command(name=name, spec=spec, call=self._calling("command", name))
            for name, spec in self.manifest.commands.items()
        ]

    @hookimpl
    def tools(self) -> list[Tool]:
        """Offer what the manifest promises."""
        return [
            Tool(
                name=name,
                spec=spec,
                call=self._calling("tool", name),
                needs_approval=spec.needs_approval,
            )
            for name, spec in self.manifest.tools.items()
        ]

    @hookimpl
    async def validate(self, subject: Subject) -> Sequence[Finding]:
        """Show a subject to the plugin, if it looks at such."""
        if subject.kind not in self.manifest.validates:
            return []
        shown: JSON = {
            "kind": subject.kind,
            "name": subject.name,
            "data": subject.data,
        }
        name = self.manifest.name
        call = await asyncio.to_thread(self._ask, name, "validate", shown)
        findings: list[Finding] = self._read(_FINDINGS, call.value)
        return findings

    @hookimpl
    def memories(self) -> list[MemoryOffer]:
        """Offer its memory under the plugin's own name."""
        if not self.manifest.memory:
            return []
        return [
            MemoryOffer(
                name=self.manifest.name,
                summary=self.manifest.summary,
                open=lambda owner: RemoteMemory(owner, self._asking_memory, self._read),
            )
        ]

    def _calling(self, operation: str, name: str) -> Callable[[dict[str, JSON]], JSON]:
        def call(arguments: dict[str, JSON]) -> JSON:
            request: JSON = {"name": name, "arguments": arguments}
            return self._ask(self.manifest.name, operation, request).value

        return call

    def _asking_memory(self, request: JSON) -> JSON:
        return self._ask(self.manifest.name, "memory", request).value

    def _read(self, shape: TypeAdapter[Any], value: JSON) -> Any:
        try:
            return shape.validate_python(value)
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)[0]
            # A name in it may be one that the guest made up.
            place = ".".join(" ".join(str(each).split()) for each in found["loc"])
            where = f" at `{plain(place):.80}`" if place else ""
            raise BrokeContract(
                self.manifest.name,
                f"its answer has a mistake{where}: {found['msg']}",
                remedy="report it to the plugin's author",
            ) from error


class Unreadable:
    """Answers for a plugin whose bundle cannot be read: it may be one that validates.

    Whatever else it may be, it says so itself when it is called.
    """

    def __init__(self, why: PlugwrightError) -> None:
        self._why = why

    @hookimpl
    def validate(self, subject: Subject) -> Sequence[Finding]:
        """Let nothing pass that it might have refused."""
        raise self._why


class RemoteMemory:
    """What one owner keeps in a sandboxed plugin."""

    def __init__(
        self,
        owner: str,
        ask: Callable[[JSON], JSON],
        read: Callable[[TypeAdapter[Any], JSON], Any],
    ) -> None:
        self._owner = owner
        self._ask = ask
        self._read = read

    def remember(
        self, text: str, *, about: str = "", expires: float | None = None
    ) -> str:
        """Keep a fact; gives its id."""
        given: JSON = {"text": text, "about": about, "expires": expires}
        id: str = self._read(_ID, self._asked("remember", given))
        return id

    def recall(
        self, query: str = "", *, about: str = "", limit: int = 10
    ) -> Sequence[Fact]:
        """Find facts, the best match first."""
        given: JSON = {"query": query, "about": about, "limit": limit}
        facts: list[Fact] = self._read(_FACTS, self._asked("recall", given))
        return facts[:limit]

    def forget(self, id: str) -> bool:
        """Drop a fact; tells whether it was there."""
        was_there: bool = self._read(_WAS_THERE, self._asked("forget", {"id": id}))
        return was_there

    def _asked(self, method: str, arguments: JSON) -> JSON:
        return self._ask(
            {"owner": self._owner, "method": method, "arguments": arguments}
        )


class Proxies:
    """Keeps a proxy registered for each plugin that is active."""

    def __init__(self, plugins: Plugins, lives: Lives, ask: Ask) -> None:
        self._plugins = plugins
        self._lives = lives
        self._ask = ask
        self.names: set[str] = set()
        """Whom there is a proxy of."""
        self._are_old = True
        self._turn = RLock()  # who asks meanwhile has to wait until all are there
        lives.moved = self._look_again

    def renew(self, taken: Container[str]) -> None:
        """Register who is active now; a name that is `taken` is a host plugin's."""
        with self._turn:
            if self._are_old:
                self._are_old = False
                self._renew(taken)

    def _renew(self, taken: Container[str]) -> None:
        for name in self.names:
            self._plugins.unregister(name=name)
        self.names.clear()
        try:
            running = self._lives.running()
        except PlugwrightError:
            return  # records that cannot be read are told by who reads them
        for name in (life.plugin for life in running):
            if name in taken:
                continue
            try:
                proxy = Proxy(self._lives.proven(name).bundle.manifest, self._ask)
            except PlugwrightError as error:
                self._plugins.register(Unreadable(error), name)
            else:
                self._plugins.register(proxy, name)
            self.names.add(name)

    def _look_again(self) -> None:
        self._are_old = True
        self._plugins.version += 1
