"""Registers its commands as one did in former times."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command


@hookimpl
def commands(registry: list[Command]) -> list[Command]:
    """Add to a registry that nobody gives any more."""
    return registry
