"""The kinds of pain that a run counts by itself, and how a provider counts one."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from enum import StrEnum

from plugwright.agents.calling import Outcome
from plugwright.agents.stops import LimitReached, Misfit, RunCancelled
from plugwright.errors import (
    Declined,
    Denied,
    Malformed,
    NotAuthenticated,
    RateLimited,
    Refused,
    TooLong,
    Unavailable,
    UsageError,
)


class Pain(StrEnum):
    """Where it hurt. An ability may count kinds of its own."""

    RETRY = "retry"
    FALLBACK = "fallback"
    TRUNCATION = "truncation"
    REPAIR = "repair"
    GUARDRAIL = "guardrail"
    MISFIT = "misfit"
    LIMIT = "limit"
    CANCELLED = "cancelled"
    RATE_LIMIT = "rate limit"
    CONTEXT = "context too long"
    OUTAGE = "outage"
    MALFORMED = "malformed answer"
    KEY = "no key"
    DECLINED = "declined"
    SETTING = "wrong setting"
    BROKEN = "broken part"
    TOOL_TIMEOUT = "tool timeout"
    TOOL_ERROR = "tool error"
    TOOL_CUT = "tool answer cut"
    TOOL_UNFIT = "unfit arguments"
    TOOL_UNKNOWN = "unknown tool"
    TOOL_LOST = "interrupted tool"
    REFUSED = "refused permission"
    WORKAROUND = "workaround"
    WISH = "wish"


BY_OUTCOME = {
    Outcome.CUT: Pain.TOOL_CUT,
    Outcome.FAILED: Pain.TOOL_ERROR,
    Outcome.UNFIT: Pain.TOOL_UNFIT,
    Outcome.LATE: Pain.TOOL_TIMEOUT,
    Outcome.DENIED: Pain.REFUSED,
}
"""What a call of a tool that did not go well is."""

_BY_ERROR: dict[type[BaseException], Pain] = {
    LimitReached: Pain.LIMIT,
    Misfit: Pain.MISFIT,
    RunCancelled: Pain.CANCELLED,
    RateLimited: Pain.RATE_LIMIT,
    TooLong: Pain.CONTEXT,
    Unavailable: Pain.OUTAGE,
    Malformed: Pain.MALFORMED,
    NotAuthenticated: Pain.KEY,
    Declined: Pain.DECLINED,
    Denied: Pain.REFUSED,
    Refused: Pain.GUARDRAIL,
    UsageError: Pain.SETTING,
}


def pain_of(error: BaseException) -> Pain:
    """Name the pain that an error is."""
    found = (pain for kind, pain in _BY_ERROR.items() if isinstance(error, kind))
    return next(found, Pain.BROKEN)


ASKING: ContextVar[Callable[[str, str, float], None] | None] = ContextVar(
    "plugwright_asking", default=None
)
"""How the run that asks just now counts."""


def felt(kind: str, what: str = "", *, seconds: float = 0.0) -> None:
    """Count a pain of the run that asks just now, if one does; for providers.

    A provider that asks its service again by itself says so: `felt(Pain.RETRY, …)`.
    """
    if (count := ASKING.get()) is not None:
        count(kind, what, seconds)
