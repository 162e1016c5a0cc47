"""What data may look like: one frozen shape for each way to say it.

Annotations are read into shapes once; conversion and schema both follow the shapes,
so the two cannot disagree about an annotation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

NOTHING: Any = object()
"""A default that is not there; None is a default like any other."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What some data must look like; this one takes everything."""

    noun: str = "anything"
    """What is expected, as the end of "it must be ..."."""
    description: str = ""
    """The text in `Annotated[int, "in minutes"]`."""


@dataclass(frozen=True, kw_only=True)
class Scalar(Shape):
    """One value without parts."""

    accepts: tuple[type, ...]
    """What it may be in JSON."""
    make: Callable[[Any], Any]
    """Turns JSON into the native value; a ValueError means that it is not one."""
    keywords: tuple[tuple[str, str], ...]
    """What JSON Schema says about it."""


@dataclass(frozen=True, kw_only=True)
class Choice(Shape):
    """One of a few values: a Literal or an Enum."""

    options: tuple[tuple[JSON, Any], ...]
    """Each value as JSON, and as the plugin sees it."""


@dataclass(frozen=True, kw_only=True)
class Either(Shape):
    """A union; the first shape that fits is taken."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, kw_only=True)
class Items(Shape):
    """Any number of the same: a list, a set, or a tuple with an ellipsis."""

    noun: str = "a list"
    make: Callable[[list[Any]], Any]
    item: Shape


@dataclass(frozen=True, kw_only=True)
class Row(Shape):
    """A tuple in which every place has its own shape."""

    places: tuple[Shape, ...]


@dataclass(frozen=True, kw_only=True)
class Lookup(Shape):
    """A dict from text to values of one shape."""

    noun: str = "an object"
    value: Shape


@dataclass(frozen=True, kw_only=True)
class Named(Shape):
    """A shape that is looked into only when needed, because it may hold itself."""

    type: Any


@dataclass(frozen=True, kw_only=True)
class Record(Named):
    """A dataclass, a TypedDict or a NamedTuple: an object with known fields."""


@dataclass(frozen=True, kw_only=True)
class Alias(Named):
    """A `type Name = ...` statement."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a record, or one parameter of a command."""

    shape: Shape
    required: bool
    default: Any = NOTHING
    constructed: bool = True
    """False for a dataclass field that the constructor does not take."""
