"""`plugwright revoke`: takes back what was approved, at once."""

from __future__ import annotations

import click

from plugwright.cli import pass_host_beside
from plugwright.cli.naming import full_name, meant
from plugwright.host import Host
from plugwright.lines import say


@click.command()
@click.argument("name")
@pass_host_beside
def revoke(host: Host, name: str) -> None:
    """Take back every approval of NAME; what runs is refused its next call.

    Also while another Plugwright runs it. NAME@ID is one bundle of it.
    """
    plugin = meant(host, name)[0].plugin
    revoked = host.lives.revoke(plugin, by="a person", id=name.partition("@")[2])
    for life in revoked:
        say(f"`{full_name(life)}` ({life.version}) is not approved any more.")
    say(f"To look at it and decide anew: `plugwright approve {plugin}`.")
