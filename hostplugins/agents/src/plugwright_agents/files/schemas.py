"""JSON Schemas that people write, and answers that have to follow them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from plugwright.agents import Unreadable, json_in
from plugwright.errors import UsageError
from plugwright.machine import naming


class BySchema:
    """An answer that follows a JSON Schema which a person wrote."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema: Mapping[str, Any] | None = schema
        # With a registry of its own, as otherwise it would get what is not there from
        # wherever the schema says.
        self._validator = Draft202012Validator(schema, registry=Registry())

    def read(self, text: str) -> Any:
        """Find the JSON in it, and look whether it follows."""
        try:
            value = json.loads(json_in(text), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"it is no JSON: {error}") from None
        try:
            problem = next(iter(self._validator.iter_errors(value)), None)
        except RecursionError:
            raise Unreadable("it is nested too deeply") from None
        if problem is not None:
            raise Unreadable(f"at `{problem.json_path}`: {problem.message:.500}")
        return value


def schema_in(path: Path) -> dict[str, Any]:
    """Read a JSON Schema. UsageError says what is wrong with it."""
    with naming(path):
        text = path.read_text("utf-8-sig", "replace")
    try:
        return checked(json.loads(text))
    except (ValueError, RecursionError, SchemaError) as error:
        what = error.message if isinstance(error, SchemaError) else str(error)
        raise UsageError(
            f"`{path}` is no JSON Schema: {what:.300}", remedy="correct that place"
        ) from error


def checked(schema: Any) -> dict[str, Any]:
    """Give it, if it is one. Raises ValueError, SchemaError or RecursionError."""
    Draft202012Validator.check_schema(schema)
    if not isinstance(schema, dict):
        raise ValueError("it is no object")
    for reference in _references(schema):
        _resolve(schema, reference)
    return schema


def columns_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what each row has, as far as the schema says; nothing if it does not."""
    inner = _inner(schema, schema)
    if inner.get("type") == "array" or "items" in inner:
        inner = _inner(schema, inner.get("items", {}))
    properties = inner.get("properties", {})
    return tuple(properties) if isinstance(properties, dict) else ()


def _inner(root: Mapping[str, Any], schema: object) -> Mapping[str, Any]:
    """Follow what a schema refers to, but not in circles."""
    for _ in range(9):
        if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
            break
        schema = _resolve(root, schema["$ref"])
    return schema if isinstance(schema, dict) else {}


def _references(schema: object) -> Iterator[str]:
    """Give every reference in a schema, wherever it stands."""
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name in ("$ref", "$dynamicRef") and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _resolve(root: Mapping[str, Any], reference: str) -> Any:
    """Find what a reference means in the file itself; no other is opened for it."""
    resource = DRAFT202012.create_resource(root)
    registry = resource @ Registry() if "$id" in root else Registry()
    registry = registry.with_resource("", resource)
    try:
        resolver = registry.resolver(base_uri=str(root.get("$id", "")))
        return resolver.lookup(reference).contents
    except Unresolvable:
        raise ValueError(
            f"`{reference:.100}` is nowhere in this file, and others are not opened"
        ) from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is none")
