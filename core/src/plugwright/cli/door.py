"""The door of the command line: finds the command, and turns errors into sentences."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path

import click

from plugwright import __version__
from plugwright.discovery import discover
from plugwright.errors import PlugwrightError, UsageError, in_one_line
from plugwright.lines import open_streams, say
from plugwright.machine import cache_folder
from plugwright.permissions import nearest
from plugwright.redaction import redact

_OWN = {
    "add": "bundle",
    "approve": "bundle",
    "bisect": "bisect",
    "disable": "switch",
    "doctor": "doctor",
    "enable": "switch",
    "inspect": "inspect",
    "ledger": "ledger",
    "lock": "lock",
    "pain": "pain",
    "plugins": "plugins",
    "replay": "replay",
    "revoke": "revoke",
    "rollback": "bundle",
    "run": "run",
    "runs": "runs",
    "sync": "lock",
    "validate": "validate",
    "why": "why",
}
"""The core's commands, and the module of `plugwright.cli` that each is in."""


class Commands(click.Group):
    """The core's commands, imported one by one, and those that plugins bring."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All names; this has to look at the plugins."""
        try:
            return sorted({*_OWN, *_brought(context)})
        except PlugwrightError as error:
            told(error)
            return sorted(_OWN)  # among them those that help to mend it

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
    from plugwright.home import Home
    from plugwright.host import Host
    from plugwright.settings import plugin_settings

    found: dict[str, click.Command] = {}
    owners = dict.fromkeys(_OWN, "Plugwright")
    # What keeps them all out is told once, and not once for each plugin.
    plugin_settings(Home.of_user().folder / "config.toml")
    with closing(Host.discover()) as host:
        for plugin, command in host.hooks.subcommands.by_plugin():
            if not isinstance(command, click.Command):
                _say(f"`{plugin}` brings a command that is none of click's")
                continue
            name = command.name or ""
            owner = owners.setdefault(name, plugin)
            if owner == plugin:
                found[name] = command
            else:
                _say(f"`{plugin}` brings a command `{name}`, but `{owner}` has it")
        for row in host.plugins:
            if row.problem and row.stage != "disabled":
                _say(f"the plugin `{row.name}` is broken", "see `plugwright plugins`")
    return found


def _keep_out_all(context: click.Context, option: click.Parameter, yes: bool) -> None:
    if yes:
        _set(context, "PLUGWRIGHT_SAFE_MODE", "1")


def _keep_out(
    context: click.Context, option: click.Parameter, names: tuple[str, ...]
) -> None:
    if not names:
        return
    known = {entry.name for entry in discover(cache_folder())}
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no host plugin `{name:.80}`", remedy=nearest(name, known)
            )
    others = os.environ.get("PLUGWRIGHT_WITHOUT", "")
    _set(context, "PLUGWRIGHT_WITHOUT", ",".join(filter(None, (others, *names))))


def _set(context: click.Context, name: str, value: str) -> None:
    """Set a variable of the environment, where processes that we start see it, too."""
    before = os.environ.get(name)
    os.environ[name] = value

    def undo() -> None:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before

    context.call_on_close(undo)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="plugwright %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option(
    "--safe-mode",
    is_flag=True,
    is_eager=True,  # before --help, which lists what plugins bring
    expose_value=False,
    callback=_keep_out_all,
    help="Keep all host plugins out.",
)
@click.option(
    "--without",
    multiple=True,
    is_eager=True,
    metavar="NAME",
    expose_value=False,
    callback=_keep_out,
    help="Keep this host plugin out; may be given more than once.",
)
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
    open_streams()
    try:
        code = plugwright.main(rest, prog_name="plugwright", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            _show_traceback(error)
        return told(error)
    # Without its own exit, click gives back the code that a command asked for.
    return code if isinstance(code, int) else 0


def _show_traceback(error: BaseException) -> None:
    from traceback import format_exception  # seldom needed

    click.echo(redact("".join(format_exception(error))), err=True, nl=False)


def told(error: BaseException) -> int:
    """Turn an error into one sentence and an exit code."""
    match error:
        case click.Abort() | KeyboardInterrupt():
            if sys.stderr.isatty():
                click.echo(err=True)  # `^C` stands in the line
            return _say("stopped by you", code=130)
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message())
            return 0
        case click.ClickException():
            return _say(error.format_message(), code=error.exit_code)
        case PlugwrightError():
            for line in getattr(error, "__notes__", ()):
                say(line, first="  ", rest="    ", err=True)
            return _say(error.message, error.remedy, code=error.exit_code)
        case OSError():
            return _refused(error)
        case _:
            return _say(
                f"Plugwright itself failed: {in_one_line(error)}",
                "run it again with --debug and report what it shows",
            )


def _refused(error: OSError) -> int:
    if not error.filename:
        return _say(f"the machine refused: {error.strerror or error}")
    from plugwright.machine import cannot_use  # seldom needed

    return told(cannot_use(Path(str(error.filename)), error))


def _say(message: str, remedy: str = "", *, code: int = 1) -> int:
    say(f"plugwright: {message}", rest="  ", err=True)
    if remedy:
        say(f"what to do: {remedy}", first="  ", rest="    ", err=True)
    return code
