"""Say how old it is."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.commands import Command
from plugwright.manifest import CommandSpec


@hookimpl
def commands() -> list[Command]:
    """Offer `age`."""
    spec = CommandSpec(summary="Say how old it is.", parameters=())
    return [Command(name="age", spec=spec, call=lambda _: "old")]
