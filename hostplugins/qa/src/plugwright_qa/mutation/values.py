"""Mistakes in what is computed: comparisons, calculations, constants, arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy

from plugwright_qa.mutation.edits import Edit, quoted, replaced

_SIGNS: dict[type[ast.AST], str] = {
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="},
    **{ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not"},
    **{ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or"},
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//"},
    **{ast.Mod: "%", ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>"},
    **{ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"},
}
_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
}
_COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In},
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult},
    **{ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr},
    **{ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd},
}
_ORDERLESS = ("max", "min", "math.gcd", "math.lcm", "math.hypot")
"""What gives the same in any order, but for 1 and 1.0: hardly a test could see it."""


def became(old: ast.AST, new: ast.AST) -> str:
    """Say that one sign took another's place."""
    return f"`{_SIGNS[type(old)]}` became `{_SIGNS[type(new)]}`"


def sign(operator: ast.operator) -> str:
    """How an operator is written."""
    return _SIGNS[type(operator)]


def of_values(node: ast.AST) -> Iterator[Edit]:
    """Every mistake that one expression can have."""
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            new = ast.BoolOp(other, node.values)
            yield replaced("boolean", node, new, became(node.op, other))
        case ast.UnaryOp(op=ast.Not()):
            yield replaced("boolean", node, node.operand, "`not` was left out")
        case ast.UnaryOp(op=ast.USub()):
            yield replaced("arithmetic", node, node.operand, "`-` was left out")
        case ast.BinOp() if not _is_text(node):
            op = ARITHMETIC.get(type(node.op))
            if op is not None:
                new_op = op()
                changed = ast.BinOp(node.left, new_op, node.right)
                yield replaced("arithmetic", node, changed, became(node.op, new_op))
        case ast.Constant():
            for value in other_constants(node.value):
                yield replaced("constant", node, ast.Constant(value))
        case ast.Call():
            yield from _called(node)
        case ast.Subscript(slice=ast.Slice() as part):
            yield from _sliced(node, part)


def _compared(node: ast.Compare) -> Iterator[Edit]:
    for number, op in enumerate(node.ops):
        line = node.comparators[number].lineno
        for name, table in (("boundary", _BOUNDARY), ("comparison", _COMPARISON)):
            if other := table.get(type(op)):
                ops = [*node.ops[:number], other(), *node.ops[number + 1 :]]
                new = ast.Compare(node.left, ops, node.comparators)
                yield replaced(name, node, new, became(op, ops[number]), line=line)


def other_constants(value: object) -> Iterator[bool | int | float | str]:
    """What could have been written in a constant's place by mistake."""
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
            yield value - 1
        case "":
            yield "x"
        case str():
            yield ""


def _is_text(node: ast.BinOp) -> bool:
    """Whether any other sign would fail at once, which every test would see."""
    sides = (node.left, node.right)
    text = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp, ast.Dict)
    return any(
        isinstance(side, text)
        or (isinstance(side, ast.Constant) and isinstance(side.value, (str, bytes)))
        for side in sides
    )


def _called(node: ast.Call) -> Iterator[Edit]:
    """Arguments in the wrong order, and a range that ends too early or starts late."""
    plain = not any(isinstance(given, ast.Starred) for given in node.args)
    matters = ast.unparse(node.func) not in _ORDERLESS
    pairs = len(node.args) - 1 if plain and (matters or node.keywords) else 0
    for number in range(pairs):
        new = deepcopy(node)
        pair = new.args[number : number + 2]
        new.args[number : number + 2] = reversed(pair)
        first, second = (quoted(ast.unparse(each)) for each in pair)
        yield replaced("arguments", node, new, f"{first} and {second} changed places")
    if isinstance(node.func, ast.Name) and node.func.id == "range" and plain:
        ends = [(min(len(node.args), 2) - 1, ast.Sub())] if node.args else []
        starts = [(0, ast.Add())] if len(node.args) > 1 else []
        for number, op in (*ends, *starts):
            new = deepcopy(node)
            new.args[number] = ast.BinOp(node.args[number], op, ast.Constant(1))
            yield replaced("ends", node, new)


def _sliced(node: ast.Subscript, part: ast.Slice) -> Iterator[Edit]:
    """A slice that takes one too few."""
    if not isinstance(node.ctx, ast.Load):
        return
    lower: ast.expr = ast.Constant(1)
    if part.lower is not None:
        lower = ast.BinOp(part.lower, ast.Add(), ast.Constant(1))
    upper: ast.expr = ast.UnaryOp(ast.USub(), ast.Constant(1))
    if part.upper is not None:
        upper = ast.BinOp(part.upper, ast.Sub(), ast.Constant(1))
    for other in (
        ast.Slice(part.lower, upper, part.step),
        ast.Slice(lower, part.upper, part.step),
    ):
        yield replaced("ends", node, ast.Subscript(node.value, other, node.ctx))
