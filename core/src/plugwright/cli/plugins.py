"""`plugwright plugins`: what is installed, and in what state."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict

import click

from plugwright.host import Host


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
def plugins(as_json: bool) -> None:
    """List host plugins and sandboxed plugins, broken ones included."""
    with closing(Host.discover()) as host:
        host.look_for_installed()
        host.ask_all()
        lives = host.lives.list()
    if as_json:
        rows = {
            "host": [asdict(plugin) for plugin in host.plugins],
            "sandboxed": [{**asdict(life), "remedy": life.remedy} for life in lives],
        }
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    click.echo("Host plugins (run inside Plugwright, trusted like any dependency):")
    for plugin in host.plugins:
        state = "broken" if plugin.problem else "loaded"
        click.echo(f"  {plugin.name:<24} {plugin.version:<9} {state}")
        if plugin.problem:
            click.echo(f"    {plugin.problem}\n    what to do: {plugin.remedy}")
    click.echo("Sandboxed plugins (run behind a wall, with what was approved):")
    for life in lives:
        click.echo(f"  {life.plugin:<24} {life.version:<9} {life.state}")
        click.echo(f"    {life.why + '; ' if life.why else ''}{life.remedy}")
    for name, bundle in host.waiting:
        click.echo(f"  {name:<24} {bundle.manifest.version:<9} installed, not approved")
        click.echo(f"    to look at it and decide: `plugwright approve {name}`")
    if not lives and not host.waiting:
        click.echo("  none yet; `plugwright demo` makes one before your eyes")
