"""`plugwright doctor`: what this machine has, and which walls hold here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict

import click

from plugwright.checkup import Checkup, EngineFinding, examine
from plugwright.cli.progress import progress_bar
from plugwright.home import Home
from plugwright.host import Host
from plugwright.lines import broken, width
from plugwright.sources import plain

_MARKS = {True: "ok", False: "no"}

_IMPORT_ALL = """
from contextlib import closing
from plugwright.host import Host

with closing(Host.discover()) as host:
    host.ask_all()
    print("whole")
"""
MOST_REHEARSALS = 11
"""Two for each plugin that ends its process, and one more."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
def doctor(as_json: bool) -> None:
    """Say what works on this machine, wall by wall; exit code 1 if `wasm` does not."""
    _rehearse()
    with closing(Host.discover()) as host, progress_bar() as progress:
        host.progress = progress
        found = examine(host)
    if as_json:
        facts = {**asdict(found), "is_well": found.is_well}
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        for line in _in_words(found):
            click.echo(plain(line))
    if not found.is_well:
        raise click.exceptions.Exit(1)


def _rehearse() -> None:
    """Import everybody where it does no harm: a plugin may end its process.

    One that does so twice is quarantined, and so does not end this one.
    """
    command = [sys.executable, "-P", "-c", _IMPORT_ALL]
    for _ in range(MOST_REHEARSALS):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if "whole" in done.stdout.splitlines():
            return
        with suppress(OSError):  # where it is kept who ended which process
            Home.of_user().folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _in_words(found: Checkup) -> Iterator[str]:
    yield from _wrapped("", f"Python {found.python} on {found.platform}")
    yield "\nThis machine"
    for each in found.machine:
        yield from _line(each.holds, each.name, each.detail, each.remedy)
    for engine in found.engines:
        yield from _engine(engine)
    yield "\nHost plugins"
    for each in found.plugins:
        yield from _line(each.holds, each.name, each.detail, each.remedy)
    yield ""
    verdict = (
        "Generated plugins can run here."
        if found.is_well
        else "Generated plugins cannot run here; what is marked `no` says why."
    )
    yield from _wrapped("", verdict)


def _engine(engine: EngineFinding) -> Iterator[str]:
    yield ""
    yield from _wrapped("", f"Engine `{engine.name}`: {engine.summary}")
    word = "can be used here" if engine.works else "cannot be used here"
    yield from _line(engine.works, word, engine.detail, engine.remedy)
    for wall in engine.walls:
        yield from _line(wall.holds, wall.name, wall.detail)


def _line(holds: bool, name: str, detail: str, remedy: str = "") -> Iterator[str]:
    yield from _wrapped(f"  {_MARKS[holds]}  ", f"{name}: {detail}")
    if remedy and not holds:
        yield from _wrapped("      ", f"what to do: {remedy}")


def _wrapped(beginning: str, text: str) -> list[str]:
    return broken(text, width(), first=beginning, rest=" " * len(beginning))
