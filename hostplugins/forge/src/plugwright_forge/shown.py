"""What a plugin is given and gives, for somebody who reads no JSON.

A value becomes a text, or a small tree of tables and lists, which the page draws, and
`tables` in a terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from plugwright.sandboxes import JSON

_READER = json.JSONDecoder()
_STEP = re.compile(r"(the event )?`([^`]+)` with ")
_NOTHING = "no input"
_WORDS = {True: "yes", False: "no", None: "nothing"}


def arguments(text: str) -> JSON:
    """Show `name = value; name = value, after …`; anything else is shown as it is."""
    try:
        found, at = _named(text, 0)
        before = [*_before(text, at)]
    except ValueError:
        return text
    if not before:
        return _record(found) if found else text
    return {"fields": [*before, ["and now with", _given(found)]]}


def result(text: str) -> JSON:
    """Show a value, and what is said after it."""
    try:
        value, end = _READER.raw_decode(text)
    except (ValueError, RecursionError):
        return text
    more = text[end:].strip()
    return {"items": [plainly(value), more]} if more else plainly(value)


def draft(text: str) -> str:
    """Give what a person may change to say what is right; nothing for a short value."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    is_long = isinstance(value, list | dict)
    return json.dumps(value, ensure_ascii=False, indent=2) if is_long else ""


def observed(output: str) -> JSON:
    """Show what was seen of one call, as the log has it."""
    try:
        (seen,) = json.loads(output)
        return "it is refused" if seen["refused"] else plainly(seen["value"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return output


def plainly(value: JSON) -> JSON:
    """Show any value."""
    match value:
        case None | bool():
            return _WORDS[value]
        case str():
            return _text(value)
        case list():
            return _list(value)
        case dict():
            return _record(value)
    return json.dumps(value)


def _named(text: str, at: int) -> tuple[dict[str, JSON], int]:
    """Read values with their names, and say where they end.

    Raises `ValueError`, of which too deep a value is one here.
    """
    if text.startswith(_NOTHING, at):
        return {}, at + len(_NOTHING)
    found: dict[str, JSON] = {}
    while True:
        start = text.index(" = ", at)
        found[text[at:start]], at = _value(text, start + 3)
        if text[at : at + 2] != "; ":
            return found, at
        at += 2


def _before(text: str, at: int) -> Iterator[JSON]:
    """Read what happened before."""
    start, said = ", after ", "first"
    while at < len(text):
        step = _STEP.match(text, at + len(start))
        if step is None or not text.startswith(start, at):
            raise ValueError("there is more than values")
        if step[1]:
            event, at = _value(text, step.end())
            shown = plainly(event)
        else:
            found, at = _named(text, step.end())
            shown = _given(found)
        yield [f"{said} {step[1] or ''}{step[2]} with", shown]
        start, said = ", then ", "then"


def _value(text: str, at: int) -> tuple[JSON, int]:
    try:
        return _READER.raw_decode(text, at)
    except RecursionError as error:
        raise ValueError("it goes too deep") from error


def _given(found: dict[str, JSON]) -> JSON:
    return _record(found) if found else _NOTHING


def _text(value: str) -> str:
    """Put it in quotation marks where it could be taken for something else."""
    if not value:
        return "an empty text"
    is_strange = value != value.strip() or value.casefold() in _WORDS.values()
    return f"“{value}”" if is_strange or _is_number(value) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _list(values: list[JSON]) -> JSON:
    if not values:
        return "an empty list"
    if not all(isinstance(each, dict) and each for each in values):
        return {"items": [plainly(each) for each in values]}
    records = [each for each in values if isinstance(each, dict)]
    names = [*dict.fromkeys(name for each in records for name in each)]
    rows = [[plainly(r[n]) if n in r else "" for n in names] for r in records]
    return {"head": [_name(name) for name in names], "rows": [*rows]}


def _record(fields: dict[str, JSON]) -> JSON:
    if not fields:
        return "nothing in it"
    return {"fields": [[_name(name), plainly(each)] for name, each in fields.items()]}


def _name(name: str) -> str:
    return name.replace("_", " ")
