"""Mistakes in what is done: a step left out, a condition turned, an error let go."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from plugwright_qa.mutation.edits import Edit, Source, instead, quoted, replaced
from plugwright_qa.mutation.values import ARITHMETIC, other_constants, sign

_NOTHING: dict[str, ast.expr] = {
    "int": ast.Constant(0),
    "float": ast.Constant(0.0),
    "str": ast.Constant(""),
    "bool": ast.Constant(False),
    "list": ast.List([], ast.Load()),
    "dict": ast.Dict([], []),
    "tuple": ast.Tuple([], ast.Load()),
}
"""A value of a type that is right in type only."""


def of_steps(node: ast.AST, source: Source, returns: ast.expr | None) -> Iterator[Edit]:
    """Every mistake that one statement can have; `returns` is its function's type."""
    match node:
        case ast.If() | ast.While() | ast.IfExp() | ast.Assert():
            yield from _turned(node.test)
        case ast.comprehension():
            for test in node.ifs:
                yield from _turned(test)
        case ast.Return(value=ast.expr() as value):
            yield from _returned(value, returns)
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Expr() | ast.Raise() | ast.Delete() | ast.Continue() | ast.Break():
            yield _left_out(node, source)
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield _left_out(node, source)
        case ast.AugAssign():
            yield _left_out(node, source)
            yield from _calculated(node, source)
        case ast.For():
            yield from _shortened(node)
        case ast.Try():
            yield from _excepted(node)
        case ast.arguments():
            yield from _defaults(node)


_TURNED_ANYWAY = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
"""Comparisons of which the opposite is a mistake of its own already."""


def _turned(test: ast.expr) -> Iterator[Edit]:
    match test:
        case ast.Constant() | ast.UnaryOp(op=ast.Not()):
            return
        case ast.Compare(ops=[op]) if isinstance(op, _TURNED_ANYWAY):
            return
        case _:
            new = ast.UnaryOp(ast.Not(), test)
            said = f"the condition {quoted(ast.unparse(test))} was turned round"
            yield replaced("condition", test, new, said)


def _returned(value: ast.expr, returns: ast.expr | None) -> Iterator[Edit]:
    name = ast.unparse(returns).partition("[")[0] if returns is not None else ""
    new = _NOTHING.get(name, ast.Constant(None))
    if ast.dump(new) == ast.dump(value):
        return
    old, said = quoted(ast.unparse(value)), quoted(ast.unparse(new))
    yield replaced("return", value, new, f"it returns {said} and not {old}")


def _left_out(node: ast.stmt, source: Source) -> Edit:
    return instead("removal", node, "pass", f"{quoted(source.of(node))} was left out")


def _calculated(node: ast.AugAssign, source: Source) -> Iterator[Edit]:
    other = ARITHMETIC.get(type(node.op))
    text = isinstance(node.value, (ast.List, ast.JoinedStr, ast.Tuple)) or (
        isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
    if other is None or text:
        return
    new = ast.AugAssign(node.target, other(), node.value)
    said = f"`{sign(node.op)}=` became `{sign(new.op)}=`"
    yield instead("arithmetic", node, ast.unparse(new), said)


def _shortened(node: ast.For) -> Iterator[Edit]:
    """A loop that misses its last turn; ranges have their own mistakes."""
    if isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "range":
        return
    copied = ast.List([ast.Starred(node.iter, ast.Load())], ast.Load())
    part = ast.Slice(None, ast.UnaryOp(ast.USub(), ast.Constant(1)), None)
    new = ast.Subscript(copied, part, ast.Load())
    said = f"the loop over {quoted(ast.unparse(node.iter))} misses its last turn"
    yield replaced("ends", node.iter, new, said)


def _excepted(node: ast.Try) -> Iterator[Edit]:
    """An error that is caught is let through; what has to be done after all is not."""
    for handler in node.handlers:
        kind = "every error" if handler.type is None else ast.unparse(handler.type)
        if not isinstance(handler.body[0], ast.Raise):
            said = f"{quoted(kind)} is no longer handled"
            yield instead("exception", handler.body[0], "raise", said)
    if node.finalbody:
        first = node.finalbody[0]
        said = f"{quoted(ast.unparse(first))} is not done in the end"
        yield instead("exception", first, "pass", said)


def _defaults(node: ast.arguments) -> Iterator[Edit]:
    placed = [*node.posonlyargs, *node.args]
    pairs = [
        *zip(placed[len(placed) - len(node.defaults) :], node.defaults, strict=True),
        *zip(node.kwonlyargs, node.kw_defaults, strict=True),
    ]
    for argument, default in pairs:
        if isinstance(default, ast.Constant):
            for value in other_constants(default.value):
                old, new = quoted(ast.unparse(default)), quoted(repr(value))
                said = f"the default of `{argument.arg}` became {new}, not {old}"
                yield replaced("default", default, ast.Constant(value), said)
