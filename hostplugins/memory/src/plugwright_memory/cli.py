"""`plugwright memory`: what a person does with the file, and not with its facts."""

from __future__ import annotations

import click

from plugwright.home import Home
from plugwright.lines import say
from plugwright.sources import plain
from plugwright_memory.opening import FILE


@click.group()
def memory() -> None:
    """Look after the file with what is remembered."""


@memory.command()
def salvage() -> None:
    """Save what can be read of a damaged memory.db, and name the rest.

    The damaged file is kept beside the new one.
    """
    from plugwright_memory.salvage import salvage

    home = Home.of_user()
    with home.lock():
        done = salvage(home.folder / FILE)
    if done is None:
        say("There is nothing to salvage: what is remembered is whole.")
        return
    for line in done.lines():
        say(plain(line))
