"""What a plugin is given and gives, for somebody who reads no JSON.

A value becomes a text, or a small tree of tables and lists that the page draws.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from plugwright.sandboxes import JSON

_READER = json.JSONDecoder()
_WORDS = {True: "yes", False: "no", None: "nothing"}


def arguments(text: str) -> JSON:
    """Show `name = value; name = value`; anything else is shown as it is."""
    try:
        found = dict(_arguments(text))
    except ValueError:
        return text
    return _record(found)


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


def _arguments(text: str) -> Iterator[tuple[str, JSON]]:
    """Raises `ValueError`, of which too deep a value is one here."""
    at = 0
    while at < len(text):
        start = text.index(" = ", at) + 3
        try:
            value, end = _READER.raw_decode(text, start)
        except RecursionError as error:
            raise ValueError("it goes too deep") from error
        if text[end : end + 2] not in ("", "; "):
            raise ValueError("there is more than a value")
        yield text[at : start - 3], value
        at = end + 2


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
