"""Runs what is active: with its own services, under its quota, on the record.

A plugin keeps its guest between calls, so a warm call costs well under a millisecond. A
guest that broke is dropped, and the next call gets a fresh one. Any thread may call; a
plugin answers one call at a time, and who comes meanwhile waits (see `turns`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from plugwright.capabilities.outside import Models
from plugwright.database import Database
from plugwright.errors import Denied, HostError, PlugwrightError, UsageError
from plugwright.faults import add_last_words, in_full, permission_in
from plugwright.faults import raise_for as raise_for
from plugwright.guests import MOST_EVENTS as MOST_EVENTS
from plugwright.guests import Guests, Live, Telling
from plugwright.guests import guest_of as guest_of
from plugwright.ledger import Kind as Entry
from plugwright.ledger import Ledger
from plugwright.lives import Active, Lives
from plugwright.metering import Meter
from plugwright.permissions import nearest
from plugwright.priorities import Priority
from plugwright.quotas import Quota, Usage
from plugwright.recordings import Tape
from plugwright.sandboxes import JSON, Kind, Outcome, Sandbox
from plugwright.turns import Caller, Cancelled, Doors, caller

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


class Runner:
    """The active plugins, opened when they are first called. For any thread."""

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
        self._ledger = ledger
        self._lives = lives
        self.meter = Meter(database, now)
        self.doors = Doors()
        self.tell: Callable[[str, JSON], Iterable[str]] = _tell_nobody
        """Told every event that a plugin emits; says how those who hear it failed."""
        keep_out = (database.path.parent, *keep_out)
        self._guests = Guests(database, sandbox, now, models, keep_out)

    def call(self, name: str, command: str, arguments: dict[str, JSON]) -> Call:
        """Call a command; then deliver the events that came of it.

        A call that fails tells nobody anything.
        """
        request: JSON = {"name": command, "arguments": arguments}
        return self._told(name, "command", request, command)

    def ask(self, name: str, operation: str, request: JSON) -> Call:
        """Ask a plugin anything, as `call` calls a command: metered, on the record."""
        return self._told(name, operation, request)

    def tell_all(self, event: str, data: JSON) -> tuple[str, ...]:
        """Tell every plugin that listens; says how some of them failed."""
        telling = Telling()
        telling.emit(event, data)
        return tuple(dict.fromkeys(self._deliver(telling)))

    def close(self) -> None:
        """Drop every guest; what one is doing ends."""
        for name in self._guests.names():
            self._guests.stop(name)
            with self.doors.inside(name):
                self._guests.drop_both(name)

    @contextmanager
    def recording(self, name: str) -> Iterator[Tape]:
        """Open a plugin anew for what follows, and note all that it learns and says."""
        with self.doors.inside(name):
            if name in self._guests.tapes:
                raise UsageError(f"`{name}` is being recorded", remedy="wait for it")
            self._guests.drop_both(name)
            tape = self._guests.tapes[name] = Tape(name)
        try:
            yield tape
        finally:
            with self.doors.inside(name):
                del self._guests.tapes[name]
                self._guests.drop_both(name)

    def _told(
        self, name: str, operation: str, request: JSON, command: str | None = None
    ) -> Call:
        telling = Telling()
        call = self._ask(name, operation, request, telling, command)
        if telling.events:
            unheard = tuple(dict.fromkeys(self._deliver(telling)))
            return replace(call, unheard=unheard)
        return call

    def _ask(
        self,
        name: str,
        operation: str,
        request: JSON,
        telling: Telling,
        command: str | None = None,
    ) -> Call:
        who = caller()
        self.doors.enter(name, who)
        try:
            live = self._opened(name, telling, who)
            if command is not None:
                _check_offered(live.active, command)
            return self._asked(name, live, operation, request, who)
        finally:
            self.doors.leave(name)

    def _opened(self, name: str, telling: Telling, who: Caller | None) -> Live:
        """Give the plugin's guest; what is not active any more is dropped."""
        try:
            active = self._lives.active(name)
            background = self._is_background(name, who)
            live = self._guests.find(name, background)
            if live is None or live.active.bundle.id != active.bundle.id:
                live = self._start(name, active, telling, background)
            live.active, live.telling = active, telling
        except BaseException:
            self._guests.drop_both(name)
            raise
        return live

    def _is_background(self, name: str, who: Caller | None) -> bool:
        # A recording is of one guest.
        return (
            who is not None
            and who.priority is Priority.BACKGROUND
            and name not in self._guests.tapes
        )

    def _start(
        self, name: str, active: Active, telling: Telling, background: bool
    ) -> Live:
        # Before the meter runs: making the sandbox ready is not the plugin's doing.
        sandbox = self._guests.sandbox(active.bundle.manifest.engine)
        started: list[Live] = []

        def load(quota: Quota | None) -> Outcome:
            limit = quota or active.quota
            live = self._guests.open(sandbox, active, limit, telling, background)
            started.append(live)
            return self._noted(name, "load", None, limit, live.session.loaded)

        outcome = self.meter.load(active, load)
        live = started[0] if started else None
        try:
            self._check(name, active, outcome, live)
        except PlugwrightError as error:
            add_last_words(error, live.log if live else (), outcome.output)
            raise
        return started[0]

    def _noted(
        self, name: str, operation: str, request: JSON, quota: Quota, outcome: Outcome
    ) -> Outcome:
        tape = self._guests.tapes.get(name)
        if tape is not None:
            tape.note(operation, request, quota, outcome)
        return outcome

    def _asked(
        self, name: str, live: Live, operation: str, request: JSON, who: Caller | None
    ) -> Call:
        live.turn.next()

        def ask(quota: Quota | None) -> Outcome:
            outcome = _answered(live, operation, request, quota, who)
            limit = quota or live.active.quota
            return self._noted(name, operation, request, limit, outcome)

        outcome = self.meter.call(live.active, ask)
        log = tuple(live.log)
        live.log.clear()
        try:
            self._check(name, live.active, outcome, live, who)
        except PlugwrightError as error:
            add_last_words(error, log, outcome.output)
            raise
        if live.active.stops:  # nearly always there are none to be forgiven
            self._lives.record_success(name)
        return Call(
            value=outcome.value, usage=outcome.usage, output=outcome.output, log=log
        )

    def _check(
        self,
        name: str,
        active: Active,
        outcome: Outcome,
        live: Live | None,
        who: Caller | None = None,
    ) -> None:
        """Put on record what has to be, and raise what went wrong."""
        bundle = active.bundle.id
        lacked = dict.fromkeys(permission_in(refused) for refused in outcome.denied)
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
        if live and failure.kind in (Kind.STOPPED, Kind.BROKEN, Kind.DENIED):
            # Whatever it was doing, it is not in a known state.
            self._guests.drop(name, live.background)
        if who is not None and who.is_stopped and failure.kind is Kind.BROKEN:
            raise Cancelled(f"the call of `{name}` was cancelled")
        if failure.kind is Kind.STOPPED and self.meter.is_news(name, failure):
            self._lives.record_stop(name, failure.type)
            self.meter.told(name, failure)
        try:
            raise_for(name, outcome)
        except Denied as error:
            asked = live.turn.lacked if live else None
            raise in_full(error, asked, active.permissions) from None

    def _deliver(self, telling: Telling) -> Iterator[str]:
        """Tell the plugins that listen, and say how some of them failed.

        They fail by themselves: the caller is another plugin, which did its work. It is
        not inside any more, so what listens may tell it something in turn.
        """
        while telling.events:
            event, data = telling.events.popleft()
            request: JSON = {"name": event, "data": data}
            for life in self._lives.running():
                name = life.plugin
                try:
                    if event in self._lives.active(name).bundle.manifest.events:
                        self._ask(name, "event", request, telling)
                except (HostError, Cancelled):
                    raise
                except PlugwrightError as error:
                    yield f"`{event}` was not heard: {error}"
            yield from self.tell(event, data)


def _answered(
    live: Live,
    operation: str,
    request: JSON,
    quota: Quota | None,
    who: Caller | None,
) -> Outcome:
    session = live.session
    if who is None:
        return session.call(operation, request, quota=quota)
    with who.ending_with(session.stop):
        who.begins()
        return session.call(operation, request, quota=quota)


def _check_offered(active: Active, command: str) -> None:
    manifest = active.bundle.manifest
    if command not in manifest.commands:
        raise UsageError(
            f"`{manifest.name}` has no command `{command}`",
            remedy=nearest(command, manifest.commands),
        )


def _tell_nobody(event: str, data: JSON) -> Iterable[str]:
    """Where nobody else hears."""
    return ()
