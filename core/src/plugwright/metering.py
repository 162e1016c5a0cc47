"""Lets a plugin use what its quota and its hour allow, and puts down what it used."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from plugwright.amounts import time_of_day, used_of
from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.lives import Active
from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import GENERATED, Failure, Kind, Outcome
from plugwright.usage import HOUR, Budget, UsageBook

Ask: TypeAlias = Callable[[Quota | None], Outcome]
"""Makes a call, under a smaller quota than was approved if one is given."""

_CALL = ("fuel", "seconds")
_LOAD = ("load_fuel", "load_seconds")
_CLOCKS = ("seconds", "load_seconds")
_HOUR = ("hourly_fuel", "hourly_seconds")


class Meter:
    """Stands before every call of every active plugin."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self.book = UsageBook(database)
        self._now = now

    def call(self, active: Active, ask: Ask) -> Outcome:
        """Make one call, with no more than the hour has left."""
        return self._measured(active, ask, _CALL)

    def load(self, active: Active, ask: Ask) -> Outcome:
        """Load a plugin's source, with no more than the hour has left."""
        return self._measured(active, ask, _LOAD)

    def is_news(self, plugin: str, failure: Failure) -> bool:
        """Whether a stop has to go on record: of one hour's end, only the first has."""
        return failure.type not in _HOUR or not self.book.is_told(plugin, self._now())

    def told(self, plugin: str, failure: Failure) -> None:
        """Remember that a stop is on record."""
        if failure.type in _HOUR:
            self.book.tell(plugin, self._now())

    def _measured(self, active: Active, ask: Ask, names: tuple[str, str]) -> Outcome:
        plugin, quota, at = active.bundle.manifest.name, active.quota, self._now()
        wanted = Budget(*(getattr(quota, name) for name in names))
        if active.bundle.manifest.engine != GENERATED:
            wanted = wanted._replace(fuel=0)  # no other engine counts it
        limit = Budget(quota.hourly_fuel, quota.hourly_seconds)
        left = self.book.hold(plugin, wanted, limit, at)
        if spent := _spent(left):
            self.book.refuse(plugin, at)
            return Outcome(failure=_end_of_hour(spent, limit, left, at))
        smaller = _smaller(quota, names, left)
        started = time.perf_counter()
        try:
            outcome = ask(replace(quota, **smaller) if smaller else None)
        except HostError:
            self.book.release(plugin, at)  # not the plugin's doing
            raise
        elapsed = time.perf_counter() - started
        if names is _LOAD and outcome.usage != Usage():
            elapsed = 0.0  # a first guest waits for its worker, which others will use
        usage = _charged(outcome, wanted.within(left), elapsed)
        failure = outcome.failure
        stopped = failure is not None and failure.kind is Kind.STOPPED
        loading = names is _LOAD
        self.book.record(plugin, usage, at, stopped=stopped, loading=loading)
        if failure is None or not stopped or failure.type not in smaller:
            return outcome
        # Its own quota would have let it go on; it was the hour that ended.
        left = Budget(left.fuel - usage.fuel, left.seconds - usage.seconds)
        spent = _HOUR[names.index(failure.type)]
        return replace(outcome, failure=_end_of_hour(spent, limit, left, at))


def _spent(left: Budget) -> str:
    """Name the part of an hour's budget that is gone; empty while there is some."""
    return next((name for name, most in zip(_HOUR, left, strict=True) if most <= 0), "")


def _smaller(quota: Quota, names: tuple[str, str], left: Budget) -> dict[str, int]:
    """Give those parts of a quota that the hour makes smaller; nearly always none."""
    found = {
        name: most
        for name, most in zip(names, left, strict=True)
        if most < getattr(quota, name)
    }
    return found  # type: ignore[return-value]  # as each field of a Quota has it


def _charged(outcome: Outcome, held: Budget, elapsed: float) -> Usage:
    """Say what a call costs its plugin, whatever it says of itself.

    A worker may be in the plugin's hands, so the time is what the host measured, if
    that is more. Fuel that nobody can count costs all that the call was given: its
    worker died before it could tell, or the clock stopped it between two tellings.
    """
    failure = outcome.failure
    untold = failure and (outcome.usage == Usage() or failure.type in _CLOCKS)
    fuel = held.fuel if untold else 0
    return replace(
        outcome.usage,
        fuel=max(outcome.usage.fuel, fuel),
        seconds=max(outcome.usage.seconds, elapsed),
    )


def _end_of_hour(spent: str, limit: Budget, left: Budget, at: float) -> Failure:
    index = _HOUR.index(spent)
    used = used_of(spent, limit[index] - left[index], limit[index])
    end = time_of_day((at // HOUR + 1) * HOUR)
    return Failure(
        kind=Kind.STOPPED,
        type=spent,
        message=f"{used} in this hour, which ends at {end}",
    )
