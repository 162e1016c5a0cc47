"""Arguments of any size, made from an example: longer lists and texts, larger numbers.

What is made keeps to the command's JSON Schema as far as it says something about size,
and looks like the example: the items of a list come again and again, each a little
different, so that a set of them has as many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from plugwright.sandboxes import JSON

LARGEST = 1 << 53
"""The largest number that crosses into a guest as it is."""
DEEPEST, WITHIN = 3, 3
"""Levels of an object that are looked into, and parts of one that are measured."""
_FIXED = ("enum", "const", "pattern", "format")
"""What a schema says of a value that cannot be made larger without breaking it."""


@dataclass(frozen=True)
class Way:
    """One argument that can be given more of, or a part of one."""

    argument: str
    """`plan.lessons` for a part of an object."""
    kind: str
    """`items`, `entries`, `letters` or `value`: what its size counts."""
    smallest: int
    largest: int
    """What the schema allows."""


def ways(schema: Mapping[str, Any], example: Mapping[str, JSON]) -> tuple[Way, ...]:
    """Which arguments of an example can grow, in the order of their names.

    Of objects, the first lists and tables in them.
    """
    parts, found = schema.get("properties", {}), list[Way]()
    for name in sorted(example):
        told = _told(parts.get(name), schema)
        way = _way(name, told, example[name])
        found += [way] if way else _within(name, told, example[name], schema)
    return tuple(found)


def _within(
    name: str, told: Mapping[str, Any], value: JSON, schema: Mapping[str, Any]
) -> list[Way]:
    """The ways of an object's parts, level by level."""
    found, level = list[Way](), [(name, told, value)]
    for _ in range(DEEPEST):
        inner = [
            (f"{path}.{key}", _told(told["properties"][key], schema), value[key])
            for path, told, value in level
            if isinstance(value, dict)
            for key in sorted(value)
            if key in told.get("properties", {}) and "." not in key
        ]
        several = (_way(*each) for each in inner)
        found += [w for w in several if w and w.kind in ("items", "entries")]
        level = inner
    return found[:WITHIN]


def scaled(
    schema: Mapping[str, Any], example: Mapping[str, JSON], way: Way, size: int
) -> dict[str, JSON]:
    """The example with one argument of a size; the same every time."""
    size = max(way.smallest, min(size, way.largest))
    return _with_part(schema, example, way.argument.split("."), size, schema)


def _with_part(
    told: Mapping[str, Any],
    value: Mapping[str, JSON],
    path: list[str],
    size: int,
    schema: Mapping[str, Any],
) -> dict[str, JSON]:
    name, *rest = path
    inner, old = _told(told.get("properties", {}).get(name), schema), value[name]
    if rest and isinstance(old, dict):
        return {**value, name: _with_part(inner, old, rest, size, schema)}
    return {**value, name: _grown(inner, old, size, schema)}


def _way(name: str, told: Mapping[str, Any], value: JSON) -> Way | None:
    if any(word in told for word in _FIXED) or isinstance(value, bool):
        return None
    match value:
        case list() | None if value or "items" in told:
            limits = told.get("minItems", 0), told.get("maxItems", LARGEST)
            return Way(name, "items", *limits)
        case dict() if value and isinstance(told.get("additionalProperties"), dict):
            limits = told.get("minProperties", 0), told.get("maxProperties", LARGEST)
            return Way(name, "entries", *limits)
        case str():
            limits = told.get("minLength", 0), told.get("maxLength", LARGEST)
            return Way(name, "letters", *limits)
        case int():
            least = max(0, told.get("minimum", 0), told.get("exclusiveMinimum", -1) + 1)
            most = told.get("exclusiveMaximum", LARGEST + 1) - 1
            return Way(name, "value", least, min(most, told.get("maximum", LARGEST)))
    return None


def _told(part: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a schema says of one value; a reference leads to what it names."""
    told = part if isinstance(part, dict) else {}
    for _ in range(10):  # a reference may lead to a reference, and in a circle
        name = told.get("$ref", "").removeprefix("#/$defs/")
        if not name:
            break
        told = schema.get("$defs", {}).get(name, {})
    for choice in (*told.get("anyOf", ()), *told.get("oneOf", ())):
        if isinstance(choice, dict) and choice.get("type") != "null":
            return _told(choice, schema)
    return told


def _grown(
    told: Mapping[str, Any], value: JSON, size: int, schema: Mapping[str, Any]
) -> JSON:
    match value:
        case dict():
            inner = _told(told["additionalProperties"], schema)
            return dict(islice(_entries(inner, value, schema), size))
        case list() | None:
            items = _told(told.get("items"), schema)
            seeds = value or [_first(items, schema)]
            return [
                _varied(items, seeds[n % len(seeds)], n // len(seeds), schema)
                for n in range(size)
            ]
        case str():
            seed = value or "a"
            return (seed * (size // len(seed) + 1))[:size]
        case _:
            step = told.get("multipleOf", 1)
            return size - size % step if isinstance(step, int) and step else size


def _entries(
    told: Mapping[str, Any], value: Mapping[str, JSON], schema: Mapping[str, Any]
) -> Iterator[tuple[str, JSON]]:
    """The entries of a table again and again, each time under other names."""
    for turn in count():
        for key, each in value.items():
            name = f"{key}-{turn}" if turn else key
            if not turn or name not in value:
                yield name, _varied(told, each, turn, schema)


def _varied(
    told: Mapping[str, Any], value: JSON, turn: int, schema: Mapping[str, Any]
) -> JSON:
    """The same item again, but another one, if its schema lets it be another."""
    if turn == 0 or any(word in told for word in _FIXED):
        return value
    match value:
        case bool() | None:
            return value
        case int() | float():
            step = told.get("multipleOf", 1)
            most = told.get("maximum", told.get("exclusiveMaximum", LARGEST) - 1)
            low = told.get("minimum", min(0, value))
            span = (most - value) // step + 1 if most >= value else 1
            # Beyond the largest, it begins again at the example.
            return value + step * (turn % max(1, int(span))) if low <= value else value
        case str():
            text = f"{value}{turn}"
            return text if len(text) <= told.get("maxLength", LARGEST) else value
        case list():
            inner = _told(told.get("items"), schema)
            return [_varied(inner, each, turn, schema) for each in value]
        case _:
            parts = told.get("properties", {})
            return {
                name: _varied(_told(parts.get(name), schema), each, turn, schema)
                for name, each in value.items()
            }


def _first(told: Mapping[str, Any], schema: Mapping[str, Any]) -> JSON:
    """Some value of a type, for a list whose example is empty."""
    if "default" in told or "const" in told or told.get("enum"):
        value: JSON = told.get(
            "default", told.get("const", told.get("enum", [None])[0])
        )
        return value
    match told.get("type"):
        case "integer" | "number":
            return max(1, int(told.get("minimum", 1)))
        case "string":
            return "a" * max(1, int(told.get("minLength", 1)))
        case "boolean":
            return False
        case "array":
            return []
        case "object":
            parts = told.get("properties", {})
            names = told.get("required", sorted(parts))
            return {n: _first(_told(parts.get(n), schema), schema) for n in names}
    return None
