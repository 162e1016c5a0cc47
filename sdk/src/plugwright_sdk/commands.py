"""A command: a function that takes JSON and gives JSON, wherever it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from plugwright_sdk.conversion import read, write
from plugwright_sdk.errors import InputError, did_you_mean
from plugwright_sdk.shapes import JSON
from plugwright_sdk.signatures import Function, Signature, refuse_unusual


class Command:
    """One function that the outside may call."""

    def __init__(self, function: Function, name: str) -> None:
        refuse_unusual(function, f"command `{name}`")
        self.function = function
        """The function itself, for those who want native values."""
        self.name = name
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.__wrapped__ = function

    @cached_property
    def signature(self) -> Signature:
        """What it takes and gives; not looked at before somebody has to know."""
        return Signature(self.function, f"command `{self.name}`")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it as the sandbox does: JSON in, JSON out."""
        return self.run(name_arguments(self.name, self.signature.names, args, kwargs))

    def run(self, arguments: Mapping[str, object]) -> JSON:
        """Call it with arguments by name."""
        parameters = self.signature.parameters
        if not arguments.keys() <= parameters.keys():
            raise self._unknown(arguments)
        for name, parameter in parameters.items():
            if parameter.required and name not in arguments:
                raise InputError(f"`{name}` is missing", path=name)
        values = {
            name: read(parameters[name].shape, value, name)
            for name, value in arguments.items()
        }
        return write(self.signature.result, self.function(**values), "result")

    def _unknown(self, arguments: Mapping[str, object]) -> InputError:
        parameters = self.signature.parameters
        name = min(arguments.keys() - parameters.keys())
        hint = did_you_mean(name, parameters.keys() - arguments.keys())
        problem = f"`{name:.40}` is not an argument of `{self.name}`{hint}"
        return InputError(problem, path=name)

    def describe(self) -> dict[str, Any]:
        """Say what the world may know about it."""
        text = (self.function.__doc__ or "").strip()
        return {
            "function": self.function.__name__,
            "summary": text.partition("\n")[0].strip(),
            **self.signature.describe(),
        }


def name_arguments(
    command: str,
    parameters: Sequence[str],
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> dict[str, object]:
    """Give every positional argument its name."""
    if len(args) > len(parameters):
        raise InputError(
            f"`{command}` takes {len(parameters)} arguments, not {len(args)}"
        )
    named = dict(zip(parameters, args, strict=False))
    for name in named.keys() & kwargs.keys():
        raise InputError(f"`{name}` is given twice", path=name)
    return {**named, **kwargs}
