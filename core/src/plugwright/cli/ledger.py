"""`plugwright ledger`: what happened, and whether the record is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict

import click

from plugwright.approvals import unproven
from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.home import Home
from plugwright.ledger import Ledger, Row
from plugwright.lines import say, width
from plugwright.sources import plain

_ODD = (
    "is an approval that no row tells of like this",
    "are approvals that no row tells of like this",
)
_BELOW = " " * 7
_ID = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")


@click.group(invoke_without_command=True)
@click.option("--limit", default=50, show_default=True, help="How many rows to show.")
@click.option("--plugin", default=None, help="Only the rows of this plugin.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def ledger(
    context: click.Context, limit: int, plugin: str | None, as_json: bool
) -> None:
    """Show what happened, the newest first."""
    if context.invoked_subcommand is not None:
        return
    with _ledger() as book:
        rows = book.rows(limit=limit, plugin=plugin)
    for row in rows:
        # Plain: somebody may have changed the rows behind Plugwright's back.
        if as_json:
            click.echo(plain(_as_json(row)))
        else:
            _show(row)


@ledger.command()
def verify() -> None:
    """Check that no row was changed, removed or added behind Plugwright's back."""
    with closing(Database(Home.of_user().database)) as database:
        book = Ledger(database)
        broken = book.verify()
        length = book.length()
        void = [] if broken else unproven(database)
    if broken is not None:
        raise HostError(
            f"the ledger is broken at row {broken.seq}: {broken.what}",
            remedy="somebody or something changed plugwright.db; restore it from a "
            "backup, and do not trust approvals since then; without a backup, "
            "`plugwright ledger salvage` keeps what is proven and names the rest",
        )
    if void:
        raise HostError(
            "the ledger is whole, but not what was approved:"
            f" {', '.join(void)} {_ODD[len(void) > 1]}",
            remedy="`plugwright approve` of its plugin shows it and asks anew, or"
            " `plugwright revoke` takes it back",
        )
    click.echo(f"The ledger is whole: {length} rows.")


@ledger.command()
def salvage() -> None:
    """Save what can be read of a damaged plugwright.db, and name the rest.

    The damaged file is kept beside the new one. Approvals that the ledger no longer
    proves have to be given again.
    """
    from plugwright.salvage import salvage

    home = Home.of_user()
    with home.lock():
        done = salvage(home.database)
    if done is None:
        click.echo("There is nothing to salvage: the records are whole.")
        return
    click.echo(f"{done.proven} rows of the ledger are as they were.")
    if done.retold:
        click.echo(f"{done.retold} more could be read, but are not proven any more.")
    for table, count in done.kept.items():
        click.echo(f"{count} rows of `{table}` were kept.")
    for lost in done.lost:
        click.echo(plain(f"lost: {lost}"))
    if not done.lost:
        click.echo("Nothing is lost.")
    click.echo(
        f"The damaged file is kept as `{done.aside}`.\n"
        "To go on: `plugwright plugins`; approve again what you still want."
    )


def _show(row: Row) -> None:
    line = f"{row.seq:>5}  {row.at}  {row.kind:<12} {row.plugin}  {row.bundle[:12]}"
    say(plain(line), rest=_BELOW)
    if row.detail != "{}":
        # A screen needs blanks to break at, and no ids longer than the eye compares.
        detail = row.detail
        if width():
            detail = _ID.sub(r"\1…", detail.replace(",", ", "))
        say(plain(detail), first=_BELOW, rest=_BELOW)


def _as_json(row: Row) -> str:
    try:
        detail: object = row.facts()
    except ValueError:
        detail = row.detail  # changed since it was written; `verify` says so
    return json.dumps({**asdict(row), "detail": detail}, ensure_ascii=False)


@contextmanager
def _ledger() -> Iterator[Ledger]:
    with closing(Database(Home.of_user().database)) as database:
        yield Ledger(database)
