"""The time of day, for whoever may know it."""

from __future__ import annotations

from collections.abc import Callable

from plugwright.capabilities.arguments import Arguments, read
from plugwright.capabilities.grants import Grants
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Service


class _Nothing(Arguments):
    pass


def services(grants: Grants, now: Callable[[], float]) -> dict[str, Service]:
    """Tell whole seconds since 1970."""

    def clock(arguments: dict[str, JSON]) -> JSON:
        read(_Nothing, arguments)
        grants.check(Permission("clock"))
        # Whole seconds: a finer clock measures what the host and others are doing.
        return float(int(now()))

    return {"clock.now": clock}
