"""The time as a plugin sees it: only if granted, and only in whole seconds.

The classes of `datetime` are handed out as they are, because annotations must mean the
same to a plugin and to the host's own code. Their three methods that look at the clock
are replaced when they are read (`guards.look`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Literal, NoReturn

Grant = float | Literal["host"] | None


class Clock:
    """What this guest was granted."""

    grant: Grant = None
    was_read = False
    denied: Callable[[str], NoReturn]
    """Ends the guest."""


def seconds() -> float:
    """Seconds since 1970; ends the guest if it has no clock."""
    if Clock.grant is None:
        Clock.denied("clock")
    Clock.was_read = True
    return float(int(time.time())) if Clock.grant == "host" else float(Clock.grant)


def nanoseconds() -> int:
    """Like `seconds`, as whole nanoseconds."""
    return int(seconds()) * 1_000_000_000


def reader(kind: type[date], name: str) -> Callable[..., Any]:
    """Give what `kind.now`, `kind.today` or `kind.utcnow` is for a plugin."""
    if not issubclass(kind, datetime):
        return lambda: kind.fromtimestamp(seconds())
    moment: type[datetime] = kind
    if name == "now":

        def now(tz: tzinfo | None = None) -> datetime:
            return moment.fromtimestamp(seconds(), tz)

        return now
    if name == "utcnow":
        return lambda: moment.fromtimestamp(seconds(), UTC).replace(tzinfo=None)
    return lambda: moment.fromtimestamp(seconds())


def no_sleep(_: float) -> NoReturn:
    """Say that waiting is not a plugin's business."""
    raise RuntimeError("a plugin cannot sleep; let the host call it again later")


def gmtime(secs: float | None = None) -> time.struct_time:
    """Do what `time.gmtime` does; local time is UTC here."""
    return time.gmtime(seconds() if secs is None else secs)


def ctime(secs: float | None = None) -> str:
    """Do what `time.ctime` does."""
    return time.asctime(gmtime(secs))


def asctime(moment: Any = None) -> str:
    """Do what `time.asctime` does."""
    return time.asctime(gmtime() if moment is None else moment)


def strftime(format: str, moment: Any = None) -> str:
    """Do what `time.strftime` does."""
    return time.strftime(format, gmtime() if moment is None else moment)
