"""What takes away the doubt about a value: steps, and tests that it passed."""

from __future__ import annotations

import ast

_CLEAN = frozenset(
    {"int", "float", "bool", "complex", "len", "ord", "hash", "id", "isinstance"}
    | {"quote_plus", "urlencode", "hexdigest", "fromisoformat", "strptime", "UUID"}
)
"""What these give has no free text of anybody in it."""
_TELLING = frozenset(
    {"isalnum", "isalpha", "isdecimal", "isdigit", "isidentifier", "isnumeric"}
)
_WHITELISTS = ("[^", r"\W", r"\D")
"""How a pattern begins that takes away all but some letters."""


def is_clean_call(node: ast.Call) -> bool:
    """Whether what a call gives is harmless, whatever goes in."""
    name = _name(node.func)
    if name in _CLEAN:
        return True
    if name == "quote":
        return any(
            isinstance(each.value, ast.Constant) and each.value.value == ""
            for each in node.keywords
            if each.arg == "safe"
        )
    return name == "sub" and _is_whitelist(node)


def cleared(test: ast.expr, truth: bool) -> frozenset[str]:
    """Which names are known to be harmless if a test is true, or if it is false."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return cleared(operand, not truth)
        case ast.BoolOp(op=op, values=values):
            if isinstance(op, ast.And) is truth:
                return frozenset().union(*(cleared(each, truth) for each in values))
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[right]):
            is_in = isinstance(op, ast.In) and truth
            is_in = is_in or (isinstance(op, ast.NotIn) and not truth)
            if is_in and _is_fixed(right):
                return frozenset({name})
            is_equal = isinstance(op, ast.Eq) and truth
            is_equal = is_equal or (isinstance(op, ast.NotEq) and not truth)
            if is_equal and isinstance(right, ast.Constant):
                return frozenset({name})
        case ast.Call(func=ast.Attribute(attr=attr, value=value), args=args):
            if truth and attr in _TELLING and isinstance(value, ast.Name):
                return frozenset({value.id})
            if truth and attr == "fullmatch":
                return frozenset(each.id for each in args if isinstance(each, ast.Name))
    return frozenset()


def _is_fixed(node: ast.expr) -> bool:
    """Whether it is a collection that the plugin wrote down; a text's parts are not."""
    match node:
        case ast.Set() | ast.List() | ast.Tuple() | ast.Dict():
            return all(isinstance(each, ast.Constant) for each in _elements(node))
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.isupper()
    return False


def _elements(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return [each for each in node.keys if each is not None]
    return list(getattr(node, "elts", []))


def _is_whitelist(node: ast.Call) -> bool:
    return any(
        isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and each.value.startswith(_WHITELISTS)
        for each in node.args[:1]
    )


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
