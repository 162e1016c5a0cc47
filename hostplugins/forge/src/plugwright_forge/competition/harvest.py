"""Stories worth playing: what the tests ask of a plugin, call after call.

Who writes tests thinks of inputs that matter, and of what has to happen before. What
is expected may be wrong, but where candidates differ there is something to ask about.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from plugwright.judging import Call
from plugwright_forge.acceptance import function_of
from plugwright_forge.probing import Probe
from plugwright_forge.specification import Specification

MOST = 60
"""Stories of one file of tests."""
LONGEST = 8
"""Calls of one story; more, and nobody sees what it is about."""


def softened(source: str) -> str:
    """Let tests go on where they would fail, so that they make all of their calls."""
    try:
        tree = _Softer().visit(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    # Behind what has to stand first, and before any test.
    first = next(
        (n for n, node in enumerate(tree.body) if not _stands_first(node)), None
    )
    tree.body[first:first] = ast.parse("import contextlib as _softly").body
    return ast.unparse(ast.fix_missing_locations(tree))


def stories(
    calls: Mapping[str, Sequence[Call]], specification: Specification, prefix: str
) -> tuple[Probe, ...]:
    """Give each call of a test with those before it, the shortest stories first.

    Those before it count only if the plugin is to keep anything.
    """
    commands = {command.name for command in specification.commands}
    keeps = any(wish.permission.name != "clock" for wish in specification.permissions)
    found: dict[str, tuple[list[Call], list[str]]] = {}
    for test, made in calls.items():
        for end, last in enumerate(made[:LONGEST], 1):
            if last.command in commands:
                story = [*made[:end]] if keeps else [last]
                key = json.dumps([asdict(call) for call in story], sort_keys=True)
                tests = found.setdefault(key, (story, []))[1]
                tests.append(function_of(test))
    shortest = sorted(found.values(), key=lambda each: len(each[0]))
    return tuple(
        Probe(
            id=f"{prefix}{number}",
            command=story[-1].command,
            arguments=story[-1].arguments,
            before=tuple(asdict(call) for call in story[:-1]),
            tests=tuple(dict.fromkeys(tests)),
        )
        for number, (story, tests) in enumerate(shortest[:MOST], 1)
    )


def _stands_first(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


class _Softer(ast.NodeTransformer):
    """Puts looking in the place of asserting, and forgives whatever a line does."""

    def visit_Assert(self, node: ast.Assert) -> ast.With:
        return _forgiven(ast.Expr(node.test))

    def visit_Expr(self, node: ast.Expr) -> ast.With:
        return _forgiven(node)

    def visit_Assign(self, node: ast.Assign) -> ast.With:
        return _forgiven(node)

    def visit_Module(self, node: ast.Module) -> ast.Module:
        # What is said outside of functions is not of any test.
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef):
                self.generic_visit(inner)
        return node

    def visit_With(self, node: ast.With) -> ast.With:
        self.generic_visit(node)
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and ast.unparse(call.func) in _RAISES:
                item.context_expr = _forgiving()
        return node


_RAISES = ("pytest.raises", "raises")


def _forgiven(node: ast.stmt) -> ast.With:
    return ast.With([ast.withitem(_forgiving())], [node])


def _forgiving() -> ast.expr:
    return ast.parse("_softly.suppress(Exception)", mode="eval").body
