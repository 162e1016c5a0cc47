"""The demo: Sarah's request, answered from a recording, judged and run for real."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from plugwright.errors import HostError, PluginError, UsageError
from plugwright.lines import say
from plugwright.sandboxes import JSON
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.host import Host
from plugwright_forge.models import origin_of
from plugwright_forge.options import Options
from plugwright_forge.prepared import read_answers
from plugwright_forge.week import Week, write_files

FOLDER = Path(str(files("plugwright_forge").joinpath("demo")))


def options() -> Options:
    """Give what Sarah chose: it proposes, and she approves what matters."""
    recording = _part("recording.json")
    return Options(
        request=_request(),
        model=f"replay:{recording}",
        autonomy=Autonomy.SEMI,
        candidates=3,
        # The tests of the recording notice three of four small mistakes, so the usual
        # 85 % would end it there. She asks for less; the gate says what it saw.
        threshold=70,
        answers=read_answers(_part("answers.json")),
    )


def is_request(request: str) -> bool:
    """Tell whether this is the request that the recording answers."""
    return (FOLDER / "recording.json").exists() and request.strip() == _request()


def introduction(folder: Path) -> str:
    """Say what is recorded and what is not, and what will be written where."""
    origin = origin_of(f"replay:{_part('recording.json')}")
    return (
        f"The request: {_request()}\n\n"
        f"The team's answers come from a recording ({origin}).\n"
        "Sandbox, judge, verdicts, gate and approval are real, and happen now.\n\n"
        "In the end it writes the week as week.json and week.ics into\n"
        f"{folder.absolute()} (`--output FOLDER` names another).\n"
    )


def read_family(file: Path) -> dict[str, Any]:
    """Read whom to plan for."""
    try:
        value = json.loads(file.read_bytes())
    except OSError as error:
        raise UsageError(
            f"the family `{file}` cannot be read: {error.strerror}",
            remedy="name a file that you may read, or leave out `--family`",
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"`{file}` is not JSON: {error}", remedy="correct that place"
        ) from error
    if not isinstance(value, dict):
        raise UsageError(
            f"`{file}` is not a family",
            remedy=f"write an object, as in `{FOLDER / 'family.json'}`",
        )
    return value


def put_to_work(
    host: Host,
    plugin: str,
    family: dict[str, Any],
    source: Path,
    folder: Path,
    console: Console,
) -> None:
    """Plan the family's week, show it and write it down."""
    week = host.run(plugin, "plan-week", {"family": family})
    Week.parse(week, plugin).show(console)
    _say_progress(host, plugin, family, console)
    _say_conflicts(host, plugin, family, week, console)
    calendar = host.run(plugin, "export-ics", {"week": week})
    written = write_files(folder, week, calendar if isinstance(calendar, str) else "")
    for path in written:
        # Whole, so that it can be copied.
        console.print(f"wrote {path.absolute()}", markup=False, soft_wrap=True)
    say("Run it again, on this family or on a changed copy of it:")
    click.echo(f"  plugwright run {plugin} plan-week --input {source}")


def _say_progress(
    host: Host, plugin: str, family: dict[str, Any], console: Console
) -> None:
    try:
        progress = host.run(
            plugin, "analyse-progress", {"children": family.get("children", [])}
        )
    except PluginError as error:
        console.print(f"Progress could not be analysed: {error}", markup=False)
        return
    entries = progress if isinstance(progress, list) else [progress]
    for entry in entries:
        console.print(f"Progress: {_in_words(entry)}", markup=False)


def _say_conflicts(
    host: Host, plugin: str, family: dict[str, Any], week: JSON, console: Console
) -> None:
    calendar = family.get("calendar", [])
    try:
        conflicts = host.run(
            plugin, "find-conflicts", {"week": week, "calendar": calendar}
        )
    except PluginError as error:
        console.print(f"Conflicts could not be looked for: {error}", markup=False)
        return
    found = conflicts if isinstance(conflicts, list) else [conflicts]
    console.print(f"Conflicts with the family calendar: {len(found) or 'none'}")
    for conflict in found:
        console.print(f"  {_in_words(conflict)}", markup=False)


def _in_words(value: JSON) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_in_words(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "; ".join(map(_in_words, value)) or "none"
    return str(value)


def _request() -> str:
    return _part("request.txt").read_text(encoding="utf-8").strip()


def _part(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        raise HostError(
            f"this installation has no `{path}`, so there is no demo",
            remedy="install plugwright-forge again",
        )
    return path
