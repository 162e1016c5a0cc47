"""Keeps it warm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from plugwright import hookimpl
from plugwright.commands import Command
from plugwright.manifest import CommandSpec


@dataclass
class Settings:
    """What a person has to say."""

    target: Annotated[int, Ge(5), Le(30)]


_settings: Settings | None = None


@hookimpl
def configured(settings: Settings) -> None:
    """Take the temperature."""
    global _settings
    _settings = settings


@hookimpl
def commands() -> list[Command]:
    """Offer `target`."""
    spec = CommandSpec(summary="Tell how warm it shall be.", parameters=())
    return [Command(name="target", spec=spec, call=lambda _: _settings.target)]
