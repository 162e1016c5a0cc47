"""Facts and past runs in one SQLite file, found again by words and vectors."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl
from plugwright.memory import Memory, MemoryOffer
from plugwright_memory.settings import Settings

if TYPE_CHECKING:
    import click

    from plugwright.commands import Command, Tool
    from plugwright.host import Host


_settings = Settings()


@hookimpl
def configured(settings: Settings) -> None:
    """Take what makes vectors from `[plugins.memory.settings]`."""
    global _settings
    _settings = settings


def settings_in_use() -> Settings:
    """Give what stands under `[plugins.memory.settings]`, or what holds without it."""
    return _settings


@hookimpl
def memories(host: Host) -> list[MemoryOffer]:
    """Offer `sqlite`; the file is made when something is first remembered."""

    def sqlite(owner: str) -> Memory:
        from plugwright_memory.opening import open_memory

        return open_memory(host, owner, _settings)

    summary = "facts in one file, found by words and vectors"
    return [MemoryOffer(name="sqlite", summary=summary, open=sqlite)]


@hookimpl
def commands(host: Host) -> list[Command]:
    """Let a person remember, recall, forget and export what is theirs."""
    from plugwright_memory.doors import commands_on
    from plugwright_memory.opening import opener

    return commands_on(opener(host, lambda: _settings))


@hookimpl
def tools(host: Host) -> list[Tool]:
    """Let models remember, if a person agrees, and recall."""
    from plugwright_memory.doors import tools_on
    from plugwright_memory.opening import opener

    return tools_on(opener(host, lambda: _settings))


@hookimpl
def subcommands() -> Iterable[click.Command]:
    """Add `plugwright memory`."""
    from plugwright_memory.cli import memory

    return [memory]


@hookimpl
def stopping(host: Host) -> None:
    """Let go of the file."""
    # Not imported, no file was opened: every host stops, and most remember nothing.
    opening = sys.modules.get("plugwright_memory.opening")
    if opening is not None:
        opening.close(host)
