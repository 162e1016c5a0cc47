"""Say something plain."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command
from plugwright.manifest import CommandSpec


@hookimpl
def commands() -> list[Command]:
    """Offer `say`."""
    spec = CommandSpec(summary="Say something plain.", parameters=())
    return [Command(name="say", spec=spec, call=lambda _: "plain")]
