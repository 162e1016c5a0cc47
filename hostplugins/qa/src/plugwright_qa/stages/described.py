"""What a plugin itself says it offers, loaded in the sandbox, and what it takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from plugwright.errors import PlugwrightError
from plugwright.host import Host
from plugwright.sandboxes import JSON
from plugwright_qa.stages.desk import Desk

MOST = 50
"""Calls of one command in tests, that are looked at for an example."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """One command, as the plugin describes it."""

    function: str
    summary: str
    parameters: tuple[str, ...]
    input: dict[str, Any]


_DOORS = TypeAdapter(dict[str, Door])


@dataclass(frozen=True, kw_only=True)
class Described:
    """All of its commands, or why nobody knows them."""

    commands: Mapping[str, Door]
    problem: str = ""


def described(host: Host, desk: Desk) -> Described:
    """Load it in the sandbox and ask it."""
    source = desk.source
    try:
        told = host.describe(source.name, desk.modules, source.engine)
        # The guest describes itself, and its author may have told it what to say.
        return Described(commands=_DOORS.validate_python(told["commands"]))
    except PlugwrightError as error:
        return Described(commands={}, problem=error.message)
    except (ValidationError, KeyError):
        return Described(commands={}, problem="it describes itself wrongly")


def arguments(desk: Desk, name: str, door: Door) -> dict[str, JSON] | None:
    """Give arguments that a command takes: an example's, or those of a test's call."""
    if name in desk.source.examples:
        return dict(desk.source.examples[name])
    return next(_called(desk, door), None)


def _called(desk: Desk, door: Door) -> Iterator[dict[str, JSON]]:
    for node in desk.calls.get(door.function, ())[:MOST]:
        given = _literal(node, door)
        if given is not None:
            yield given


def _literal(node: ast.Call, door: Door) -> dict[str, JSON] | None:
    named = dict(zip(door.parameters, node.args, strict=False))
    named |= {each.arg: each.value for each in node.keywords if each.arg}
    try:
        given = {name: ast.literal_eval(value) for name, value in named.items()}
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    needed = door.input.get("required", ())
    return given if set(needed) <= set(given) <= set(door.parameters) else None
