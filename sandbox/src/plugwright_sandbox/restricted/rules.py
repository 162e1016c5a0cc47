"""The names that a plugin may use, and what a refusal looks like.

Three things make a name dangerous. It can be the name of a guard, which a plugin could
put a function of its own in place of; it can lead from a harmless object to the
interpreter behind it (`__globals__`, `gi_frame`, `tb_next`); or it is harmless on most
objects and not on all (`format`). The first two are refused in source text. The third
is looked at when the program runs (`LOOKED_AT`).
"""

from __future__ import annotations

import types
from typing import NamedTuple

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

MOST_REFUSALS = 10
"""How many are told at once; the rest says nothing new."""


class Refusal(NamedTuple):
    """One piece of source text that breaks a rule of the dialect."""

    rule: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"rule `{self.rule}`: {self.message}"


class RefusedCode(SyntaxError):
    """Source text outside of the dialect; nothing of it was run.

    A SyntaxError, because `typing` compiles annotations and expects nothing else.
    """

    def __init__(self, refusals: list[Refusal]) -> None:
        first, *others = self.refusals = refusals[:MOST_REFUSALS]
        told = [str(first)]
        if others:  # each on a line of its own, with its place
            # Told apart by more than that, for who shows them on one line.
            told = [f"{r.file}:{r.line}: {r}" for r in self.refusals]
        more = len(refusals) - MOST_REFUSALS
        if more > 0:
            told.append(f"and {more} more")
        super().__init__(";\n".join(told))
        self.where = f"{first.file}:{first.line}"

    def __str__(self) -> str:
        return str(self.msg)


_INTERNALS = (
    (types.FrameType, "f_"),
    (types.CodeType, "co_"),
    (types.TracebackType, "tb_"),
    (types.GeneratorType, "gi_"),
    (types.CoroutineType, "cr_"),
    (types.AsyncGeneratorType, "ag_"),
)
_PASSING = {"_abc_impl", "_is_protocol", "_is_runtime_protocol"}
"""How the library remembers what passes for an object of a class."""
INTERNAL = (
    INSPECT_ATTRIBUTES
    | _PASSING
    | {
        # Asked of the running interpreter, because every version brings new ones.
        name
        for kind, prefix in _INTERNALS
        for name in dir(kind)
        if name.startswith(prefix)
    }
)
"""What leads from frames, code, tracebacks and generators to everything else, and by
which a class could be told that anything is an object of it."""

LOOKED_AT = frozenset(
    {
        # A template language that reads attributes.
        *("format", "format_map"),
        # The object that lacked the attribute: it may be anybody's.
        "obj",
        # All classes above a class; and a class that another one is to pass for.
        *("mro", "register"),
        # A view of memory.
        "getbuffer",
        # The time, which needs a grant.
        *("now", "today", "utcnow"),
    }
)
"""Attributes that are closed on some objects."""

LABELS = frozenset({"__name__", "__doc__"})
"""What may be read in spite of its underscores, if it is text."""

_OPERATORS = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow"),
    *("lshift", "rshift", "and", "or", "xor"),
)
METHODS = frozenset(
    f"__{name}__"
    for name in (
        *("init", "post_init", "str", "repr", "format", "bool", "hash", "call"),
        *("len", "length_hint", "contains", "iter", "next", "reversed"),
        *("getitem", "setitem", "delitem", "missing", "enter", "exit"),
        *("eq", "ne", "lt", "le", "gt", "ge"),
        *("neg", "pos", "abs", "invert", "int", "float", "complex", "index"),
        *("round", "trunc", "floor", "ceil"),
        *(side + name for name in _OPERATORS for side in ("", "r", "i")),
    )
)
"""Special methods that a class may have: those of values, containers and operators.

Not those by which a class changes what reading an attribute, making a class or
forgetting an object means.
"""

MODULE_LABELS = frozenset({"__all__", "__version__", "__author__"})
CLASS_SLOTS = frozenset({"__dict__", "__weakref__"})
"""What `__slots__` may hold beside names; nobody can read either."""

CATCH_ONLY = frozenset(
    {"UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError"}
)
"""Exceptions that a plugin can catch, and neither make nor hold the class of.

Written out, one that was made with a position outside of its text shows the memory
there (until Python 3.12.8 and 3.13.1).
"""

NOT_OFFERED = frozenset(
    {
        *("eval", "exec", "compile", "open", "input", "breakpoint", "help"),
        *("globals", "locals", "vars", "dir", "id", "memoryview"),
        *("exit", "quit", "copyright", "credits", "license", "aiter", "anext"),
        *("BaseExceptionGroup", "ExceptionGroup"),
    }
)
"""Built-in names that are missing here, so that a plugin hears of it before it runs."""


def is_private(name: str) -> bool:
    """Whether it is private by custom: one underscore, and none at the end.

    A plugin may use such names for what is its own. The guards' names end with an
    underscore, so none of these is one.
    """
    return name.startswith("_") and not name.startswith("__") and name[-1] != "_"


def is_closed(name: str) -> bool:
    """Whether no plugin may read or bind an attribute of this name."""
    return name in INTERNAL or (name.startswith("_") and not is_private(name))
