"""Inputs worth trying, taken from what the tester calls the plugin with.

Who writes tests thinks of inputs that matter. What is expected of them may be wrong,
but where candidates differ on one of them there is something to ask about.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plugwright.sandboxes import JSON
from plugwright_forge.specification import Command, Example, Specification

_DEEPEST = 20


def harvested(source: str, specification: Specification) -> tuple[Example, ...]:
    """Give the calls of a test file that are written out, as examples without an end.

    Names that were given a value once in the file, or in the test, stand for it.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    commands = {command.function: command for command in specification.commands}
    outside = _assigned(tree.body)
    found: dict[str, Example] = {}
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        names = {**outside, **_assigned(node.body)}
        for command, arguments in _calls(node, commands, names):
            key = ast.unparse(ast.parse(repr((command, arguments))))
            found.setdefault(
                key, Example(text=node.name, command=command, arguments=arguments)
            )
    return tuple(found.values())


def _calls(
    node: ast.AST, commands: Mapping[str, Command], names: Mapping[str, ast.expr]
) -> Iterator[tuple[str, dict[str, JSON]]]:
    for call in ast.walk(node):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        command = commands.get(call.func.id)
        if command is None:
            continue
        parameters = [parameter.name for parameter in command.parameters]
        given: list[tuple[str | None, ast.expr]] = [
            *zip(parameters, call.args, strict=False),
            *((keyword.arg, keyword.value) for keyword in call.keywords),
        ]
        try:
            arguments = {
                str(name): _plain(_value(value, names, 0)) for name, value in given
            }
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        if set(arguments) <= set(parameters):
            yield command.name, arguments


def _assigned(body: Sequence[ast.stmt]) -> dict[str, ast.expr]:
    found: dict[str, list[ast.expr]] = {}
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _value(node: ast.expr, names: Mapping[str, ast.expr], depth: int) -> Any:
    """Read a literal; a name is what it was given. Raises ValueError."""
    if depth > _DEEPEST:
        raise ValueError("it goes too deep")
    match node:
        case ast.Name(id=name) if name in names:
            return _value(names[name], names, depth + 1)
        case ast.List(elts=members) | ast.Tuple(elts=members):
            return [_value(each, names, depth + 1) for each in members]
        case ast.Dict(keys=keys, values=values):
            return {
                ast.literal_eval(key) if key else "": _value(value, names, depth + 1)
                for key, value in zip(keys, values, strict=True)
            }
        case _:
            return ast.literal_eval(node)


def _plain(value: Any) -> JSON:
    """Hold it to be JSON. Raises ValueError."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_plain(each) for each in value]
        case dict() if all(isinstance(key, str) for key in value):
            return {key: _plain(each) for key, each in value.items()}
    raise ValueError("it is no JSON")
