"""What the annotations of a plugin say about data, or why they cannot be followed."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections import abc
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import PurePath
from typing import Any, Literal, Union, get_args, get_origin

from plugwright_sdk.shapes import (
    NOTHING,
    Alias,
    Choice,
    Either,
    Field,
    Items,
    Lookup,
    Record,
    Row,
    Scalar,
    Shape,
)


class Unsupported(TypeError):
    """An annotation that has no place in JSON."""


_DECIMAL = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"


def _decimal(text: str) -> Decimal:
    # Decimal takes more than the schema allows: "NaN", "Infinity", "1_000".
    if not re.fullmatch(_DECIMAL, text):
        raise ValueError(text)
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise ValueError(text) from error


def _scalar(
    noun: str, accepts: tuple[type, ...], make: Callable[[Any], Any], **keywords: str
) -> Scalar:
    # No dict: every command with an `int` shares one shape, and a plugin can see it.
    facts = tuple(keywords.items())
    return Scalar(noun=noun, accepts=accepts, make=make, keywords=facts)


def _text(noun: str, make: Callable[[str], Any], **keywords: str) -> Scalar:
    return _scalar(noun, (str,), make, type="string", **keywords)


_NULL = _scalar("nothing (null)", (type(None),), lambda _: None, type="null")
_SCALARS: dict[Any, Scalar] = {
    None: _NULL,
    type(None): _NULL,
    bool: _scalar("true or false", (bool,), bool, type="boolean"),
    int: _scalar("a whole number", (int,), int, type="integer"),
    float: _scalar("a number", (int, float), float, type="number"),
    str: _text("text", str),
    date: _text("a date like '2026-03-01'", date.fromisoformat, format="date"),
    datetime: _text(
        "a date and time like '2026-03-01T09:30:00'",
        datetime.fromisoformat,
        format="date-time",
    ),
    time: _text("a time like '09:30:00'", time.fromisoformat, format="time"),
    Decimal: _text("decimal text like '12.50'", _decimal, pattern=_DECIMAL),
}

_INSTEAD: dict[Any, str] = {
    bytes: "`str`, with base64 text in it",
    bytearray: "`str`, with base64 text in it",
    timedelta: "`float`, in seconds",
    abc.Sequence: "`list[...]`",
    abc.Collection: "`list[...]`",
    abc.Iterable: "`list[...]`",
    abc.Iterator: "`list[...]`",
    types.GeneratorType: "`list[...]`",
    range: "`list[int]`",
    abc.Set: "`set[...]`",
    abc.Mapping: "`dict[str, ...]`",
    abc.MutableMapping: "`dict[str, ...]`",
    dict: "`dict[str, ...]`, for the keys of a JSON object are text",
}


def advise(kind: Any) -> str:
    """Say what to use in place of a type that has no place in JSON."""
    if isinstance(kind, type) and issubclass(kind, PurePath):
        return "use `str`"
    return (
        f"use {_INSTEAD.get(kind, 'a dataclass, or lists and dicts of plain values')}"
    )


def shape_of(annotation: Any) -> Shape:
    """Read one annotation."""
    for read in (_wrapped, _plain, _union, _choice, _container, _record):
        if shape := read(annotation):
            return shape
    kind = get_origin(annotation)
    shown = annotation if kind else getattr(annotation, "__name__", annotation)
    raise Unsupported(f"`{shown}` has no place in JSON; {advise(kind or annotation)}")


def _wrapped(annotation: Any) -> Shape | None:
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        shape = shape_of(annotation.__origin__)
        texts = [text for text in annotation.__metadata__ if isinstance(text, str)]
        return dataclasses.replace(shape, description=texts[0]) if texts else shape
    if origin in (typing.Required, typing.NotRequired):
        return shape_of(get_args(annotation)[0])
    if hasattr(annotation, "__supertype__"):  # a NewType
        return shape_of(annotation.__supertype__)
    if hasattr(annotation, "__value__"):  # `type Name = ...`, from Python 3.12 on
        return Alias(noun=f"`{annotation.__name__}`", type=annotation)
    return None


def _plain(annotation: Any) -> Shape | None:
    if annotation is Any or annotation is object:
        return Shape()
    is_class = annotation is None or isinstance(annotation, type)
    return _SCALARS.get(annotation) if is_class else None


def _union(annotation: Any) -> Shape | None:
    if get_origin(annotation) not in (Union, types.UnionType):
        return None
    return _either(*map(shape_of, get_args(annotation)))


def _choice(annotation: Any) -> Shape | None:
    if get_origin(annotation) is Literal:
        natives = get_args(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        natives = tuple(annotation)
    else:
        return None
    options = tuple(
        (_option(native), native) for native in natives if native is not None
    )
    words = ", ".join(repr(plain) for plain, _ in options)
    choice = Choice(noun=f"one of {words}" if options[1:] else words, options=options)
    if None not in natives:
        return choice
    # A schema must hold no null value, so null is a shape beside the options.
    return _either(choice, _NULL) if options else _NULL


def _either(*shapes: Shape) -> Either:
    return Either(noun=" or ".join(shape.noun for shape in shapes), shapes=shapes)


def _option(native: Any) -> bool | int | float | str:
    plain = native.value if isinstance(native, Enum) else native
    if isinstance(plain, (bool, int, float, str)):
        return plain
    raise Unsupported(
        f"the option `{native!r}` has no place in JSON; use text or numbers"
    )


def _container(annotation: Any) -> Shape | None:
    kind, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if kind in (list, set, frozenset):
        return Items(make=kind, item=shape_of(*arguments or (Any,)))
    if kind is tuple:
        is_empty = not arguments and isinstance(annotation, types.GenericAlias)
        return _tuple(arguments if arguments or is_empty else (Any, ...))
    if kind is dict:
        key, value = arguments or (str, Any)
        if key is not str:
            raise Unsupported(f"`{annotation}` has no place in JSON; {advise(dict)}")
        return Lookup(value=shape_of(value))
    return None


def _tuple(places: tuple[Any, ...]) -> Shape:
    if len(places) == 2 and places[1] is ...:
        return Items(make=tuple, item=shape_of(places[0]))
    return Row(
        noun=f"a list of exactly {len(places)}", places=tuple(map(shape_of, places))
    )


def _record(annotation: Any) -> Shape | None:
    if not isinstance(annotation, type) or isinstance(annotation, types.GenericAlias):
        return None
    is_named_tuple = issubclass(annotation, tuple) and hasattr(annotation, "_fields")
    is_own = dataclasses.is_dataclass(annotation) or typing.is_typeddict(annotation)
    if not is_named_tuple and not is_own:
        return None
    return Record(noun=f"an object like `{annotation.__name__}`", type=annotation)


def hints_of(thing: Any) -> dict[str, Any]:
    """Evaluate the annotations of a function or class."""
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except NameError as error:
        raise Unsupported(
            f"`{thing.__name__}` is annotated with `{error.name}`, which its module "
            "does not define; define or import it at the top level"
        ) from None


@cache
def fields_of(kind: Any) -> Mapping[str, Field]:
    """Look into a dataclass, a TypedDict or a NamedTuple."""
    hints = hints_of(kind)
    return {
        name: Field(shape=_field_shape(kind, name, hints), **facts)
        for name, facts in _facts(kind, hints)
    }


def _field_shape(kind: Any, name: str, hints: dict[str, Any]) -> Shape:
    try:
        return shape_of(hints.get(name, Any))
    except Unsupported as error:
        raise Unsupported(f"field `{name}` of `{kind.__name__}`: {error}") from None


def _facts(kind: Any, hints: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if dataclasses.is_dataclass(kind):
        yield from _dataclass_facts(kind, hints)
    elif typing.is_typeddict(kind):
        for name in hints:
            yield name, {"required": _is_required(kind, name, hints[name])}
    else:
        defaults: dict[str, Any] = getattr(kind, "_field_defaults", {})
        for name in getattr(kind, "_fields", ()):
            default = defaults.get(name, NOTHING)
            yield name, {"required": default is NOTHING, "default": default}


def _dataclass_facts(
    kind: Any, hints: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, hint in hints.items():
        if isinstance(hint, dataclasses.InitVar):
            raise Unsupported(
                f"`{kind.__name__}.{name}` is an InitVar, which nothing would "
                "remember; use a field"
            )
    for field in dataclasses.fields(kind):
        has_default = field.default is not dataclasses.MISSING
        has_factory = field.default_factory is not dataclasses.MISSING
        yield (
            field.name,
            {
                "required": field.init and not has_default and not has_factory,
                "default": field.default if has_default else NOTHING,
                "constructed": field.init,
            },
        )


def _is_required(kind: Any, name: str, hint: Any) -> bool:
    # The hint knows better than `__required_keys__`, which cannot see through
    # `from __future__ import annotations`.
    if get_origin(hint) in (typing.Required, typing.NotRequired):
        return get_origin(hint) is typing.Required
    return name in kind.__required_keys__
