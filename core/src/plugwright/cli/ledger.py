"""`plugwright ledger`: what happened, and whether the record is whole."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.home import Home
from plugwright.ledger import Ledger, Row


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
    for row in _ledger().rows(limit=limit, plugin=plugin):
        if as_json:
            click.echo(_as_json(row))
        else:
            bundle = row.bundle[:12]
            click.echo(f"{row.seq:>5}  {row.at}  {row.kind:<12} {row.plugin}  {bundle}")
            if row.detail != "{}":
                click.echo(f"       {row.detail}")


@ledger.command()
def verify() -> None:
    """Check that no row was changed, removed or added behind Plugwright's back."""
    book = _ledger()
    broken = book.verify()
    if broken is not None:
        raise HostError(
            f"the ledger is broken at row {broken.seq}: {broken.what}",
            remedy="somebody or something changed plugwright.db; restore it from a "
            "backup, and do not trust approvals since then",
        )
    click.echo(f"The ledger is whole: {len(book.rows())} rows.")


def _as_json(row: Row) -> str:
    return json.dumps({**asdict(row), "detail": row.facts()}, ensure_ascii=False)


def _ledger() -> Ledger:
    return Ledger(Database(Home.of_user().database))
