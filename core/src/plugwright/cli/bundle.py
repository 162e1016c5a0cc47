"""The commands of a sandboxed plugin's life, from `add` to `rollback`."""

from __future__ import annotations

from pathlib import Path

import click

from plugwright.approving import decide
from plugwright.bundles import Bundle
from plugwright.cli import pass_host
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.lives import Life, State

_yes = click.option("--yes", is_flag=True, help="Approve without asking; recorded so.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_yes
@pass_host
def add(host: Host, folder: Path, yes: bool) -> None:
    """Judge the bundle in FOLDER by its own tests, and propose it."""
    if not (folder / "plugin.toml").is_file():
        raise UsageError(
            f"`{folder}` has no plugin.toml",
            remedy="name the folder of a bundle: plugin.toml, plugin.py, tests/",
        )
    bundle = Bundle.read(folder)
    host.check(bundle)
    host.lives.unpacked(bundle)
    if not decide(host, bundle.id, yes=yes):
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name")
@_yes
@pass_host
def approve(host: Host, name: str, yes: bool) -> None:
    """Show what NAME is and may do, and decide whether it runs."""
    life = _undecided(host, name) or host.lives.current(name)
    if life.state is State.ACTIVE and host.lives.may_run(life):
        raise UsageError(f"`{name}` is active already", remedy=life.remedy)
    if not decide(host, life.bundle, yes=yes):
        raise click.exceptions.Exit(1)


def _undecided(host: Host, name: str) -> Life | None:
    # What passed its tests and waits for a decision comes before what did not.
    states = (State.PROPOSED, State.JUDGED, State.UNPACKED, State.FORGED)
    waiting = [
        life
        for life in host.lives.list()
        if life.plugin == name and life.state in states
    ]
    return min(waiting, key=lambda life: states.index(life.state), default=None)


@click.command()
@click.argument("name")
@click.argument("version", required=False)
@pass_host
def enable(host: Host, name: str, version: str | None) -> None:
    """Let NAME run again, as it was approved; in this VERSION, if one is given."""
    life = host.lives.current(name)
    if version is not None:
        life = _of_version(host, name, version)
    host.lives.activate(life.bundle)
    click.echo(f"`{name}` {life.version} is active.")


def _of_version(host: Host, name: str, version: str) -> Life:
    known = [life for life in host.lives.list() if life.plugin == name]
    for life in known:
        if life.version == version:
            return life
    raise UsageError(
        f"there is no version `{version}` of `{name}`",
        remedy="known are " + ", ".join(f"`{life.version}`" for life in known),
    )


@click.command()
@click.argument("name")
@pass_host
def disable(host: Host, name: str) -> None:
    """Let NAME run no more."""
    host.lives.disable(name)
    click.echo(f"`{name}` is disabled; `plugwright enable {name}` undoes it.")


@click.command()
@click.argument("name")
@pass_host
def rollback(host: Host, name: str) -> None:
    """Let the version of NAME that ran before run again."""
    bundle = host.lives.rollback(name)
    click.echo(f"`{name}` runs as version {host.lives.life(bundle).version} again.")
