"""The forge: turns a request in plain words into a plugin that a person approves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl

if TYPE_CHECKING:
    import click


@hookimpl
def subcommands() -> Iterable[click.Command]:
    """Add `plugwright forge`, `plugwright customise` and `plugwright demo`."""
    from plugwright_forge.commands import customise, demo, forge

    return [forge, customise, demo]
