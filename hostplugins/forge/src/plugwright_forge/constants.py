"""The constants of a plugin's file: read, and given another value.

Where a setting of the specification lives is the code itself: `LESSON_MINUTES = 30`.
So there is one place, a reader sees the value where it is used, the plugin needs no
permission and no storage to know it, and its bundle id says which values were approved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

Value: TypeAlias = bool | int | float | str


def constants(source: str) -> dict[str, Value]:
    """Give every name of the file that is bound once, to a value that is written out.

    What is bound anywhere else, too, is none: another value could be lost again.
    """
    return {name: _value(node) for name, node in _places(source).items()}


def lacking(source: str, names: Iterable[str]) -> tuple[str, ...]:
    """Give those of the names that are no constants of this file."""
    known = _places(source)
    return tuple(name for name in names if name not in known)


def with_values(source: str, values: Mapping[str, Value]) -> str:
    """Give these constants other values; not a letter is changed beside them."""
    lines = source.split("\n")
    places = [(node, name) for name, node in _places(source).items() if name in values]
    # From the end, so that what comes before stays where it is.
    for node, name in sorted(places, key=lambda place: _start(place[0]), reverse=True):
        (line, column), (last, end) = _start(node), _end(node)
        before = lines[line].encode()[:column].decode()
        after = lines[last].encode()[end:].decode()
        lines[line : last + 1] = [f"{before}{values[name]!r}{after}"]
    return "\n".join(lines)


def _places(source: str) -> dict[str, ast.expr]:
    """Give where the value of each constant stands."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    bound = [*_bound(tree)]
    return {
        name: value
        for name, value in _assigned(tree)
        if bound.count(name) == 1 and _is_written_out(value)
    }


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target, value = node.target, node.value
        else:
            continue
        if isinstance(target, ast.Name):
            yield target.id, value


def _bound(tree: ast.Module) -> Iterator[str]:
    """Give each name as often as something binds it, wherever that is."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                yield node.id
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.alias():
                yield (node.asname or node.name).partition(".")[0]
            case ast.arg():
                yield node.arg
            case ast.Global() | ast.Nonlocal():
                yield from node.names
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name


def _is_written_out(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = node.operand
        return isinstance(inner, ast.Constant) and type(inner.value) in (int, float)
    return isinstance(node, ast.Constant) and isinstance(
        node.value, bool | int | float | str
    )


def _value(node: ast.expr) -> Value:
    value: Value = ast.literal_eval(node)
    return value


def _start(node: ast.expr) -> tuple[int, int]:
    return node.lineno - 1, node.col_offset


def _end(node: ast.expr) -> tuple[int, int]:
    # What `ast.parse` made has both.
    return (node.end_lineno or 0) - 1, node.end_col_offset or 0
