"""Between JSON and the values of a plugin, in both directions, with exact complaints.

Everything goes through plain JSON: a native value is encoded first and then read by
its shape. So a plugin and its tests see the same values with or without a sandbox.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, is_typeddict

from plugwright_sdk.annotations import advise, fields_of, shape_of
from plugwright_sdk.errors import InputError, OutputError, did_you_mean
from plugwright_sdk.shapes import (
    JSON,
    Alias,
    Choice,
    Either,
    Items,
    Lookup,
    Record,
    Row,
    Scalar,
    Shape,
)

DEPTH = 64
"""How deep data may be nested; a value that contains itself ends here too."""

DIGITS = 4000
"""How long a number may be; Python refuses to write numbers not much longer."""

_TOO_BIG = 10**DIGITS
_SMALL = 1 << 53
_PLAIN = (str, bool, type(None))
"""Types that JSON has, without the numbers, which have limits."""

Complaint = TypeVar("Complaint", InputError, OutputError)


class Mismatch(ValueError):
    """Some part of the data is wrong; its path grows while the error travels up."""

    def __init__(self, problem: str, *, progress: int = 1) -> None:
        super().__init__(problem)
        self.problem = problem
        self.progress = progress
        """How much did match: a union complains about the option that got furthest."""
        self.steps: list[str] = []

    def under(self, step: str) -> Mismatch:
        """Say in which part it happened, and go on."""
        self.steps.append(step)
        self.progress += 1
        return self

    def complain(self, about: type[Complaint], root: str) -> Complaint:
        """Make the error that people see."""
        path = root + "".join(reversed(self.steps))
        shown = path if len(path) <= 160 else f"{path[:100]}…"
        return about(f"`{shown}` {self.problem}", path=shown)


def read(shape: Shape, value: object, root: str) -> Any:
    """Turn JSON or a native value into what the plugin's annotation promises it."""
    try:
        return Reader().read(shape, encode(value))
    except Mismatch as mismatch:
        raise mismatch.complain(InputError, root) from None


def write(shape: Shape, value: object, root: str) -> JSON:
    """Turn what the plugin gives into JSON that matches its annotation."""
    try:
        data = encode(value)
        Checker().read(shape, data)
    except Mismatch as mismatch:
        raise mismatch.complain(OutputError, root) from None
    return data


def encode(value: object, depth: int = 0) -> JSON:
    """Write a native value as plain JSON data that shares nothing with it."""
    # Most values are plain, and every call pays for the list below.
    if type(value) in _PLAIN or (type(value) is int and abs(value) < _SMALL):
        return value  # type: ignore[return-value]
    if depth > DEPTH:
        raise Mismatch(f"is nested more than {DEPTH} deep, or contains itself")
    match value:
        case None | bool():
            return value
        case Enum():
            return encode(value.value, depth)
        case str():
            return str.__str__(value)  # the text itself, should a subclass hide it
        case int() | float() | Decimal():
            return _number(value)
        case date() | time():
            return value.isoformat()
        case dict():
            return _object(value.items(), depth)
        case tuple() if hasattr(value, "_asdict"):
            return _object(value._asdict().items(), depth)
        case list() | tuple():
            return _array(value, depth)
        case set() | frozenset():
            # Sorted, because the order of a set differs from one process to the next.
            return sorted(_array(value, depth), key=_rank)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return _object(((f.name, getattr(value, f.name)) for f in fields), depth)
    kind = type(value)
    raise Mismatch(
        f"is of type `{kind.__name__}`, which JSON cannot hold; {advise(kind)}"
    )


def _number(value: int | float | Decimal) -> JSON:
    if not isinstance(value, int) and not math.isfinite(value):
        raise Mismatch("must be a finite number, not NaN or infinity")
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        return float(value)
    if abs(value) >= _TOO_BIG:
        raise Mismatch(f"is a number of more than {DIGITS} digits")
    return int(value)


def _array(items: Iterable[object], depth: int) -> list[JSON]:
    data = []
    for index, item in enumerate(items):
        try:
            data.append(encode(item, depth + 1))
        except Mismatch as mismatch:
            raise mismatch.under(f"[{index}]") from None
    return data


def _object(items: Iterable[tuple[object, object]], depth: int) -> dict[str, JSON]:
    data = {}
    for key, item in items:
        if not isinstance(key, str):
            raise Mismatch(f"has the key {key!r:.40}, but in JSON every key is text")
        try:
            data[str.__str__(key)] = encode(item, depth + 1)
        except Mismatch as mismatch:
            raise mismatch.under(_key_step(key)) from None
    return data


def _rank(data: JSON) -> tuple[bool, Any, str]:
    """Numbers by size, everything else by its text."""
    is_number = isinstance(data, (int, float))
    return not is_number, data if is_number else 0, json.dumps(data, sort_keys=True)


def _key_step(key: str) -> str:
    return f".{key}" if key.isidentifier() else f"[{key!r:.40}]"


