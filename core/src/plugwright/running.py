"""Runs what is active: with its own services, under its quota, on the record.

A plugin keeps its guest between calls, so a warm call costs well under a millisecond. A
guest that broke is dropped, and the next call gets a fresh one.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from plugwright.amounts import reread
from plugwright.bundles import Bundle
from plugwright.capabilities import Outside, Turn, services, was_denied
from plugwright.capabilities.outside import Models
from plugwright.capabilities.real import real
from plugwright.database import Database
from plugwright.errors import (
    BrokeContract,
    Denied,
    HostError,
    NotLoaded,
    PluginError,
    PlugwrightError,
    Refused,
    Stopped,
    UsageError,
)
from plugwright.ledger import Kind as Entry
from plugwright.ledger import Ledger
from plugwright.lives import Active, Lives
from plugwright.metering import Meter
from plugwright.permissions import nearest
from plugwright.quotas import Quota, Usage
from plugwright.recordings import Tape
from plugwright.sandboxes import (
    JSON,
    Failure,
    Guest,
    Kind,
    Outcome,
    Sandbox,
    Service,
    Session,
)
from plugwright.sources import plain
from plugwright.storage import Storage

MOST_EVENTS = 100
"""How many events may follow from one call; plugins can answer each other for ever."""

MOST_DENIALS = 20
"""How many of a call's denials go on record; a guest can make up any number."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """What one call gave and used."""

    value: JSON
    usage: Usage
    output: str = ""
    log: tuple[str, ...] = ()
    """What the plugin logged since the call before, each with its level."""
    unheard: tuple[str, ...] = ()
    """How plugins failed that listened to what it told; a sentence each."""


@dataclass
class _Live:
    """One active plugin with its guest."""

    active: Active
    session: Session
    log: list[str]
    turn: Turn


class Runner:
    """The active plugins, opened when they are first called."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        lives: Lives,
        sandbox: Callable[[str], Sandbox],
        now: Callable[[], float] = time.time,
        models: Models | None = None,
        keep_out: tuple[Path, ...] = (),
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._lives = lives
        self._sandbox = sandbox
        self._now = now
        self._models = models
        self._keep_out = (database.path.parent, *keep_out)
        self.meter = Meter(database, now)
        self._live: dict[str, _Live] = {}
        self._events: deque[tuple[str, JSON]] = deque()
        self._told = 0
        self._tape: Tape | None = None

    def call(self, name: str, command: str, arguments: dict[str, JSON]) -> Call:
        """Call a command; then deliver the events that came of it.

        A call that fails tells nobody anything.
        """
        self._events.clear()
        self._told = 0
        live = self._opened(name)
        commands = live.active.bundle.manifest.commands
        if command not in commands:
            raise UsageError(
                f"`{name}` has no command `{command}`",
                remedy=nearest(command, commands),
            )
        request: JSON = {"name": command, "arguments": arguments}
        call = self._ask(name, live, "command", request)
        return replace(call, unheard=tuple(dict.fromkeys(self._deliver())))

    def close(self) -> None:
        """Drop every guest."""
        for live in self._live.values():
            live.session.close()
        self._live.clear()

    def _opened(self, name: str) -> _Live:
        """Give the plugin's guest; what is not active any more is dropped."""
        try:
            active = self._lives.active(name)
            live = self._live.get(name)
            if live is None or live.active.bundle.id != active.bundle.id:
                live = self._start(name, active)
            live.active = active
        except BaseException:
            self._drop(name)
            raise
        return live

    def _start(self, name: str, active: Active) -> _Live:
        self._drop(name)
        # Before the meter runs: making the sandbox ready is not the plugin's doing.
        sandbox = self._sandbox(active.bundle.manifest.engine)

        def load(quota: Quota | None) -> Outcome:
            log: list[str] = []
            limit = quota or active.quota
            world = real(limit, self._models, self._keep_out)
            session = self._open(sandbox, name, active, limit, log, world)
            self._live[name] = _Live(active, session, log, world.turn)
            return self._noted(name, "load", None, limit, session.loaded)

        self._check(name, active, self.meter.load(active, load))
        return self._live[name]

    def _open(
        self,
        sandbox: Sandbox,
        name: str,
        active: Active,
        quota: Quota,
        log: list[str],
        world: Outside,
    ) -> Session:
        names = {permission.name for permission in active.permissions}
        shelf = Storage(self._database, name, active.quota.storage, active.quota.keys)
        guest = guest_of(
            active.bundle,
            quota,
            services=services(
                name,
                active.permissions,
                shelf,
                lambda plugin, event, data: self._emit(event, data),
                lambda plugin, level, text, fields: log.append(f"{level}: {text}"),
                self._now,
                world,
            ),
            clock="host" if "clock" in names else None,
        )
        if self._tape is not None and self._tape.plugin == name:
            guest = self._tape.guest(guest, self._now)
            self._tape.began(active.bundle, sandbox)
        return sandbox.open(guest)

    @contextmanager
    def recording(self, name: str) -> Iterator[Tape]:
        """Open a plugin anew for what follows, and note all that it learns and says."""
        self._drop(name)
        self._tape = Tape(name)
        try:
            yield self._tape
        finally:
            self._tape = None
            self._drop(name)

    def _noted(
        self, name: str, operation: str, request: JSON, quota: Quota, outcome: Outcome
    ) -> Outcome:
        if self._tape is not None and self._tape.plugin == name:
            self._tape.note(operation, request, quota, outcome)
        return outcome

    def _ask(self, name: str, live: _Live, operation: str, request: JSON) -> Call:
        live.turn.next()

        def ask(quota: Quota | None) -> Outcome:
            outcome = live.session.call(operation, request, quota=quota)
            limit = quota or live.active.quota
            return self._noted(name, operation, request, limit, outcome)

        outcome = self.meter.call(live.active, ask)
        log = tuple(live.log)
        live.log.clear()
        self._check(name, live.active, outcome)
        if live.active.stops:  # nearly always there are none to be forgiven
            self._lives.record_success(name)
        return Call(
            value=outcome.value, usage=outcome.usage, output=outcome.output, log=log
        )

    def _check(self, name: str, active: Active, outcome: Outcome) -> None:
        """Put on record what has to be, and raise what went wrong."""
        bundle = active.bundle.id
        lacked = dict.fromkeys(_permission(refused) for refused in outcome.denied)
        for permission in [*lacked][:MOST_DENIALS]:
            self._ledger.note(
                Entry.DENIED,
                plugin=name,
                bundle=bundle,
                detail={"permission": permission},
            )
        failure = outcome.failure
        if failure is None:
            return
        if failure.kind in (Kind.STOPPED, Kind.BROKEN, Kind.DENIED):
            self._drop(name)  # whatever it was doing, it is not in a known state
        if failure.kind is Kind.STOPPED and self.meter.is_news(name, failure):
            self._lives.record_stop(name, failure.type)
            self.meter.told(name, failure)
        raise_for(name, outcome)

    def _drop(self, name: str) -> None:
        live = self._live.pop(name, None)
        if live is not None:
            live.session.close()

    def _emit(self, event: str, data: JSON) -> None:
        self._told += 1
        if self._told > MOST_EVENTS:
            raise Refused(f"more than {MOST_EVENTS} events followed from one call")
        self._events.append((event, data))

    def _deliver(self) -> Iterator[str]:
        """Tell the plugins that listen, and say how some of them failed.

        They fail by themselves: the caller is another plugin, which did its work.
        """
        while self._events:
            event, data = self._events.popleft()
            request: JSON = {"name": event, "data": data}
            for life in self._lives.running():
                name = life.plugin
                try:
                    if event in self._lives.active(name).bundle.manifest.events:
                        self._ask(name, self._opened(name), "event", request)
                except HostError:
                    raise
                except PlugwrightError as error:
                    yield f"`{event}` was not heard: {error}"


