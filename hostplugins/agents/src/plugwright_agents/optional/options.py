"""Looks at the options of an ability before it takes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Concatenate, ParamSpec, TypeVar

from pydantic import ConfigDict, ValidationError, validate_call

from plugwright.agents import Ability
from plugwright.errors import UsageError
from plugwright.permissions import nearest

P = ParamSpec("P")
A = TypeVar("A", bound=Ability)
_GIVEN = {"self", "host"}
"""What nobody writes down as an option."""


def checked(
    init: Callable[Concatenate[A, P], None],
) -> Callable[Concatenate[A, P], None]:
    """Have an ability made only with options that there are, and of their types.

    They are written by people, in code and in files, so a mistake is a UsageError.
    """
    known = [name for name in signature(init).parameters if name not in _GIVEN]
    take = validate_call(config=ConfigDict(arbitrary_types_allowed=True))(init)

    @wraps(init)
    def made(self: A, /, *args: P.args, **options: P.kwargs) -> None:
        try:
            take(self, *args, **options)
        except ValidationError as error:
            raise _wrong(self.name, error, known) from None

    return made


def _wrong(ability: str, error: ValidationError, known: list[str]) -> UsageError:
    first = error.errors(include_input=False, include_url=False)[0]
    option = str(first["loc"][0])
    if first["type"] == "unexpected_keyword_argument":
        return UsageError(
            f"the ability `{ability}` has no option `{option:.80}`",
            remedy=nearest(option, known),
        )
    return UsageError(
        f"the option `{option:.80}` of the ability `{ability}` will not do:"
        f" {first['msg'][:1].lower()}{first['msg'][1:]}",
        remedy="correct it",
    )
