"""Writes into a manifest what the code says, and leaves alone what its author wrote."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

from plugwright.errors import HostError, UsageError

Tables: TypeAlias = Mapping[str, Mapping[str, Any]]
"""What the code says: keys of tables, by the table's name."""

SCHEMAS = ("input", "output", "settings")
"""Keys that hold a JSON Schema, which takes one line."""


def differences(text: str, said: Tables, whole: tuple[str, ...]) -> list[str]:
    """Name each place where a manifest says something else than the code."""
    written = _read(text)
    found: list[str] = []
    for table, wanted in said.items():
        here = written.get(table, {})
        names = {*wanted, *here} if table in whole else {*wanted}
        for name in sorted(names):
            found += _differing(f"{table}.{name}", here.get(name), wanted.get(name))
    return found


def _differing(place: str, here: object, wanted: object) -> Iterator[str]:
    if here == wanted or (not here and not wanted):
        return
    if here is None:
        yield f"`{place}` is missing"
    elif wanted is None:
        yield f"`{place}` is not in the code"
    elif isinstance(here, dict) and isinstance(wanted, dict) and "summary" in wanted:
        for key in sorted({*here, *wanted}):
            yield from _differing(f"{place}.{key}", here.get(key), wanted.get(key))
    else:
        yield f"`{place}` differs from the code"


def updated(text: str, said: Tables, whole: tuple[str, ...]) -> str:
    """Give the manifest with what the code says; comments and the rest stay.

    Of the tables in `whole`, what the code does not say is deleted.
    """
    _read(text)
    try:
        for rewrite in (_in_place, _anew):
            result = _edited(text, said, whole, rewrite)
            # What a library did to a file of somebody's is looked at before it is kept.
            if not differences(result, said, whole) and _kept(text, result, said):
                return result
    except (TOMLKitError, ValueError, TypeError) as error:
        raise UsageError(
            f"what the code says cannot be written as TOML: {error}",
            remedy="TOML has no null: leave out what is None in JSON Schemas",
        ) from error
    raise HostError(
        "the manifest could not be changed without harm",
        remedy="delete the tables that the code says "
        f"({', '.join(f'[{name}]' for name in said)}), and run it again",
    )


def _edited(text: str, said: Tables, whole: tuple[str, ...], rewrite: Any) -> str:
    document = tomlkit.parse(text)
    for name, wanted in said.items():
        if not wanted and name not in document:
            continue
        if name not in document:
            document[name] = tomlkit.table(is_super_table=name in _OF_TABLES)
        table: Any = document[name]
        if name in whole:
            for key in [key for key in table if key not in wanted]:
                del table[key]
        for key, value in wanted.items():
            if key not in table or _plain(table[key]) != value:
                rewrite(table, key, value)
        if not table:
            del document[name]
    return tomlkit.dumps(document)


def _in_place(table: Any, key: str, value: Any) -> None:
    there = table.get(key)
    if not isinstance(there, Table) or not isinstance(value, dict):
        _anew(table, key, value)
        return
    for inner in [inner for inner in there if inner not in value]:
        del there[inner]
    for inner, new in value.items():
        if inner not in there or _plain(there[inner]) != new:
            there[inner] = _item(inner, new)


def _anew(table: Any, key: str, value: Any) -> None:
    if key in table:
        del table[key]
    table[key] = _item(key, value)


def _plain(item: Any) -> Any:
    return item.unwrap() if hasattr(item, "unwrap") else item  # a bool has none


def _item(key: str, value: Any) -> Any:
    if isinstance(value, dict) and "summary" in value:
        table = tomlkit.table()
        for inner, new in value.items():
            if new not in ({}, None):
                table[inner] = _item(inner, new)
        return table
    return _inline(value)


def _inline(value: Any) -> Any:
    if isinstance(value, dict):
        table: InlineTable = tomlkit.inline_table()
        for key, inner in value.items():
            table[key] = _inline(inner)
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(_inline(inner))
        return array
    return tomlkit.item(value)


def _kept(before: str, after: str, said: Tables) -> bool:
    """Whether everything is there still of which the code says nothing."""
    old, new = _read(before), _read(after)
    for name, table in old.items():
        if name not in said:
            if new.get(name) != table:
                return False
        elif any(
            new.get(name, {}).get(key) != value
            for key, value in table.items()
            if name == "plugin" and key not in said[name]
        ):
            return False
    return True


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"plugin.toml is not TOML: {error}", remedy="correct that place"
        ) from error


_OF_TABLES = ("commands", "tools")
"""Tables that hold nothing but tables."""


def without_nothing(schema: Any) -> Any:
    """Leave out `"default": null`, which TOML cannot say and which says nothing."""
    if isinstance(schema, dict):
        return {
            key: without_nothing(value)
            for key, value in schema.items()
            if not (key == "default" and value is None)
        }
    if isinstance(schema, list):
        return [without_nothing(value) for value in schema]
    return schema
