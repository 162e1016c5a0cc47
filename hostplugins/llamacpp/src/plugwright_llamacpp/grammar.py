"""A JSON Schema becomes a grammar that llama.cpp can follow.

The grammar allows less white space than JSON, and more than the schema: lengths over
`MOST`, numbers' limits over a wide range, patterns, formats and `not` are left to the
check of the whole answer, which always follows. References leave the schema never.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plugwright.errors import UsageError
from plugwright.sandboxes import JSON

MOST = 200
"""The longest text or list that is counted out; longer ones are checked afterwards."""
DEEPEST = 64
LONGEST = 400_000
"""Characters of a grammar."""
_RANGE = 64
"""Integers that are listed one by one."""

_SHARED = {
    "char": r'[^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})',
    "string": r'"\"" char* "\""',
    "integer": r'"-"? ("0" | [1-9] [0-9]{0,17})',
    "number": r'"-"? ("0" | [1-9] [0-9]{0,17}) ("." [0-9]{1,18})?'
    r" ([eE] [-+]? [0-9]{1,3})?",
    "boolean": '"true" | "false"',
    "null": '"null"',
    "pair": 'string ":" " "? value',
    "object": '"{" (pair ("," " "? pair)*)? "}"',
    "array": '"[" (value ("," " "? value)*)? "]"',
    "value": "string | number | boolean | null | object | array",
}
_NEEDS = {
    "string": ["char"],
    "pair": ["string", "value"],
    "object": ["pair"],
    "array": ["value"],
    "value": ["string", "number", "boolean", "null", "object", "array"],
}
_PLAIN = ("integer", "number", "boolean", "null")
_COMMA = '"," " "?'


def grammar_of(schema: Mapping[str, JSON] | bool) -> str:
    """Write a schema as a grammar; raises `UsageError` where nothing would fit it."""
    try:
        return _Writer(schema).text()
    except RecursionError:
        raise _unfit("it is nested too deep") from None


class _Writer:
    def __init__(self, schema: Mapping[str, JSON] | bool) -> None:
        self._schema = schema
        self._rules: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self._depth = 0

    def text(self) -> str:
        self._rules["root"] = ""
        self._rules["root"] = self._of(self._schema)
        lines = [f"{name} ::= {rule}" for name, rule in self._rules.items()]
        text = "\n".join(lines) + "\n"
        if len(text) > LONGEST:
            raise _unfit("its grammar is too long")
        return text

    def _rule(self, rule: str) -> str:
        name = f"r{len(self._rules)}"
        self._rules[name] = rule
        return name

    def _shared(self, name: str) -> str:
        if name not in self._rules:
            self._rules[name] = _SHARED[name]
            for needed in _NEEDS.get(name, ()):
                self._shared(needed)
        return name

    def _of(self, schema: Any) -> str:
        """Give an expression for a schema; a name, or something in brackets."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise _unfit("it is nested too deep")
        try:
            return self._expression(schema)
        finally:
            self._depth -= 1

    def _expression(self, schema: Any) -> str:
        if schema is False:
            raise _unfit("a part of it allows nothing")
        if not isinstance(schema, Mapping):
            return self._shared("value")
        if "$ref" in schema:
            return self._reference(str(schema["$ref"]))
        if "const" in schema:
            return _literal(schema["const"])
        if "enum" in schema:
            return self._one_of(_literal(each) for each in _listed(schema["enum"]))
        for key in ("anyOf", "oneOf"):
            if key in schema:
                common = {k: v for k, v in schema.items() if k != key}
                return self._one_of(
                    self._of(_both(common, each)) for each in _listed(schema[key])
                )
        if "allOf" in schema:
            merged: Any = {k: v for k, v in schema.items() if k != "allOf"}
            for each in _listed(schema["allOf"]):
                merged = _both(merged, self._resolved(each))
            return self._of(merged)
        return self._typed(schema)

    def _typed(self, schema: Mapping[str, Any]) -> str:
        kind = schema.get("type") or _implied(schema)
        if isinstance(kind, list):
            return self._one_of(self._of({**schema, "type": each}) for each in kind)
        if kind == "string":
            return self._string(schema)
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return self._array(schema)
        if kind == "integer" and (listed := _integers(schema)):
            return self._one_of(_literal(each) for each in listed)
        if kind in _PLAIN:
            return self._shared(str(kind))
        if kind:
            raise _unfit(f"`{str(kind)[:40]}` is no type")
        return self._shared("value")

    def _one_of(self, expressions: Iterable[str]) -> str:
        alternatives = " | ".join(dict.fromkeys(expressions))
        if not alternatives:
            raise _unfit("a choice in it has nothing to choose from")
        return self._rule(alternatives)

    def _string(self, schema: Mapping[str, Any]) -> str:
        least, most = _limits(schema, "minLength", "maxLength")
        if (least, most) == (0, None):
            return self._shared("string")
        self._shared("char")
        return self._rule(rf'"\"" char{_times(least, most)} "\""')

    def _array(self, schema: Mapping[str, Any]) -> str:
        first = [self._of(each) for each in _listed(schema.get("prefixItems", []))]
        least, most = _limits(schema, "minItems", "maxItems")
        if most == 0:
            return '"[]"'
        more = schema.get("items", True)
        if first:
            start = f" {_COMMA} ".join(first)
            end = "" if more is False else f" ({_COMMA} {self._of(more)})*"
            return self._rule(f'"[" {start}{end} "]"')
        item = self._of(more)
        rest = _times(max(least - 1, 0), None if most is None else most - 1)
        inside = f"{item} ({_COMMA} {item}){rest}"
        return self._rule(f'"[" {inside} "]"' if least else f'"[" ({inside})? "]"')

    def _object(self, schema: Mapping[str, Any]) -> str:
        properties = schema.get("properties") or {}
        required = {str(each) for each in _listed(schema.get("required", []))}
        more = schema.get("additionalProperties", not properties)
        if not isinstance(properties, Mapping):
            raise _unfit("`properties` is no object")
        known = {**properties, **dict.fromkeys(sorted(required - {*properties}), True)}
        pairs = [
            (f'{_literal(key)} ":" " "? {self._of(value)}', key in required)
            for key, value in known.items()
            if value is not False
        ]
        return self._rule(f'"{{" {self._members(pairs, more)} "}}"')

    def _members(self, pairs: Sequence[tuple[str, bool]], more: Any) -> str:
        """Give what may stand in the braces: the pairs in their order, then others.

        Each place has a rule for what may follow when something stands before it, and
        one for when nothing does; so a comma is never first, last or doubled.
        """
        other = ""
        if more is not False:
            self._shared("string")
            other = self._rule(f'string ":" " "? {self._of(more)}')
        after = self._rule(f"({_COMMA} {other})*") if other else ""
        alone = self._rule(f"({other} {after})?") if other else ""
        for pair, is_required in reversed(pairs):
            if is_required:
                alone = self._rule(f"{pair} {after}")
                after = self._rule(f"{_COMMA} {pair} {after}")
            else:
                alone = self._rule(
                    f"{pair} {after} | {alone}" if alone else f"({pair} {after})?"
                )
                after = self._rule(f"({_COMMA} {pair})? {after}")
        return alone

    def _reference(self, target: str) -> str:
        if target not in self._references:
            # Known before it is written: it may lead back to itself.
            name = self._references[target] = self._rule("")
            self._rules[name] = self._of(self._found(target))
        return self._references[target]

    def _resolved(self, schema: Any) -> Any:
        for _ in range(DEEPEST):
            if not (isinstance(schema, Mapping) and "$ref" in schema):
                return schema
            schema = self._found(str(schema["$ref"]))
        raise _unfit("a reference leads to itself")

    def _found(self, target: str) -> Any:
        if target != "#" and not target.startswith("#/"):
            raise _unfit(f"`{target:.80}` is outside of it")
        place: Any = self._schema
        for part in target.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(place, list) and key.isdigit() and int(key) < len(place):
                place = place[int(key)]
            elif isinstance(place, Mapping) and key in place:
                place = place[key]
            else:
                raise _unfit(f"`{target:.80}` leads nowhere")
        return place


