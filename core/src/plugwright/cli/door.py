"""The door of the command line: finds the command, and turns errors into sentences."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from plugwright import __version__
from plugwright.errors import PlugwrightError
from plugwright.permissions import nearest

_OWN = {
    "add": "bundle",
    "approve": "bundle",
    "disable": "bundle",
    "enable": "bundle",
    "ledger": "ledger",
    "plugins": "plugins",
    "rollback": "bundle",
    "run": "run",
}
"""The core's commands, and the module of `plugwright.cli` that each is in."""


class Commands(click.Group):
    """The core's commands, imported one by one, and those that plugins bring."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All names; this has to look at the plugins."""
        return sorted({*_OWN, *self._brought()})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """One command. The core's need no plugin, so that they can repair."""
        if name in _OWN:
            module = import_module(f"plugwright.cli.{_OWN[name]}")
            command = getattr(module, name)
            assert isinstance(command, click.Command)
            return command
        return self._brought().get(name)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click's, with the nearest name for a mistyped one."""
        if self.get_command(context, args[0]) is None and args[0][:1].isalnum():
            guess = nearest(args[0], self.list_commands(context))
            raise click.UsageError(f"there is no command `{args[0]}` ({guess})")
        return super().resolve_command(context, args)

    def _brought(self) -> dict[str, click.Command]:
        from plugwright.home import Home
        from plugwright.host import Host

        if not hasattr(self, "_found"):
            host = Host.discover(Home.of_user())
            offered = host.hooks.subcommands()
            self._found = {c.name: c for c in offered if c.name and c.name not in _OWN}
        return self._found


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
        plugwright.main(rest, prog_name="plugwright", standalone_mode=False)
    except Exception as error:
        if debug:
            raise
        return _told(error)
    except KeyboardInterrupt:
        return _say("stopped by you", code=130)
    return 0


def _told(error: Exception) -> int:
    """Turn an error into one sentence and an exit code."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.Abort():
            return _say("stopped by you", code=130)
        case click.ClickException():
            return _say(error.format_message(), code=error.exit_code)
        case PlugwrightError():
            return _say(error.message, error.remedy, code=error.exit_code)
        case BrokenPipeError():
            # Whoever read our output has gone; there is nobody to tell.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case OSError():
            where = f" `{error.filename}`" if error.filename else ""
            return _say(f"the machine refused{where}: {error.strerror or error}")
        case _:
            said = " ".join(str(error).split())
            return _say(
                f"Plugwright itself failed: {type(error).__name__}: {said}",
                "run it again with --debug and report what it shows",
            )


def _say(message: str, remedy: str = "", *, code: int = 1) -> int:
    click.echo(f"plugwright: {message}", err=True)
    if remedy:
        click.echo(f"  what to do: {remedy}", err=True)
    return code
