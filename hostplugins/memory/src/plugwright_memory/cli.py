"""`plugwright memory`: what a person does with the file, and not with its facts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugwright.cli import pass_host
from plugwright.home import Home
from plugwright.lines import say
from plugwright.sources import plain
from plugwright_memory.opening import FILE, database_of
from plugwright_memory.vectors import throw_away

if TYPE_CHECKING:
    from plugwright.host import Host


@click.group()
def memory() -> None:
    """Look after the file with what is remembered."""


@memory.command()
@click.argument("file")
@click.option("--owner", default="", help="Only what this one keeps: `agent:tutor`.")
@pass_host
def export(host: Host, file: str, owner: str) -> None:
    """Write all that is remembered to a new FILE, as JSON lines; `-` is the screen."""
    from plugwright_memory.exchange import lines_of, write_lines

    lines = lines_of(database_of(host), owner)
    if file == "-":
        for line in lines:
            sys.stdout.write(f"{ascii_of_halves(line)}\n")
        return
    count = write_lines(Path(file).expanduser(), lines)
    say(f"{count} facts were written to `{plain(file)}`.")


@memory.command("import")
@click.argument("file")
@pass_host
def import_(host: Host, file: str) -> None:
    """Remember what `plugwright memory export` wrote; what is known stays as it is."""
    from plugwright_memory.exchange import take_in

    done = take_in(database_of(host), Path(file).expanduser())
    say(f"{done.new} facts were taken in; {done.known} were there already.")
    if done.expired:
        say(f"{done.expired} had expired.")
    _embed(host, done.owners)


@memory.command()
@click.option("--anew", is_flag=True, help="Throw away those that there are, first.")
@pass_host
def embed(host: Host, anew: bool) -> None:
    """Make the vectors that are missing, as after a change of the embeddings.

    It may be interrupted, and goes on where it was.
    """
    if anew:
        with database_of(host).transaction() as connection:
            throw_away(connection)
    rows = database_of(host).read("SELECT name FROM owners ORDER BY number")
    done = _embed(host, tuple(name for (name,) in rows))
    say(f"{done} facts were looked at; all that can have a vector have one.")


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
    say("Vectors are made anew: `plugwright memory embed` does it at once.")


def ascii_of_halves(line: str) -> str:
    """Escape half characters, which only a damaged file has."""
    return line.encode(errors="backslashreplace").decode()


def _embed(host: Host, owners: tuple[str, ...]) -> int:
    from plugwright_memory.facts import SqliteMemory

    total = 0
    for owner in owners:
        opened = host.memory("sqlite", owner)
        assert isinstance(opened, SqliteMemory)
        waiting = opened.waiting()
        # The bar is for a person; into a pipe click writes nothing of it.
        with click.progressbar(length=waiting, label=plain(owner)) as bar:
            while some := opened.embed_some():
                total += some
                bar.update(some)
    return total
