"""What a function takes and gives, as its annotations say."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from types import FunctionType, MappingProxyType
from typing import Any

from plugwright_sdk.annotations import Unsupported, hints_of, shape_of
from plugwright_sdk.schema import schema_of, schema_of_fields
from plugwright_sdk.shapes import NOTHING, Field, Shape

Function = Callable[..., Any]

# From Python 3.14 on annotations are evaluated late; asking for a signature must not
# hurry them, for they may name what is defined further down.
_LATE: dict[str, Any] = {}
if sys.version_info >= (3, 14):
    from annotationlib import Format

    _LATE = {"annotation_format": Format.FORWARDREF}

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Signature:
    """One function's parameters and result.

    Annotations are read when first needed, not at decoration: a function may name a
    class that is defined below it.
    """

    def __init__(self, function: Function, owner: str) -> None:
        self._function = function
        self._owner = owner
        """How errors name it: "command `plan`"."""
        self._defaults = _defaults(function, owner)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, in order."""
        return tuple(self._defaults)

    @property
    def parameters(self) -> Mapping[str, Field]:
        """What it takes; nobody can change it."""
        # A view of a copy: an object that a view is compared with is handed what is
        # behind it.
        return MappingProxyType({**self._fields})

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {
            name: Field(
                shape=self._shape(name, f"parameter `{name}`"),
                required=default is NOTHING,
                default=default,
            )
            for name, default in self._defaults.items()
        }

    @cached_property
    def result(self) -> Shape:
        """What it gives."""
        return self._shape("return", "result")

    def describe(self) -> dict[str, Any]:
        """Say in JSON what it takes and gives."""
        return {
            "parameters": list(self.names),
            "input": schema_of_fields(self._fields),
            "output": schema_of(self.result),
        }

    def _shape(self, name: str, part: str) -> Shape:
        try:
            shape = shape_of(hints_of(self._function).get(name, Any))
            schema_of(shape)  # looks into every corner, so that nothing waits there
        except Unsupported as error:
            raise Unsupported(f"{self._owner}, {part}: {error}") from None
        return shape


def refuse_unusual(function: Function, owner: str) -> None:
    """Refuse what cannot be a command, as far as that can be seen without effort."""
    code = getattr(function, "__code__", None)
    if code is not None and (code.co_flags & _UNUSUAL or code.co_posonlyargcount):
        _defaults(function, owner)


def _defaults(function: Function, owner: str) -> dict[str, object]:
    """Give each parameter's default, or `NOTHING`, in order; refuse what has no names.

    For a plain function its code object says it all. Asking `inspect` instead would
    double the time that a fresh guest needs to load a small plugin.
    """
    if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
        return _inspected(function, owner)
    code = function.__code__
    if code.co_flags & _UNUSUAL or code.co_posonlyargcount:
        return _inspected(function, owner)
    count = code.co_argcount
    names = code.co_varnames[: count + code.co_kwonlyargcount]
    defaults = function.__defaults__ or ()
    missing = [NOTHING] * (count - len(defaults))
    named = function.__kwdefaults__ or {}
    return {
        **dict(zip(names, (*missing, *defaults), strict=False)),
        **{name: named.get(name, NOTHING) for name in names[count:]},
    }


_UNUSUAL = 0x04 | 0x08 | 0x80
"""The flags of a code object with `*args`, with `**kwargs`, or of a coroutine."""


def _inspected(function: Function, owner: str) -> dict[str, object]:
    if inspect.iscoroutinefunction(function):
        raise TypeError(f"{owner} is `async`; write it with a plain `def`")
    parameters = inspect.signature(function, **_LATE).parameters
    for name, parameter in parameters.items():
        if parameter.kind not in _BY_NAME:
            raise TypeError(
                f"{owner}, parameter `{name}`: arguments come by name, so "
                f"`*{name}`, `**{name}` and `/` cannot work; write them out"
            )
    missing = inspect.Parameter.empty
    return {
        name: NOTHING if parameter.default is missing else parameter.default
        for name, parameter in parameters.items()
    }
