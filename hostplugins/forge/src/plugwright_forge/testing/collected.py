"""What pytest runs as a test of a file, and what the file gives names to."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def hidden(tree: ast.Module) -> Iterator[str]:
    """Name what pytest would run as a test, and nobody here would know of."""
    own = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    inside: list[ast.AST] = [*tree.body]
    while inside:
        node = inside.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                is_plain = isinstance(node, ast.FunctionDef) and node in tree.body
                if name.startswith("test") and not is_plain:
                    yield name
                continue  # what is inside of a function is nobody's test
            case ast.ClassDef(name=name, bases=bases):
                if name.startswith("Test") or "TestCase" in map(_last_name, bases):
                    yield name
                continue
        for name, value in bound(node):
            is_made = isinstance(value, ast.Lambda) or _last_name(value) in own
            if name.startswith(("test", "Test")) and is_made:
                yield name
        inside += ast.iter_child_nodes(node)


def bound(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Give the names that a statement gives to something, each with that."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _pairs(target, value)
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
        ):
            yield from _pairs(target, value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            for one, other in zip(targets, values, strict=False):
                yield from _pairs(one, other)
        case ast.Name(id=name), _:
            yield name, value


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]
