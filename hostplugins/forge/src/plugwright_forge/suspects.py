"""Tests that prove nothing, seen without running them.

A test that gets its expectation from the code under test agrees with whatever that
does. It may call the plugin twice to compare two different calls: that is a property,
such as that sorting twice is sorting once. The same call on both sides is none.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping


def copied(source: str, commands: Collection[str]) -> frozenset[str]:
    """Give the tests whose expectation is what the plugin itself says.

    `commands` are the functions of the plugin. Names may stand for what they were
    assigned; whoever hides it better is found by the mutants that the test lets live.
    """
    return frozenset(
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test")
        and _is_copied(node, commands)
    )


def _is_copied(test: ast.FunctionDef, commands: Collection[str]) -> bool:
    compared = [
        node
        for node in ast.walk(test)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)
    ]
    asserts = [node for node in ast.walk(test) if isinstance(node, ast.Assert)]
    meant = _assigned(test)
    return bool(asserts) and all(
        any(_says_the_same(each, meant, commands) for each in _within(one, compared))
        for one in asserts
    )


def _within(one: ast.Assert, compared: Collection[ast.Compare]) -> list[ast.Compare]:
    inside = {id(node) for node in ast.walk(one)}
    return [each for each in compared if id(each) in inside]


def _assigned(test: ast.FunctionDef) -> Mapping[str, ast.expr]:
    """Give what each name was assigned, if that happened once."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(test):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _says_the_same(
    compare: ast.Compare, meant: Mapping[str, ast.expr], commands: Collection[str]
) -> bool:
    left, right = (
        ast.dump(_Meaning(meant).visit(_copy(side)))
        for side in (compare.left, compare.comparators[0])
    )
    return left == right and any(f"Name(id='{name}'" in left for name in commands)


def _copy(node: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(node), mode="eval").body


class _Meaning(ast.NodeTransformer):
    """Puts in the place of a name what it was assigned; not twice, so it ends."""

    def __init__(self, meant: Mapping[str, ast.expr]) -> None:
        self._meant = meant

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._meant:
            return node
        rest = {name: v for name, v in self._meant.items() if name != node.id}
        found = _Meaning(rest).visit(_copy(self._meant[node.id]))
        assert isinstance(found, ast.expr)
        return found
