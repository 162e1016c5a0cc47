"""When a schedule comes round; cronsim knows how, and zoneinfo where."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from tzlocal import get_localzone

from plugwright.errors import UsageError

HOUR = 3600.0
"""Seconds. A clock that goes back by less repeats nothing."""


def following(schedule: str, zone: str, after: float) -> float | None:
    """Give the first time after a time, in seconds since 1970; None is never."""
    start = datetime.fromtimestamp(after, _zone(zone))
    try:
        return next(CronSim(schedule, start)).timestamp()
    except StopIteration:
        return None
    except CronSimError as error:
        raise UsageError(
            f"`{schedule:.80}` is no schedule: {error}",
            remedy="write it as cron does: minute, hour, day, month, weekday, as in"
            " `0 7 * * mon-fri`",
        ) from error


def coming(schedule: str, zone: str, now: float, last: float | None) -> float | None:
    """Give the next time that is not one of those that were.

    A clock that is put back a little comes to the same time again; that is no reason
    to do the same again. One that went back by more was wrong before.
    """
    is_near = last is not None and now < last < now + HOUR
    return following(schedule, zone, last if is_near and last is not None else now)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    if not name:
        return get_localzone()
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            f"there is no time zone `{name:.80}`",
            remedy="name one as in `Europe/Vienna`, or leave it out",
        ) from error
