"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import click

from plugwright.cli import door
from plugwright.home import Home
from plugwright.host import Host
from plugwright_models.slash import COMMANDS


def commands() -> dict[str, click.Command]:
    """Every command, the core's and those that the plugins here bring."""
    found = {
        name: getattr(import_module(f"plugwright.cli.{module}"), name)
        for name, module in door._OWN.items()
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Host.discover(Home(Path(folder)))) as host,
    ):
        brought = {each.name or "": each for each in host.hooks.subcommands()}
        for row in host.plugins:
            # Its commands would be missing, and nobody would see that.
            assert not row.problem, f"{row.name}: {row.problem}"
    return dict(sorted({**brought, **found}.items()))


def reference() -> str:
    """Write what `--help` says, command by command."""
    top = click.Context(door.plugwright, info_name="plugwright")
    parts = [_options(top)]
    for name, command in commands().items():
        parts += _command(command, name, top, depth=2)
    return "\n\n".join(parts)


def _command(
    command: click.Command, name: str, parent: click.Context, depth: int
) -> Iterator[str]:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=78, max_content_width=78
    )
    yield f"{'#' * depth} `{context.command_path}`"
    yield f"```text\n{command.get_help(context).rstrip()}\n```"
    if isinstance(command, click.Group):
        for each in sorted(command.commands):
            yield from _command(command.commands[each], each, context, depth + 1)


def _options(context: click.Context) -> str:
    rows = [
        found
        for parameter in context.command.get_params(context)
        if (found := parameter.get_help_record(context))
    ]
    table = "\n".join(f"| `{option}` | {about} |" for option, about in rows)
    return f"| for every command | |\n| --- | --- |\n{table}"


def slashes() -> str:
    """List what can be typed in a chat beside questions."""
    rows = "\n".join(f"| `{each.usage}` | {each.help} |" for each in COMMANDS.values())
    return f"| type | what it does |\n| --- | --- |\n{rows}"


MADE = {"command line": reference, "slash commands": slashes}
