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
_BUILT_IN = frozenset(
    name for kind in (str, bytes, list, dict, set) for name in dir(kind)
)


def mutate(function: ast.Attribute, labels: Labels, known: Environment) -> None:
    """What is put into a part of something is in all of it."""
    if function.attr not in _MUTATING:
        return
    whole: ast.expr = function.value
    while not isinstance(whole, ast.Name):
        match whole:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                whole = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                whole = inner  # `found.setdefault(key, []).append(one)`
            case _:
                return
    known[whole.id] = known.get(whole.id, NONE) | labels


def may_be_built_in(function: ast.expr) -> bool:
    """Whether it may be a method of Python's, beside one of the plugin's own."""
    match function:
        case ast.Attribute(value=ast.Name(id="self" | "cls")):
            return False
        case ast.Attribute(attr=name):
            return name in _BUILT_IN
    return False


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
