"""Say what it can do."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command, Tool
from plugwright.manifest import CommandSpec


@hookimpl
def commands() -> list[Command]:
    """Offer `boast`."""
    spec = CommandSpec(summary="Say what it can do.", parameters=())
    return [Command(name="boast", spec=spec, call=lambda _: "everything")]


@hookimpl
def tools() -> list[Tool]:
    """Offer nothing, but without having said so."""
    return []
