"""`plugwright ledger`: what happened, and whether the record is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict

import click

from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.home import Home
from plugwright.ledger import Ledger, Row
from plugwright.sources import plain


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
        click.echo(plain(_as_json(row) if as_json else _in_words(row)))


@ledger.command()
def verify() -> None:
    """Check that no row was changed, removed or added behind Plugwright's back."""
    with _ledger() as book:
        broken = book.verify()
        length = len(book.rows())
    if broken is not None:
        raise HostError(
            f"the ledger is broken at row {broken.seq}: {broken.what}",
            remedy="somebody or something changed plugwright.db; restore it from a "
            "backup, and do not trust approvals since then",
        )
    click.echo(f"The ledger is whole: {length} rows.")


def _in_words(row: Row) -> str:
    line = f"{row.seq:>5}  {row.at}  {row.kind:<12} {row.plugin}  {row.bundle[:12]}"
    return line if row.detail == "{}" else f"{line}\n       {row.detail}"


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
