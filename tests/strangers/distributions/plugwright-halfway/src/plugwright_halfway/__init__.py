"""Say how far it is."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command
from plugwright.manifest import CommandSpec


@hookimpl
def commands() -> list[Command]:
    """Offer `far`."""
    spec = CommandSpec(summary="Say how far it is.", parameters=())
    return [Command(name="far", spec=spec, call=lambda _: "half")]