def guest_of(
    bundle: Bundle,
    quota: Quota,
    *,
    services: Mapping[str, Service],
    clock: float | Literal["host"] | None,
) -> Guest:
    """Describe a plugin to a sandbox, ready to be started."""
    return Guest(
        name=bundle.manifest.name,
        files=bundle.sources,
        dispatcher="plugwright_sdk.guest:dispatch",
        packages=("plugwright_sdk",),
        services=services,
        quota=quota,
        clock=clock,
        arguments={"initialise": True},
    )


def _permission(refused: str) -> str:
    """Name the permission that a guest lacked: for `storage.get` it is `storage`."""
    if refused.startswith("import:"):
        return plain(refused)
    return was_denied(refused)


def raise_for(name: str, outcome: Outcome) -> JSON:
    """Give an outcome's value, or raise its failure as the error it is to a caller."""
    failure = outcome.failure
    if failure is None:
        return outcome.value
    if failure.kind is Kind.DENIED:
        # What the host itself refused last; what the guest calls it may be anything.
        raise _denied(name, _permission((failure.type, *outcome.denied)[-1]))
    raise _error(name, failure)


def _error(name: str, failure: Failure) -> PluginError | Stopped | UsageError:
    # A guest chose every word of it, and a person reads it on a screen.
    # In one line: a second one could pass for a sentence of the host's own.
    what, message = (
        plain(" ".join(text.splitlines())) for text in (failure.type, failure.message)
    )
    where = f" ({plain(failure.where)})" if failure.where else ""
    said = f"{what}: {message}{where}"
    match failure.kind:
        case Kind.INPUT:
            return UsageError(
                f"`{name}` cannot use this input: {message}",
                remedy="correct the input",
            )
        case Kind.STOPPED:
            return Stopped(what, reread(what, message), plugin=name)
        case Kind.LOAD:
            return NotLoaded(name, said, remedy="its code has to be corrected")
        case _:
            return BrokeContract(name, said, remedy="report it to the plugin's author")


def _denied(name: str, permission: str) -> Denied:
    if permission.startswith(("import:", "storage.query:")):
        return Denied(permission, remedy=f"no plugin may; `{name}` has to do without")
    return Denied(
        permission,
        remedy=f"`{name}` has to ask for it in plugin.toml, then be approved",
    )
