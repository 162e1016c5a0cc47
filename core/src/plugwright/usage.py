"""What plugins use over time, and how much of an hour's budget is left.

Theory
------
A quota for one call holds no plugin that is called again and again, so each plugin has
a budget for every clock hour, too. It has to hold when the host is killed in the middle
of a call: stopping a slow call from outside must not make it free. So before a call all
that it may use is held, in the table that counts; the end of the call puts what it did
use in its place. What was held by a call that never ended stays used.

A call costs two statements that do not wait for the disk, some 25 µs together, where a
single one that waits takes 260 µs (medians). The operating system has what they
wrote, so a killed host loses nothing; a machine that loses power may forget its last
seconds, which no plugin can bring about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple

from plugwright.database import Database
from plugwright.quotas import Usage

HOUR = 3600
_MOST = 1 << 50
"""No count of one call is larger; what a broken worker says must not end the sums."""

_COUNTS = tuple(field.name for field in fields(Usage))
_COLUMNS = ("calls", "loads", "stops", *_COUNTS)

# What a call before this one left held is used now. Where one of both is gone, nothing
# is held, for nothing is run.
_HOLD = """
INSERT INTO usage (plugin, hour, held_fuel, held_seconds) VALUES (
:plugin, :hour, min(:fuel, :most_fuel), min(:seconds, :most_seconds))
ON CONFLICT DO UPDATE SET
fuel = fuel + held_fuel,
seconds = seconds + held_seconds,
held_fuel = CASE WHEN seconds + held_seconds < :most_seconds
THEN max(0, min(:fuel, :most_fuel - fuel - held_fuel)) ELSE 0 END,
held_seconds = CASE WHEN fuel + held_fuel < :most_fuel
THEN max(0, min(:seconds, :most_seconds - seconds - held_seconds)) ELSE 0 END
RETURNING fuel, seconds
"""
_RECORD = f"""
INSERT INTO usage (plugin, hour, {", ".join(_COLUMNS)})
VALUES (?, ?, {", ".join("?" for _ in _COLUMNS)})
ON CONFLICT DO UPDATE SET held_fuel = 0, held_seconds = 0,
memory = max(memory, excluded.memory),
{", ".join(f"{c} = {c} + excluded.{c}" for c in _COLUMNS if c != "memory")}
"""
_SUMS = {
    "memory": "max(memory)",
    "fuel": "sum(fuel + held_fuel)",
    "seconds": "sum(seconds + held_seconds)",
}
_TOTAL = "SELECT {} FROM usage WHERE plugin = ? AND hour >= ?".format(
    ", ".join(f"coalesce({_SUMS.get(c, f'sum({c})')}, 0)" for c in _COLUMNS)
)


class Budget(NamedTuple):
    """Fuel and seconds: of an hour, or of one call."""

    fuel: int
    seconds: float

    def within(self, other: Budget) -> Budget:
        """Give the smaller of each; never less than nothing."""
        return Budget(
            max(0, min(self.fuel, other.fuel)),
            max(0.0, min(self.seconds, other.seconds)),
        )


@dataclass(frozen=True, kw_only=True)
class Total(Usage):
    """What many calls used up together; `memory` is the most of any of them."""

    calls: int = 0
    loads: int = 0
    """How often its source was loaded afresh."""
    stops: int = 0
    """How often a quota did its work; calls that an hour's budget refused included."""


@dataclass(frozen=True, kw_only=True)
class OverTime:
    """What one plugin used, lately and ever."""

    hour: Total
    """In this clock hour."""
    today: Total
    """Since midnight, where this machine is."""
    ever: Total
    bytes: int
    """What it keeps now, keys included."""
    keys: int


class UsageBook:
    """What every plugin used, hour by hour."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def used(self, plugin: str, hour: int) -> Budget:
        """Tell what is gone of an hour's budget, held or used."""
        found = self._database.read(
            "SELECT fuel + held_fuel, seconds + held_seconds FROM usage"
            " WHERE plugin = ? AND hour = ?",
            (plugin, hour),
        )
        return Budget(*found[0]) if found else Budget(0, 0.0)

    def hold(self, plugin: str, wanted: Budget, limit: Budget, at: float) -> Budget:
        """Take from the hour what a call may use; gives what there was for it.

        Where one of both is gone, nothing is held, and the call must not be made.
        """
        values = {
            "plugin": plugin,
            "hour": int(at // HOUR),
            "fuel": wanted.fuel,
            "seconds": wanted.seconds,
            "most_fuel": limit.fuel,
            "most_seconds": limit.seconds,
        }
        [(fuel, seconds)] = self._database.jot(_HOLD, values)
        return Budget(limit.fuel - fuel, limit.seconds - seconds)

    def record(
        self,
        plugin: str,
        usage: Usage,
        at: float,
        *,
        stopped: bool = False,
        loading: bool = False,
    ) -> None:
        """Put down what one call used, in place of what was held for it then."""
        counts = [min(getattr(usage, name), _MOST) for name in _COUNTS]
        values = (not loading, loading, stopped, *counts)
        self._database.jot(_RECORD, (plugin, int(at // HOUR), *values))

    def release(self, plugin: str, at: float) -> None:
        """Give back what was held for a call that was not made after all."""
        self._database.jot(
            "UPDATE usage SET held_fuel = 0, held_seconds = 0"
            " WHERE plugin = ? AND hour = ?",
            (plugin, int(at // HOUR)),
        )

    def refuse(self, plugin: str, at: float) -> None:
        """Put down that a call was not made, because its hour is used up."""
        self._database.jot(
            "UPDATE usage SET stops = stops + 1 WHERE plugin = ? AND hour = ?",
            (plugin, int(at // HOUR)),
        )

    def is_told(self, plugin: str, at: float) -> bool:
        """Whether it is on record already that this hour is used up."""
        return bool(
            self._database.read(
                "SELECT 1 FROM usage WHERE plugin = ? AND hour = ? AND told",
                (plugin, int(at // HOUR)),
            )
        )

    def tell(self, plugin: str, at: float) -> None:
        """Remember that it is on record."""
        self._database.jot(
            "UPDATE usage SET told = 1 WHERE plugin = ? AND hour = ?",
            (plugin, int(at // HOUR)),
        )

    def over_time(self, plugin: str, at: float) -> OverTime:
        """Tell what a plugin used up to now."""
        midnight = datetime.fromtimestamp(at).replace(hour=0, minute=0, second=0)
        kept = self._database.read(
            "SELECT coalesce(sum(bytes), 0), count(*) FROM storage WHERE plugin = ?",
            (plugin,),
        )
        size, keys = kept[0] if kept else (0, 0)
        return OverTime(
            hour=self._since(plugin, int(at // HOUR)),
            today=self._since(plugin, int(midnight.timestamp() // HOUR)),
            ever=self._since(plugin, 0),
            bytes=size,
            keys=keys,
        )

    def plugins(self) -> Sequence[str]:
        """Name every plugin that ever used anything."""
        found = self._database.read("SELECT DISTINCT plugin FROM usage ORDER BY plugin")
        return [name for (name,) in found]

    def _since(self, plugin: str, hour: int) -> Total:
        found = self._database.read(_TOTAL, (plugin, hour))
        return Total(**dict(zip(_COLUMNS, found[0], strict=True))) if found else Total()
