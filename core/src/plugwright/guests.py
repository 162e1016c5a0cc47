"""The guests of the plugins that run: opened, kept from call to call, and dropped.

A plugin has up to two guests. What nobody waits for runs in one of its own, which the
system gives the processor only when nobody else wants it: a process that once went
behind all others may not come forward again without a right that few users have.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from plugwright.bundles import Bundle
from plugwright.capabilities import Turn, services
from plugwright.capabilities.outside import Models
from plugwright.capabilities.real import real
from plugwright.database import Database
from plugwright.errors import Refused
from plugwright.lives import Active
from plugwright.quotas import Quota
from plugwright.recordings import Tape
from plugwright.sandboxes import JSON, Guest, Sandbox, Service, Session
from plugwright.storage import Storage

MOST_EVENTS = 100
"""How many events may follow from one call; plugins can answer each other for ever."""


@dataclass(slots=True)
class Telling:
    """What came of one call: the events that are still to be told."""

    events: deque[tuple[str, JSON]] = field(default_factory=deque)
    told: int = 0

    def emit(self, event: str, data: JSON) -> None:
        """Take in an event, unless it is one too many."""
        self.told += 1
        if self.told > MOST_EVENTS:
            raise Refused(f"more than {MOST_EVENTS} events followed from one call")
        self.events.append((event, data))


@dataclass(slots=True)
class Live:
    """One active plugin with one of its guests."""

    active: Active
    telling: Telling
    """Of the call that it is in."""
    background: bool
    log: list[str] = field(default_factory=list)
    session: Session = field(init=False)
    turn: Turn = field(init=False)


class Guests:
    """What is open. Whoever asks for a plugin's guest is alone inside of the plugin."""

    def __init__(
        self,
        database: Database,
        sandbox: Callable[[str], Sandbox],
        now: Callable[[], float],
        models: Models | None,
        keep_out: tuple[Path, ...],
    ) -> None:
        self.tapes: dict[str, Tape] = {}
        """The plugins that are being recorded."""
        self._database = database
        self._sandbox = sandbox
        self._making = threading.Lock()
        self._now = now
        self._models = models
        self._keep_out = keep_out
        self._live: dict[tuple[str, bool], Live] = {}

    def sandbox(self, engine: str) -> Sandbox:
        """An engine, made ready; by one caller at a time, for that may take long."""
        with self._making:
            return self._sandbox(engine)

    def find(self, name: str, background: bool) -> Live | None:
        """Give an open guest, if it can be called at once."""
        live = self._live.get((name, background))
        return live if live is not None and live.session.ready else None

    def open(
        self,
        sandbox: Sandbox,
        active: Active,
        quota: Quota,
        telling: Telling,
        background: bool,
    ) -> Live:
        """Load a plugin under a quota, with its own services."""
        bundle, name = active.bundle, active.bundle.manifest.name
        self.drop(name, background)
        live = Live(active, telling, background)
        names = {permission.name for permission in active.permissions}
        world = real(quota, self._models, self._keep_out)
        shelf = Storage(self._database, name, active.quota.storage, active.quota.keys)
        guest = guest_of(
            bundle,
            quota,
            services=services(
                name,
                active.permissions,
                shelf,
                lambda plugin, event, data: live.telling.emit(event, data),
                lambda plugin, level, text, fields: live.log.append(f"{level}: {text}"),
                self._now,
                world,
            ),
            clock="host" if "clock" in names else None,
            background=background,
        )
        tape = self.tapes.get(name)
        if tape is not None:
            guest = tape.guest(guest, self._now)
            tape.began(bundle, sandbox)
        live.turn = world.turn
        live.session = sandbox.open(guest)
        self._live[name, background] = live
        return live

    def drop(self, name: str, background: bool) -> None:
        """Let go of one guest, if it is there."""
        live = self._live.pop((name, background), None)
        if live is not None:
            live.session.close()

    def drop_both(self, name: str) -> None:
        """Let go of all guests of one plugin."""
        self.drop(name, False)
        self.drop(name, True)

    def names(self) -> set[str]:
        """Name the plugins that are open."""
        return {name for name, _ in [*self._live]}

    def stop(self, name: str) -> None:
        """End what a plugin is doing, from another thread."""
        for background in (False, True):
            live = self._live.get((name, background))
            if live is not None:
                live.session.stop()


def guest_of(
    bundle: Bundle,
    quota: Quota,
    *,
    services: Mapping[str, Service],
    clock: float | Literal["host"] | None,
    background: bool = False,
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
        background=background,
    )
