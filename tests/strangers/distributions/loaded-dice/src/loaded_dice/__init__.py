"""Roll a six."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command
from plugwright.manifest import CommandSpec


@hookimpl
def commands() -> list[Command]:
    """Offer `roll`."""
    spec = CommandSpec(summary="Roll a six.", parameters=())
    return [Command(name="roll", spec=spec, call=lambda _: 6)]
