"""Facts on a screen, as wide as it is, or a line each for a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import click

from plugwright.amounts import number_of
from plugwright.lines import say, width
from plugwright.sources import plain
from plugwright_memory.everybody import Owned, Owner

_SHOWN = 300
"""Characters of a fact that a screen shows; a pipe and `--json` get all of it."""
_BELOW = "    "


def show(found: Sequence[Owned], as_json: bool, *, err: bool = False) -> None:
    """Write a line for each fact: its id, when it was kept, whose it is, its text."""
    is_screen = width(sys.stderr if err else sys.stdout) > 0
    for each in found:
        if as_json:
            _say_json({"owner": each.owner, **asdict(each.fact)})
            continue
        fact = each.fact
        text = " ".join(fact.text.split())
        if is_screen and len(text) > _SHOWN:
            text = f"{text[:_SHOWN]}…"
        marks = [
            f"about {fact.about}" if fact.about else "",
            f"run {fact.run}" if fact.run else "",
            f"until {_day(fact.expires)}" if fact.expires is not None else "",
        ]
        said = "; ".join(filter(None, marks))
        line = f"{fact.id}  {_day(fact.kept)}  {each.owner}  {text}"
        say(plain(f"{line} ({said})" if said else line), rest=_BELOW, err=err)


def show_owners(found: Sequence[Owner], as_json: bool) -> None:
    """Write a line for each owner: the name, how many facts, when the newest came."""
    for each in found:
        if as_json:
            _say_json({"owner": each.name, "facts": each.facts, "newest": each.newest})
            continue
        count = number_of("fact", each.facts)
        newest = f"the newest of {_day(each.newest)}"
        say(plain(f"{each.name}  {count}, {newest}"), rest=_BELOW)


def _say_json(table: dict[str, object]) -> None:
    # What plain() escapes stands in strings only, as JSON has it.
    click.echo(plain(json.dumps(table, ensure_ascii=False)))


def _day(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d")
    except (OverflowError, ValueError, OSError):
        return "after all years"
