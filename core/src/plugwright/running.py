"""Runs what is active: with its own services, under its quota, on the record.

A plugin keeps its guest between calls, so a warm call costs well under a millisecond. A
guest that broke is dropped, and the next call gets a fresh one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from plugwright.capabilities import permission_of, services
from plugwright.database import Database
from plugwright.errors import (
    BrokeContract,
    Denied,
    NotLoaded,
    PluginError,
    Stopped,
    UsageError,
)
from plugwright.ledger import Kind as Entry
from plugwright.ledger import Ledger
from plugwright.lives import Active, Lives
from plugwright.permissions import nearest
from plugwright.quotas import Usage
from plugwright.sandboxes import JSON, Failure, Guest, Kind, Outcome, Sandbox, Session
from plugwright.storage import Storage

EVENT_DEPTH = 8
"""How many events may follow from one call before they are dropped as a loop."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """What one call gave and used."""

    value: JSON
    usage: Usage
    output: str = ""
    log: tuple[str, ...] = ()
    """What the plugin logged, each with its level."""


@dataclass
class _Live:
    """One active plugin with its guest."""

    active: Active
    session: Session
    log: list[str]


class Runner:
    """The active plugins, opened when they are first called."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        lives: Lives,
        sandbox: Callable[[], Sandbox],
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._lives = lives
        self._sandbox = sandbox
        self._live: dict[str, _Live] = {}
        self._events: list[tuple[str, JSON]] = []

    def call(self, name: str, command: str, arguments: dict[str, JSON]) -> Call:
        """Call a command; then deliver the events that came of it."""
        live = self._opened(name)
        commands = live.active.bundle.manifest.commands
        if command not in commands:
            raise UsageError(
                f"`{name}` has no command `{command}`",
                remedy=nearest(command, commands),
            )
        request: JSON = {"name": command, "arguments": arguments}
        call = self._ask(name, live, "command", request)
        self._lives.record_success(name)
        self._deliver()
        return call

    def close(self) -> None:
        """Drop every guest."""
        for live in self._live.values():
            live.session.close()
        self._live.clear()

    def _opened(self, name: str) -> _Live:
        """Give the plugin's guest; what is not active any more is dropped."""
        active = self._lives.active(name)
        live = self._live.get(name)
        if live is not None and live.active.bundle.id == active.bundle.id:
            return live
        if live is not None:
            live.session.close()
        log: list[str] = []
        live = _Live(active, self._open(name, active, log), log)
        self._live[name] = live
        try:
            self._check(name, live, live.session.loaded)
            self._ask(name, live, "initialise", None)
        except BaseException:
            self._drop(name)
            raise
        return live

    def _open(self, name: str, active: Active, log: list[str]) -> Session:
        names = {permission.name for permission in active.permissions}
        return self._sandbox().open(
            Guest(
                name=name,
                files=active.bundle.sources,
                dispatcher="plugwright_sdk.guest:dispatch",
                packages=("plugwright_sdk",),
                services=services(
                    name,
                    active.permissions,
                    Storage(self._database, name, active.quota.storage),
                    lambda plugin, event, data: self._events.append((event, data)),
                    lambda plugin, level, text, fields: log.append(f"{level}: {text}"),
                    time.time,
                ),
                quota=active.quota,
                clock="host" if "clock" in names else None,
            )
        )

    def _ask(self, name: str, live: _Live, operation: str, request: JSON) -> Call:
        live.log.clear()
        outcome = live.session.call(operation, request)
        self._check(name, live, outcome)
        return Call(
            value=outcome.value,
            usage=outcome.usage,
            output=outcome.output,
            log=tuple(live.log),
        )

    def _check(self, name: str, live: _Live, outcome: Outcome) -> None:
        """Put on record what has to be, and raise what went wrong."""
        bundle = live.active.bundle.id
        for service in dict.fromkeys(outcome.denied):
            self._ledger.note(
                Entry.DENIED,
                plugin=name,
                bundle=bundle,
                detail={"permission": _permission(service)},
            )
        failure = outcome.failure
        if failure is None:
            return
        if failure.kind in (Kind.STOPPED, Kind.BROKEN, Kind.DENIED):
            self._drop(name)  # whatever it was doing, it is not in a known state
        if failure.kind is Kind.STOPPED:
            self._lives.record_stop(name, failure.type)
        raise_for(name, outcome)

    def _drop(self, name: str) -> None:
        live = self._live.pop(name, None)
        if live is not None:
            live.session.close()

    def _deliver(self) -> None:
        """Tell the plugins that listen; one that fails does not stop the rest."""
        for _ in range(EVENT_DEPTH):
            if not self._events:
                return
            events, self._events = self._events, []
            for event, data in events:
                for name in self._listeners(event):
                    try:
                        request: JSON = {"name": event, "data": data}
                        self._ask(name, self._opened(name), "event", request)
                    except (PluginError, Stopped, Denied, UsageError):
                        continue  # on record; the caller is another plugin
        self._events.clear()

    def _listeners(self, event: str) -> list[str]:
        return [
            life.plugin
            for life in self._lives.running()
            if event in self._lives.active(life.plugin).bundle.manifest.events
        ]


def _permission(service: str) -> str:
    return service if service.startswith("import:") else permission_of(service, {})


def raise_for(name: str, outcome: Outcome) -> JSON:
    """Give an outcome's value, or raise its failure as the error it is to a caller."""
    failure = outcome.failure
    if failure is None:
        return outcome.value
    raise _error(name, failure)


def _error(name: str, failure: Failure) -> PluginError | Stopped | Denied | UsageError:
    where = f" ({failure.where})" if failure.where else ""
    said = f"{failure.type}: {failure.message}{where}"
    match failure.kind:
        case Kind.INPUT:
            return UsageError(
                f"`{name}` cannot use this input: {failure.message}",
                remedy="correct the input",
            )
        case Kind.STOPPED:
            return Stopped(failure.type, failure.message, plugin=name)
        case Kind.DENIED:
            return Denied(
                failure.type,
                remedy=f"`{name}` has to ask for it in plugin.toml, then be approved",
            )
        case Kind.LOAD:
            return NotLoaded(name, said, remedy="its code has to be corrected")
        case _:
            return BrokeContract(name, said, remedy="report it to the plugin's author")
