"""What expressions are made of: each way to make a larger one of smaller ones.

`{0}` and `{1}` stand for the smaller ones. Only what stays small and always ends is
here: no powers, no repetition, no recursion.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NUMBER = "int|float"
TEXTS = "list str"
NUMBERS = "list int|list float"
SORTABLE = f"{TEXTS}|{NUMBERS}"
LISTS = f"{SORTABLE}|list dict|list list|list bool|list"


@dataclass(frozen=True)
class Way:
    """One way to make an expression."""

    template: str
    kinds: tuple[str, ...]
    """What each part has to be, joined by `|`."""
    work: Callable[..., Any]
    mirrored: bool = False
    """Whether the other order of two parts gives the same."""


def _unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


UNARY = (
    Way("len({0})", (f"str|dict|{LISTS}",), len),
    Way("sum({0})", (NUMBERS,), sum),
    Way("max({0})", (SORTABLE,), max),
    Way("min({0})", (SORTABLE,), min),
    Way("sorted({0})", (SORTABLE,), sorted),
    Way("sorted({0}, reverse=True)", (SORTABLE,), lambda v: sorted(v, reverse=True)),
    Way("list(reversed({0}))", (LISTS,), lambda v: v[::-1]),
    Way("list(dict.fromkeys({0}))", (SORTABLE,), _unique),
    Way("{0}[0]", (LISTS,), lambda v: v[0]),
    Way("{0}[-1]", (LISTS,), lambda v: v[-1]),
    Way("{0}[1:]", (f"str|{LISTS}",), lambda v: v[1:]),
    Way("{0}[:-1]", (f"str|{LISTS}",), lambda v: v[:-1]),
    Way("{0}[::-1]", ("str",), lambda v: v[::-1]),
    Way("abs({0})", (NUMBER,), abs),
    Way("str({0})", ("int",), str),
    Way("int({0})", ("str",), int),
    Way("round({0}, 2)", ("float",), lambda v: round(v, 2)),
    Way("not {0}", ("bool",), operator.not_),
    Way("{0}.strip()", ("str",), str.strip),
    Way("{0}.lower()", ("str",), str.lower),
    Way("{0}.upper()", ("str",), str.upper),
    Way("{0}.title()", ("str",), str.title),
    Way("{0}.capitalize()", ("str",), str.capitalize),
    Way("{0}.split()", ("str",), str.split),
    Way("{0}.splitlines()", ("str",), str.splitlines),
    Way("list({0}.values())", ("dict",), lambda v: list(v.values())),
    Way("list({0})", ("dict",), list),
)
BINARY = (
    Way("{0} + {1}", (NUMBER, NUMBER), operator.add, mirrored=True),
    Way("{0} - {1}", (NUMBER, NUMBER), operator.sub),
    Way("{0} * {1}", (NUMBER, NUMBER), operator.mul, mirrored=True),
    Way("{0} / {1}", (NUMBER, NUMBER), operator.truediv),
    Way("{0} // {1}", ("int", "int"), operator.floordiv),
    Way("{0} % {1}", ("int", "int"), operator.mod),
    Way("max({0}, {1})", (NUMBER, NUMBER), max, mirrored=True),
    Way("min({0}, {1})", (NUMBER, NUMBER), min, mirrored=True),
    Way("{0} == {1}", ("int|str|bool", "int|str|bool"), operator.eq, mirrored=True),
    Way("{0} < {1}", (NUMBER, NUMBER), operator.lt),
    Way("{0} <= {1}", (NUMBER, NUMBER), operator.le),
    Way("{0} < {1}", ("str", "str"), operator.lt),
    Way("{0} and {1}", ("bool", "bool"), lambda a, b: a and b, mirrored=True),
    Way("{0} or {1}", ("bool", "bool"), lambda a, b: a or b, mirrored=True),
    Way("{0} + {1}", ("str", "str"), operator.add),
    Way("{0} in {1}", ("str", "str"), lambda a, b: a in b),
    Way("{0} in {1}", ("str|int", SORTABLE), lambda a, b: a in b),
    Way("{1}.join({0})", (TEXTS, "str"), lambda a, b: b.join(a)),
    Way("{0}.split({1})", ("str", "str"), str.split),
    Way("{0}.count({1})", ("str", "str"), str.count),
    Way("{0}.count({1})", (SORTABLE, "int|str"), lambda a, b: a.count(b)),
    Way("{0}.startswith({1})", ("str", "str"), str.startswith),
    Way("{0}[:{1}]", (f"str|{LISTS}", "int"), lambda a, b: a[:b]),
    Way("{0}[{1}:]", (f"str|{LISTS}", "int"), lambda a, b: a[b:]),
    Way("{0}.get({1})", ("dict", "str"), lambda a, b: a.get(b)),
)
