"""Where input comes to do harm: from the doors of a plugin to addresses, files, SQL.

Every function is read by itself, again and again until nothing new turns up; then the
doors say which of their arguments arrive where. What is kept in storage, in a module's
variables or in an object, and taken out again elsewhere, is not followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plugwright_qa.stages.calling import Environment
from plugwright_qa.stages.flows import (
    FILE,
    MODEL,
    WEB,
    Flow,
    Meter,
    Summary,
    TooLarge,
)
from plugwright_qa.stages.guestapi import (
    Function,
    Names,
    doors,
    given_name,
    names_of,
    parameters,
)
from plugwright_qa.stages.sinks import Reached

ROUNDS = 12
MOST = 20
"""Functions of one name that are looked at."""
_HARMLESS = frozenset(
    {"int", "float", "bool", "None", "date", "datetime", "time", "timedelta"}
    | {"Decimal", "UUID", "Literal"}
)
_OUTSIDE = (WEB, MODEL, FILE)


@dataclass(frozen=True)
class Taint:
    """Something from outside that arrives where it may do harm."""

    reached: Reached
    origins: tuple[str, ...]
    """In words."""


@dataclass
class _Read:
    path: str
    function: Function
    names: Names
    summary: Summary
    loops: dict[int, Environment]


def taints(trees: Mapping[str, ast.Module]) -> Iterator[Taint]:
    """Find them, by place. Raises `TooLarge`."""
    names = {path: names_of(tree) for path, tree in trees.items()}
    every = [
        _Read(path, node, names[path], Summary(), {})
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    ]
    by_name: dict[str, list[_Read]] = {}
    for each in every:
        by_name.setdefault(each.function.name, []).append(each)
    imported = {path: _imported(tree) for path, tree in trees.items()}
    _follow(every, by_name, imported)
    arrived: dict[Reached, dict[str, None]] = {}
    outer = {
        id(function)
        for path, tree in trees.items()
        for function in doors(tree, names[path])
    }
    for each in every:
        for place, labels in each.summary.reached.items():
            for words in _origins(each, labels, id(each.function) in outer):
                arrived.setdefault(place, {})[words] = None
    for place in sorted(arrived, key=lambda place: (place.where, place.sink.name)):
        yield Taint(place, tuple(sorted(arrived[place])))


def _follow(
    every: list[_Read],
    by_name: Mapping[str, list[_Read]],
    imported: Mapping[str, Mapping[str, str]],
) -> None:
    meter = Meter()
    for _ in range(ROUNDS):
        before, loops = _size(every), _loops(every)
        for each in every:
            here, others = each.path, imported[each.path]

            def known(
                node: ast.expr, here: str = here, others: Mapping[str, str] = others
            ) -> tuple[Function, Summary] | None:
                name = _called(node, others)
                found = by_name.get(name, [])
                if isinstance(node, ast.Name) and node.id not in others:
                    found = [read for read in found[:MOST] if read.path == here]
                # Of several with one name, nobody knows which.
                if len(found) != 1:
                    return None
                return found[0].function, found[0].summary

            flow = Flow(each.path, each.function, each.names, known, each.loops, meter)
            each.summary = flow.summary
        if (_size(every), _loops(every)) == (before, loops):
            return
    raise TooLarge


def _size(every: list[_Read]) -> int:
    return sum(each.summary.size() for each in every)


def _loops(every: list[_Read]) -> int:
    ends = (end for each in every for end in each.loops.values())
    return sum(len(labels) for end in ends for labels in end.values())


def _called(node: ast.expr, others: Mapping[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return others.get(name, name)
        case ast.Attribute(attr=name):
            return name  # `self.ask`, `helpers.ask`
    return ""


def _imported(tree: ast.Module) -> dict[str, str]:
    """What other modules' functions are called here."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _origins(each: _Read, labels: set[str], is_door: bool) -> Iterator[str]:
    given = {arg.arg: arg for arg in parameters(each.function)}
    for label in sorted(labels):
        if label in _OUTSIDE:
            yield label
        elif is_door and label in given and not _is_harmless(given[label].annotation):
            yield f"`{label}` of `{given_name(each.function)}`"


def _is_harmless(annotation: ast.expr | None) -> bool:
    """Whether what the guest lets through as this type cannot be a free text."""
    match annotation:
        case ast.Constant(value=None):
            return True
        case ast.Constant(value=str(text)):
            try:
                return _is_harmless(ast.parse(text, mode="eval").body)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return False
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _HARMLESS
        case ast.Subscript(
            value=ast.Name(id="Literal") | ast.Attribute(attr="Literal")
        ):
            return True
        case ast.Subscript(slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return all(_is_harmless(part) for part in parts)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _is_harmless(left) and _is_harmless(right)
    return False
