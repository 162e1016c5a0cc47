"""Rolls dice, for people and for models."""

from __future__ import annotations

from dataclasses import dataclass

from plugwright import hookimpl
from plugwright.commands import Command, Tool
from plugwright.manifest import CommandSpec
from plugwright.secrets import Secret
from plugwright.validation import Finding, Severity, Subject
from plugwright_dice.rolling import roll

SPEC = CommandSpec(summary="Roll some dice.", parameters=("sides", "seed"))


@dataclass
class Settings:
    """What a person may set."""

    seed: int = 6
    key: Secret | None = None
    """Opens the cupboard with the good dice."""


_settings = Settings()


@hookimpl
def configured(settings: Settings) -> None:
    """Take the seed, and the key."""
    global _settings
    _settings = settings


@hookimpl
def commands() -> list[Command]:
    """Offer `roll`, and `cupboard`, which needs the key."""
    return [
        Command(name="roll", spec=SPEC, call=lambda it: roll(_settings.seed, **it)),
        Command(
            name="cupboard",
            spec=CommandSpec(summary="Say whether the key fits.", parameters=()),
            call=lambda _: _settings.key is not None and bool(_settings.key.reveal()),
        ),
    ]


@hookimpl
def tools() -> list[Tool]:
    """Let models roll, and ask nobody first."""
    return [
        Tool(
            name="roll",
            spec=SPEC,
            call=lambda it: roll(_settings.seed, **it),
            needs_approval=False,
        )
    ]


@hookimpl
async def validate(subject: Subject) -> list[Finding]:
    """Mind texts that tell how to cheat."""
    if subject.kind == "text" and "loaded dice" in str(subject.data):
        return [Finding(what="it tells how to cheat", severity=Severity.ERROR)]
    return []
