"""`plugwright bisect`: finds the host plugin that makes a command fail."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache

import click

from plugwright.cli.listing import read
from plugwright.crashes import Marks
from plugwright.errors import UsageError
from plugwright.lines import say
from plugwright.machine import home_folder
from plugwright.stages import Stage

Fails = Callable[[Sequence[str]], bool]
"""Tells whether the command fails without these plugins."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def bisect(command: tuple[str, ...]) -> None:
    """Find the host plugin that makes COMMAND fail, by leaving them out in halves.

    COMMAND is run several times, and has to end by itself:
    `plugwright bisect -- plugwright run tutor explain`
    """
    names = [row.name for row in read().host if row.stage is Stage.READY]
    marks = Marks(home_folder())

    @cache
    def exit_code(*without: str) -> int:
        code = _run(command, without)
        # Crashes are looked for here; whom they quarantine, the next run would clear.
        for name in names:
            marks.forget(name)
        what = f"failed with exit code {code}" if code else "worked"
        say(f"without {', '.join(without) or 'any left out'}: {what}", rest="  ")
        return code

    def fails(without: Sequence[str]) -> bool:
        return exit_code(*without) != 0

    if not fails(()):
        raise UsageError(
            "it works, so there is nothing to find",
            remedy="give the command that fails, just as you typed it",
        )
    found = culprits(names, fails)
    if not found:
        raise UsageError(
            "it is no host plugin: it fails without each of them, and without all",
            remedy="run it again with --debug",
        )
    for name in found:
        say(f"`{name}` makes it fail", first="" if len(found) == 1 else "  ")
    if len(found) > 1:
        say("only without all of these does it work")
    remedy = f"`plugwright why {found[0]}`, or `plugwright disable {found[0]}`"
    say(f"what to do: {remedy}", first="  ", rest="    ")


def culprits(names: Sequence[str], fails: Fails) -> list[str]:
    """Name those without whom it works: one if that is enough, or as few as need be.

    Some may be needed for the command at all, so a half without which it fails may
    still hold the culprit.
    """
    suspects, narrower = [*names], [*names]
    while narrower:
        suspects = narrower
        middle = len(suspects) // 2
        halves = [half for half in (suspects[:middle], suspects[middle:]) if half]
        narrower = next((h for h in halves if h != suspects and not fails(h)), [])
    if len(suspects) == 1 < len(names):
        return suspects
    for name in suspects:
        if not fails([name]):
            return [name]
    return [] if fails(suspects) else _needed(suspects, fails)


def _needed(found: list[str], fails: Fails) -> list[str]:
    """Let in again, one by one, whoever is not to blame."""
    for name in found:
        fewer = [each for each in found if each != name]
        if not fails(fewer):
            return _needed(fewer, fails)
    return found


def _run(command: Sequence[str], without: Sequence[str]) -> int:
    if command[0] == "plugwright":  # this very one, wherever the path leads
        command = (sys.executable, "-m", "plugwright", *command[1:])
    kept_out = [os.environ.get("PLUGWRIGHT_WITHOUT", ""), *without]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "PLUGWRIGHT_WITHOUT": ",".join(kept_out)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise UsageError(
            f"`{command[0]}` cannot be started: {error.strerror}",
            remedy="give the command after `--`, as you would type it",
        ) from error
    return done.returncode
