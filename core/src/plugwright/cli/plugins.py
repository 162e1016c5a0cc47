"""`plugwright plugins`: what is installed, in what state, and what it used."""

from __future__ import annotations

import click

from plugwright.cli.listing import show


@click.command()
@click.option("--usage", is_flag=True, help="What plugins used, lately and ever.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
def plugins(usage: bool, as_json: bool) -> None:
    """List host plugins and sandboxed plugins, broken ones included.

    Nothing of them is imported or run.
    """
    show(as_json=as_json, usage=usage)
