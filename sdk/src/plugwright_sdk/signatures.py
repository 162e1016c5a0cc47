"""What a function takes and gives, as its annotations say."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import cached_property
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
        self._parameters = inspect.signature(function, **_LATE).parameters
        self._refuse_what_cannot_be_called()

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, in order."""
        return tuple(self._parameters)

    @cached_property
    def parameters(self) -> dict[str, Field]:
        """What it takes."""
        missing = inspect.Parameter.empty
        return {
            name: Field(
                shape=self._shape(name, f"parameter `{name}`"),
                required=parameter.default is missing,
                default=NOTHING if parameter.default is missing else parameter.default,
            )
            for name, parameter in self._parameters.items()
        }

    @cached_property
    def result(self) -> Shape:
        """What it gives."""
        return self._shape("return", "result")

    def describe(self) -> dict[str, Any]:
        """Say in JSON what it takes and gives."""
        return {
            "parameters": list(self.names),
            "input": schema_of_fields(self.parameters),
            "output": schema_of(self.result),
        }

    def _shape(self, name: str, part: str) -> Shape:
        try:
            shape = shape_of(hints_of(self._function).get(name, Any))
            schema_of(shape)  # looks into every corner, so that nothing waits there
        except Unsupported as error:
            raise Unsupported(f"{self._owner}, {part}: {error}") from None
        return shape

    def _refuse_what_cannot_be_called(self) -> None:
        if inspect.iscoroutinefunction(self._function):
            raise TypeError(f"{self._owner} is `async`; write it with a plain `def`")
        for name, parameter in self._parameters.items():
            if parameter.kind not in _BY_NAME:
                raise TypeError(
                    f"{self._owner}, parameter `{name}`: arguments come by name, so "
                    f"`*{name}`, `**{name}` and `/` cannot work; write them out"
                )
