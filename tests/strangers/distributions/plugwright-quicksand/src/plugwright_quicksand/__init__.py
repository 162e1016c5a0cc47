"""Is imported in no time, and then never answers."""

from __future__ import annotations

from threading import Event

from plugwright import hookimpl
from plugwright.commands import Command


@hookimpl
def commands() -> list[Command]:
    """Wait for something that never happens."""
    Event().wait()
    return []
