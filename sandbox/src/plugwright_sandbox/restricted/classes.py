"""How a plugin's classes are made, and what none of them can be.

A class of classes decides what its classes' special methods are; so whoever makes one,
or calls one, is past every rule about names. None is offered, but some can be had as a
base: `typing.Type` stands for `type`, and an object that is no class at all has its own
class called with three arguments. So each base is looked at, and the finished class.
"""

from __future__ import annotations

import abc
import builtins
import enum
import types
import typing
from collections.abc import Callable, Collection
from typing import Any

from plugwright_sandbox.restricted import guards, rules

_NAMED, _TYPED = typing.NamedTuple, typing.TypedDict  # functions that pass for bases
METACLASSES = frozenset(
    {type, abc.ABCMeta, enum.EnumType, type(typing.Any), type(typing.Protocol)}
    | {type(base) for base in types.resolve_bases((_NAMED, _TYPED))}
)
"""The classes that a plugin's classes may have; it can hold none of them."""


def build(
    body: Callable[..., Any], name: str, /, *bases: Any, **options: Any
) -> type[Any]:
    """Make a class of a class statement: `__build_class__`."""
    for base in types.resolve_bases(bases):
        _check(base, name)
    made = builtins.__build_class__(body, name, *bases, **options)
    _check(made, name)
    _check_methods(made)
    check_inherited(made, names_of(made))
    close_patterns(made)
    return made  # type: ignore[no-any-return]


def _check(kind: Any, name: str) -> None:
    if type(kind) not in METACLASSES or issubclass(kind, (type, super)):
        raise TypeError(
            f"rule `class-base`: `{name}` has a base that is no ordinary class"
        )


def _check_methods(made: type) -> None:
    # The source text has been looked at; this is for names that came another way.
    for name, value in vars(made).items():
        if not rules.is_closed(name) or name in rules.METHODS:
            continue
        if guards.is_own_function(getattr(value, "__func__", value)):
            raise TypeError(f"rule `underscore-name`: `{name}` is reserved")


def names_of(kind: type) -> set[str]:
    """Give the attributes that the library reads from this class's objects by name."""
    fields = getattr(kind, "__dataclass_fields__", {})
    listed = getattr(kind, "__match_args__", ())
    return {*fields, *(field.name for field in fields.values()), *listed}


def check_inherited(kind: type, names: Collection[str]) -> None:
    """Refuse fields that would be read past the guards, from what is above a class.

    `format` is a fine name for a field. In a class that is text, too, it is a method
    that no plugin may have, and `asdict` would hand it out. A default in front of it
    does not help: `dataclass` takes some away, and `del` takes any.
    """
    for name in rules.LOOKED_AT.intersection(names):
        for above in kind.__mro__:
            if name in vars(above) and not guards.is_own_type(above):
                what = f"`{above.__name__}` has a `{name}` of its own"
                raise TypeError(f"rule `closed-attribute`: {what}")


def close_patterns(kind: Any) -> None:
    """Let no pattern read such fields by their place: `case Kind(x)`.

    A pattern reads them from whatever says that it is of this class, and a class with
    another one's cache (`ABC`), or a protocol, is told that everything is.
    """
    if rules.LOOKED_AT.intersection(getattr(kind, "__match_args__", ())):
        type.__setattr__(kind, "__match_args__", ())


__all__ = ["METACLASSES", "build", "check_inherited", "close_patterns", "names_of"]
