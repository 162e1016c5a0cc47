"""Answers some day."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command


@hookimpl
async def commands() -> list[Command]:
    """Offer nothing, later."""
    return []
