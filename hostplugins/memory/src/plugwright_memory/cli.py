"""`plugwright memory`: what a person sees and drops of all owners, and the file.

A person at the shell may read the file anyhow, so every owner can be named here, and
only here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugwright.amounts import number_of
from plugwright.cli import pass_host
from plugwright.errors import UsageError
from plugwright.home import Home
from plugwright.lines import say
from plugwright.sources import plain
from plugwright_memory.opening import FILE, database_of
from plugwright_memory.vectors import throw_away

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright_memory.everybody import Everybody

_MOST = 1_000_000
_owner = click.option(
    "--owner", default="", help="Only what this one keeps: `agent:tutor`."
)
_json = click.option("--json", "as_json", is_flag=True, help="A JSON object per line.")


@click.group()
def memory() -> None:
    """See and drop what agents, plugins and people keep, and look after the file."""


@memory.command("list")
@_owner
@click.option(
    "--limit",
    type=click.IntRange(1, _MOST),
    default=20,
    show_default=True,
    help="How many to show.",
)
@_json
def list_(owner: str, limit: int, as_json: bool) -> None:
    """List what is remembered, and who keeps it, the newest first."""
    from plugwright_memory.showing import show

    with _everybody(owner) as (_, all):
        found = all.newest(limit)
        count = all.count()
    if not found and not as_json:
        say(_nothing(owner))
    show(found, as_json)
    if len(found) < count:
        left = f"{number_of('older fact', count - len(found))} not shown"
        say(f"{left}: `--limit {count}` shows all", err=True)


@memory.command()
@click.argument("words", nargs=-1, required=True)
@_owner
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="How many to show.",
)
@_json
def search(words: Sequence[str], owner: str, limit: int, as_json: bool) -> None:
    """Find facts by WORDS, and what is near them, the best first.

    Of several owners, the best of each come first.
    """
    import plugwright_memory
    from plugwright_memory.opening import embedding_on
    from plugwright_memory.showing import show

    with _everybody(owner) as (host, all):
        embedding = embedding_on(host, plugwright_memory.settings_in_use())
        found = all.search(" ".join(words), limit, embedding)
        is_empty = not found and not all.count()
    if not found and not as_json:
        say(_nothing(owner) if is_empty else "No fact fits.")
    show(found, as_json)


@memory.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@_owner
@click.option("--yes", is_flag=True, help="Drop without asking.")
def forget(ids: Sequence[str], owner: str, yes: bool) -> None:
    """Drop the facts with these IDs for good: all, or none if one is not there."""
    with _everybody(owner) as (_, all):
        if not yes and not _is_wanted(all, ids):
            say("Nothing was dropped.", err=True)
            raise click.exceptions.Exit(1)
        count = all.forget(ids)
    say(f"{number_of('fact', count)} {'was' if count == 1 else 'were'} dropped.")


@memory.command()
@_json
def owners(as_json: bool) -> None:
    """List who keeps facts, and how many."""
    from plugwright_memory.showing import show_owners

    with _everybody("") as (_, all):
        found = all.owners()
    if not found and not as_json:
        say(_nothing(""))
    show_owners(found, as_json)


@memory.command()
@click.argument("file")
@_owner
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


@contextmanager
def _everybody(owner: str) -> Iterator[tuple[Host, Everybody]]:
    """Give all facts without holding the home: an agent may be at work on it."""
    from plugwright.host import Host
    from plugwright_memory.everybody import Everybody
    from plugwright_memory.opening import close

    with closing(Host.discover()) as host:
        host.home.check_own()
        all = Everybody(database_of(host), owner)
        all.check_owner()
        try:
            yield host, all
        finally:
            close(host)


def _nothing(owner: str) -> str:
    if owner:
        return plain(f"`{owner:.80}` keeps nothing.")
    return "Nothing is remembered."


def _is_wanted(all: Everybody, ids: Sequence[str]) -> bool:
    from plugwright_memory.showing import show

    found = all.named(ids)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "there is no terminal to ask at, so nothing was dropped",
            remedy="`--yes` drops without asking",
        )
    show(found, as_json=False, err=True)
    what = "this fact" if len(found) == 1 else f"these {len(found):,} facts"
    return click.confirm(f"Drop {what} for good?", default=False, err=True)


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
