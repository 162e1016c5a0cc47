"""The door of the command line: finds the command, and turns errors into sentences."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from importlib import import_module

import click

from plugwright import __version__
from plugwright.errors import PlugwrightError, UsageError, in_one_line
from plugwright.permissions import nearest

_OWN = {
    "add": "bundle",
    "approve": "bundle",
    "disable": "bundle",
    "doctor": "doctor",
    "enable": "bundle",
    "ledger": "ledger",
    "plugins": "plugins",
    "replay": "replay",
    "rollback": "bundle",
    "run": "run",
}
"""The core's commands, and the module of `plugwright.cli` that each is in."""


class Commands(click.Group):
    """The core's commands, imported one by one, and those that plugins bring."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All names; this has to look at the plugins."""
        return sorted({*_OWN, *_brought(context)})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """One command. The core's need no plugin, so that they can repair."""
        if name in _OWN:
            module = import_module(f"plugwright.cli.{_OWN[name]}")
            command = getattr(module, name)
            assert isinstance(command, click.Command)
            return command
        return _brought(context).get(name)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click's, with the nearest name for a mistyped one."""
        if self.get_command(context, args[0]) is None and args[0][:1].isalnum():
            guess = nearest(args[0], self.list_commands(context))
            raise UsageError(f"there is no command `{args[0]}`", remedy=guess)
        return super().resolve_command(context, args)


def _brought(context: click.Context) -> dict[str, click.Command]:
    """The commands that plugins bring; asked for once per command line."""
    brought: dict[str, click.Command] | None = context.meta.get(__name__)
    if brought is None:
        brought = context.meta[__name__] = _look_for_commands()
    return brought


def _look_for_commands() -> dict[str, click.Command]:
    from plugwright.host import Host

    found: dict[str, click.Command] = {}
    owners = dict.fromkeys(_OWN, "Plugwright")
    with closing(Host.discover()) as host:
        for plugin, command in host.hooks.subcommands.by_plugin():
            name = command.name or ""
            owner = owners.setdefault(name, plugin)
            if owner == plugin:
                found[name] = command
            else:
                _say(f"`{plugin}` brings a command `{name}`, but `{owner}` has it")
        for row in host.plugins:
            if row.problem:
                _say(f"the plugin `{row.name}` is broken", "see `plugwright plugins`")
    return found


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="plugwright %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def plugwright(debug: bool) -> None:
    """Plugins that get exactly what you grant, and none that you did not approve.

    \b
    Start here:
      plugwright demo               watch a request become a plugin
      plugwright forge "REQUEST"    have one made for you
      plugwright plugins            what is installed, and in what state
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give back the exit code; never a traceback unasked."""
    # Accepted anywhere, because it is added to a command line that just failed.
    debug = "--debug" in arguments
    rest = [argument for argument in arguments if argument != "--debug"]
    try:
        code = plugwright.main(rest, prog_name="plugwright", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        return _say("stopped by you", code=130)
    except Exception as error:
        if debug:
            raise
        return _told(error)
    # Without its own exit, click gives back the code that a command asked for.
    return code if isinstance(code, int) else 0


def _told(error: Exception) -> int:
    """Turn an error into one sentence and an exit code."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message())
            return 0
        case click.ClickException():
            return _say(error.format_message(), code=error.exit_code)
        case PlugwrightError():
            return _say(error.message, error.remedy, code=error.exit_code)
        case OSError():
            where = f" `{error.filename}`" if error.filename else ""
            return _say(f"the machine refused{where}: {error.strerror or error}")
        case _:
            return _say(
                f"Plugwright itself failed: {in_one_line(error)}",
                "run it again with --debug and report what it shows",
            )


def _say(message: str, remedy: str = "", *, code: int = 1) -> int:
    click.echo(f"plugwright: {message}", err=True)
    if remedy:
        click.echo(f"  what to do: {remedy}", err=True)
    return code
