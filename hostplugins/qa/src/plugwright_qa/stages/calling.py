"""What becomes of labels where something is called."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

Labels = frozenset[str]
NONE: Labels = frozenset()
Environment = dict[str, Labels]
_MUTATING = frozenset(
    {"append", "appendleft", "extend", "extendleft", "insert", "add", "update"}
    | {"setdefault", "write", "writelines"}
)
_KINDS = (str, bytes, list, dict, set)
_NAMES = frozenset({kind.__name__ for kind in _KINDS} | {"tuple", "frozenset"})
BUILT_IN = frozenset(name for kind in _KINDS for name in dir(kind))
"""Methods of texts, lists and tables."""


def mutate(function: ast.Attribute, labels: Labels, known: Environment) -> None:
    """What is put into a part of something is in all of it."""
    if function.attr not in _MUTATING:
        return
    whole: ast.expr = function.value
    while not isinstance(whole, ast.Name):
        match whole:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                return  # what an object keeps is not followed
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                whole = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                whole = inner  # `found.setdefault(key, []).append(one)`
            case _:
                return
    known[whole.id] = known.get(whole.id, NONE) | labels


def is_plain(value: ast.expr) -> bool:
    """Whether it is written as a text, a list or a table of Python's."""
    match value:
        case ast.Constant(value=str() | bytes()) | ast.JoinedStr():
            return True
        case ast.List() | ast.Tuple() | ast.Dict() | ast.Set():
            return True
        case ast.ListComp() | ast.DictComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _NAMES
    return False


def is_plain_type(parameter: ast.arg) -> bool:
    """Whether a parameter is said to be such a value."""
    said = ast.unparse(parameter.annotation) if parameter.annotation else ""
    return said.partition("[")[0] in _NAMES


def arguments(
    wanted: ast.arguments, given: Sequence[Labels], named: Mapping[str, Labels]
) -> Environment:
    """Say what each parameter gets of a call that spreads nothing."""
    places = [each.arg for each in (*wanted.posonlyargs, *wanted.args)]
    inside = dict(zip(places, given, strict=False))
    if wanted.vararg:
        inside[wanted.vararg.arg] = NONE.union(*given[len(places) :])
    known = {*places, *(each.arg for each in wanted.kwonlyargs)}
    for name, labels in named.items():
        if name in known:
            inside[name] = labels
        elif wanted.kwarg:
            rest = inside.get(wanted.kwarg.arg, NONE)
            inside[wanted.kwarg.arg] = rest | labels
    return inside


def joined(ways: Sequence[Mapping[str, Labels]]) -> Environment:
    """Give what is known where several ways meet."""
    names = dict.fromkeys(name for way in ways for name in way)
    return {name: NONE.union(*(way.get(name, NONE) for way in ways)) for name in names}
