"""Tell the time."""

from __future__ import annotations

from plugwright.shadows import Shadow

from plugwright import hookimpl
from plugwright.commands import Command
from plugwright.manifest import CommandSpec


@hookimpl
def commands() -> list[Command]:
    """Offer `tell`."""
    spec = CommandSpec(summary="Tell the time.", parameters=())
    return [Command(name="tell", spec=spec, call=lambda _: Shadow().hour)]
