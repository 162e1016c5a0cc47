"""The specification as a document: TOML that a person can read, change and approve."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from plugwright.errors import UsageError
from plugwright.sandboxes import JSON
from plugwright_forge.fences import Malformed
from plugwright_forge.specification.model import Specification
from plugwright_forge.specification.reading import specified

_ABOUT = """\
What the plugin is to be. Change whatever is not what you want, and save.
Requirements are numbered R1, R2, ...; tests and reports name them so.
An example can be tried if it says what is called; arguments and result are JSON:
  {text = "two and one", command = "add", arguments = '{"a": 2, "b": 1}', gives = '3'}
or `refuses = true` instead of `gives`."""
_JSON = ("arguments", "before", "gives", "value")
"""Keys of values that TOML cannot always say: it has no `null`."""
_LONG = 60
"""Characters of a text from which on it gets lines of its own."""


def dumps(specification: Specification) -> str:
    """Write it, with the tables in the order in which a person wants to read them."""
    written = tomlkit.document()
    for line in _ABOUT.split("\n"):
        written.add(tomlkit.comment(line))
    dumped = specification.dump()
    assert isinstance(dumped, dict)
    tables = {key: value for key, value in dumped.items() if _is_tables(value)}
    for key, value in dumped.items():
        if key not in tables:
            written.add(key, _item(value))
    for key, rows in tables.items():
        written.add(key, _tables(rows))
    return tomlkit.dumps(written)


def loads(text: str, where: str = "specification.toml") -> Specification:
    """Read what a person wrote. Raises UsageError, with the place."""
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        twice = "; is it there in two ways, as `x = [...]` and as `[[x]]`?"
        hint = twice if "immutable namespace" in str(error) else ""
        raise UsageError(
            f"`{where}` is not TOML: {error}{hint}",
            remedy="correct that place and save",
        ) from error
    try:
        return specified(_with_values(found))
    except Malformed as error:
        raise UsageError(f"`{where}`: {error}", remedy="correct it and save") from error


def _is_tables(value: JSON) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _tables(rows: Any) -> AoT:
    found = tomlkit.aot()
    for row in rows:
        # An example in words stands beside those that can be tried.
        found.append(_table({"text": row} if isinstance(row, str) else row))
    return found


def _table(row: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in row.items():
        if key in _JSON:
            text = json.dumps(value, ensure_ascii=False)
            table.add(key, tomlkit.string(text, literal="'" not in text))
        elif _is_tables(value):
            table.add(key, _tables(value))
        else:
            table.add(key, _item(value))
    return table


def _item(value: Any) -> Any:
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string("\n" + value, multiline=True)
    if isinstance(value, list):
        found = tomlkit.array()
        found.extend(value)
        return found.multiline(sum(len(str(each)) for each in value) > _LONG)
    return value


def _with_values(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: _rows(key, value) for key, value in found.items()}


def _rows(key: str, value: Any) -> Any:
    if key not in ("examples", "settings") or not isinstance(value, list):
        return value
    return [
        _row(f"{key}[{number}]", row) if isinstance(row, dict) else row
        for number, row in enumerate(value)
    ]


def _row(where: str, row: Mapping[str, Any]) -> Any:
    if set(row) == {"text"}:
        return row["text"]
    if "command" in row and ("gives" in row) is (row.get("refuses") is True):
        raise Malformed(f"`{where}` needs either `gives` or `refuses = true`")
    return {key: _value(where, key, value) for key, value in row.items()}


def _value(where: str, key: str, value: Any) -> Any:
    if key not in _JSON or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"`{where}.{key}` is not JSON: {error}") from error
