"""`plugwright replay`: does a recorded call again, and compares."""

from __future__ import annotations

from pathlib import Path

import click

from plugwright.cli import pass_host
from plugwright.errors import UsageError
from plugwright.host import Host


@click.command()
@click.argument("file")
@pass_host
def replay(host: Host, file: str) -> None:
    """Do again what `run --record FILE` noted; say whether it is the same.

    Nothing outside is asked or changed: what the plugin learns comes from the record.
    """
    try:
        text = Path(file).read_text("utf-8")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(
            f"cannot read `{file}`: {why}", remedy="check the file's name"
        ) from error
    recording = host.replay(text, file)
    fuel = sum(int(str(step.said["fuel"])) for step in recording.steps)
    counted = f", {fuel:,} fuel to the unit" if fuel else ""
    click.echo(
        f"The same: `{recording.plugin}`, {len(recording.steps)} steps, "
        f"{len(recording.answers)} answers of the host{counted}."
    )