def _both(one: Any, other: Any) -> Any:
    """Give a schema for what follows two; what cannot be joined is checked later."""
    if not isinstance(one, Mapping) or not one:
        return other if one is not False else False
    if not isinstance(other, Mapping):
        return one if other is not False else False
    merged = {**one, **other}
    properties = {**(one.get("properties") or {}), **(other.get("properties") or {})}
    if properties:
        merged["properties"] = properties
    required = [*_listed(one.get("required", [])), *_listed(other.get("required", []))]
    if required:
        merged["required"] = required
    return merged


def _implied(schema: Mapping[str, Any]) -> str:
    if "properties" in schema or "required" in schema:
        return "object"
    return "array" if "items" in schema or "prefixItems" in schema else ""


def _integers(schema: Mapping[str, Any]) -> list[int]:
    """List the integers between two limits, if they are few."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if not isinstance(least, int) or not isinstance(most, int):
        return []
    if most < least:
        raise _unfit(f"there is no integer from {least} to {most}")
    return [*range(least, most + 1)] if most - least < _RANGE else []


def _limits(schema: Mapping[str, Any], low: str, high: str) -> tuple[int, int | None]:
    least, most = schema.get(low, 0), schema.get(high)
    least = least if isinstance(least, int) else 0
    if isinstance(most, int) and most < least:
        raise _unfit(f"`{high}` is less than `{low}`")
    counted = most if isinstance(most, int) and most <= MOST else None
    return min(max(least, 0), MOST), counted


def _times(least: int, most: int | None) -> str:
    if least == 0 and most is None:
        return "*"
    return f"{{{least},{'' if most is None else most}}}"


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _unfit(f"`{str(value)[:40]}` should be a list")
    return list(value)


def _literal(value: Any) -> str:
    """Write a value as the text that it is in JSON, and that as a grammar's text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character: JSON can write it, bytes cannot
        text = json.dumps(value, separators=(",", ":"))
    return '"' + re.sub(r'["\\\n\r\t]', _escaped, text) + '"'


def _escaped(found: re.Match[str]) -> str:
    return {"\n": r"\n", "\r": r"\r", "\t": r"\t"}.get(found[0], "\\" + found[0])


def _unfit(why: str) -> UsageError:
    return UsageError(
        f"the schema cannot be made a grammar: {why}", remedy="correct the schema"
    )
