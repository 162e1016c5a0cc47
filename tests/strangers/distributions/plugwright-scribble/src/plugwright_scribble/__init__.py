"""Scribble."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command
from plugwright.manifest import CommandSpec


@hookimpl
def commands() -> list[Command]:
    """Offer `scribble`."""
    spec = CommandSpec(summary="Scribble.", parameters=())
    return [Command(name="scribble", spec=spec, call=lambda _: "~")]
