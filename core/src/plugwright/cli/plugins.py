"""`plugwright plugins`: what is installed, in what state, and what it used."""

from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import asdict

import click

from plugwright.host import Host


@click.command()
@click.option("--usage", is_flag=True, help="What plugins used, lately and ever.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
def plugins(usage: bool, as_json: bool) -> None:
    """List host plugins and sandboxed plugins, broken ones included."""
    with closing(Host.discover()) as host:
        if usage and not as_json:
            _show_usage(host)
            return
        host.look_for_installed()
        host.ask_all()
        if as_json:
            _show_json(host)
        else:
            _show(host)


def _show(host: Host) -> None:
    click.echo("Host plugins (run inside Plugwright, trusted like any dependency):")
    for plugin in host.plugins:
        state = "broken" if plugin.problem else "loaded"
        click.echo(f"  {plugin.name:<24} {plugin.version:<9} {state}")
        if plugin.problem:
            click.echo(f"    {plugin.problem}\n    what to do: {plugin.remedy}")
    click.echo("Sandboxed plugins (run behind a wall, with what was approved):")
    lives = host.lives.list()
    for life in lives:
        click.echo(f"  {life.plugin:<24} {life.version:<9} {life.state}")
        click.echo(f"    {life.why + '; ' if life.why else ''}{life.remedy}")
    for name, bundle in host.waiting:
        click.echo(f"  {name:<24} {bundle.manifest.version:<9} installed, not approved")
        click.echo(f"    to look at it and decide: `plugwright approve {name}`")
    if not lives and not host.waiting:
        click.echo("  none yet; `plugwright demo` makes one before your eyes")


def _show_usage(host: Host) -> None:
    from plugwright.cli.usage import table

    book = host.runner.meter.book
    names = book.plugins()
    for name in names:
        click.echo("\n".join(table(name, book.over_time(name, time.time()))))
    if not names:
        click.echo("No plugin has used anything yet.")


def _show_json(host: Host) -> None:
    book, now = host.runner.meter.book, time.time()
    rows = {
        "host": [asdict(plugin) for plugin in host.plugins],
        "sandboxed": [
            {**asdict(life), "remedy": life.remedy} for life in host.lives.list()
        ],
        "usage": {name: asdict(book.over_time(name, now)) for name in book.plugins()},
    }
    click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