def show(data: JSON) -> str:
    """Name a piece of data in a sentence, shortly."""
    match data:
        case None:
            return "null"
        case bool():
            return str(data).lower()
        case str():
            return f"the text {data if len(data) <= 40 else data[:40] + '…'!r}"
        case int() | float():
            return f"the number {data}" if len(str(data)) <= 40 else "a huge number"
        case list():
            return f"a list of {len(data)}"
    return "an object"


def _unlike(shape: Shape, data: JSON) -> Mismatch:
    return Mismatch(f"must be {shape.noun}, not {show(data)}", progress=0)


class Reader:
    """Reads JSON data by its shape, into the values that a plugin works with."""

    def collect(self, shape: Items, items: list[Any]) -> Any:
        """Make the list, set or tuple."""
        try:
            return shape.make(items)
        except TypeError:  # a set of things that cannot be in a set
            raise Mismatch("holds things that a Python set cannot hold") from None

    def construct(self, shape: Record, values: dict[str, Any]) -> Any:
        """Make the object; what its own `__post_init__` refuses is bad input."""
        fields = fields_of(shape.type)
        given = {n: value for n, value in values.items() if fields[n].constructed}
        try:
            made = shape.type(**given)
        except ValueError as error:
            raise Mismatch(f"is refused: {error}") from None
        _check_made(made, shape.type)
        for name in values.keys() - given.keys():
            object.__setattr__(made, name, values[name])  # it may be frozen
        return made

    def read(self, shape: Shape, data: JSON) -> Any:
        """Give back the value, or say which part does not match."""
        if isinstance(shape, Scalar):
            return self._scalar(shape, data)
        match shape, data:
            case Alias(), _:
                return self.read(shape_of(shape.type.__value__), data)
            case Choice(), _:
                return self._choice(shape, data)
            case Either(), _:
                return self._either(shape, data)
            case Items(), list():
                shapes = [shape.item] * len(data)
                return self.collect(shape, self._items(shapes, data))
            case Row(), list() if len(data) == len(shape.places):
                return tuple(self._items(shape.places, data))
            case Lookup(), dict():
                return self._entries(dict.fromkeys(data, shape.value), data)
            case Record(), dict():
                return self._record(shape, data)
        if type(shape) is Shape:
            return data
        raise _unlike(shape, data)

    def _scalar(self, shape: Scalar, data: JSON) -> Any:
        # The exact type: for Python, True is a whole number too.
        if type(data) in shape.accepts:
            try:
                return shape.make(data)
            except (ValueError, OverflowError):
                pass
        raise _unlike(shape, data)

    def _choice(self, shape: Choice, data: JSON) -> Any:
        for plain, native in shape.options:
            if plain == data and isinstance(plain, bool) is isinstance(data, bool):
                return native
        known = [plain for plain, _ in shape.options if isinstance(plain, str)]
        hint = did_you_mean(data, known) if isinstance(data, str) else ""
        raise Mismatch(f"{_unlike(shape, data)}{hint}", progress=len(hint))

    def _either(self, shape: Either, data: JSON) -> Any:
        mismatches = []
        for option in shape.shapes:
            try:
                return self.read(option, data)
            except Mismatch as mismatch:
                mismatches.append(mismatch)
        furthest = max(mismatches, key=lambda mismatch: mismatch.progress)
        raise furthest if furthest.progress else _unlike(shape, data)

    def _items(self, shapes: Iterable[Shape], data: list[JSON]) -> list[Any]:
        values = []
        for index, (shape, item) in enumerate(zip(shapes, data, strict=True)):
            try:
                values.append(self.read(shape, item))
            except Mismatch as mismatch:
                raise mismatch.under(f"[{index}]") from None
        return values

    def _entries(
        self, shapes: Mapping[str, Shape], data: dict[str, JSON]
    ) -> dict[str, Any]:
        values = {}
        for name, item in data.items():
            try:
                values[name] = self.read(shapes[name], item)
            except Mismatch as mismatch:
                raise mismatch.under(_key_step(name)) from None
        return values

    def _record(self, shape: Record, data: dict[str, JSON]) -> Any:
        fields = fields_of(shape.type)
        for name in sorted(data.keys() - fields.keys()):
            hint = did_you_mean(name, fields.keys() - data.keys())
            raise Mismatch(f"has no field `{name:.40}`{hint}")
        for name, field in fields.items():
            if field.required and name not in data:
                raise Mismatch("is missing").under(_key_step(name))
        shapes = {name: field.shape for name, field in fields.items()}
        return self.construct(shape, self._entries(shapes, data))


def _check_made(made: object, kind: type) -> None:
    """See that a class made one of its own; its `__new__` may give anything.

    What is set on it afterwards must not be set on somebody else's object.
    """
    # What a TypedDict makes is a dict, and it can have no `__new__`.
    if type(made) is not kind and not is_typeddict(kind):
        raise TypeError(
            f"`{kind.__name__}(...)` made a `{type(made).__name__}`; "
            "its `__new__` must give an object of the class itself"
        )


class Checker(Reader):
    """Compares JSON data with its shape and makes nothing, so nobody's code runs."""

    def collect(self, shape: Items, items: list[Any]) -> Any:
        """Leave the items as they are."""
        return items

    def construct(self, shape: Record, values: dict[str, Any]) -> Any:
        """Leave the fields as they are."""
        return values
