"""Remember."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command
from plugwright.manifest import CommandSpec


@hookimpl
def commands() -> list[Command]:
    """Offer `remember`."""
    spec = CommandSpec(summary="Remember.", parameters=())
    return [Command(name="remember", spec=spec, call=lambda _: "stolen")]
