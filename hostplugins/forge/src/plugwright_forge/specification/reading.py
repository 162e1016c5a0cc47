"""Reads a specification: what an architect answers, or a person changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    Tag,
)

from plugwright.errors import UsageError
from plugwright.permissions import Permission
from plugwright_forge.edge import (
    Decision,
    Line,
    Name,
    Paragraph,
    Sentence,
    Source,
    all_different,
    decided,
    held,
)
from plugwright_forge.fences import Malformed
from plugwright_forge.specification.checks import check
from plugwright_forge.specification.model import (
    Command,
    Example,
    Invariant,
    Parameter,
    Requirement,
    Setting,
    Specification,
    Wish,
    is_finite,
)

PLANS = 3


class _Requirement(Decision):
    id: Annotated[str, StringConstraints(pattern=r"^R[1-9][0-9]?$")]
    text: Line


class _Parameter(Decision):
    name: Name
    type: Line
    meaning: Line


class _Command(Decision):
    name: Line
    function: Name
    parameters: tuple[_Parameter, ...] = ()
    returns: Line
    summary: Line


class WishShape(Decision):
    """A permission that somebody wants, with the reason."""

    permission: Line
    reason: Line


class _Before(Decision):
    command: Line = ""
    arguments: dict[str, Any] = Field(default_factory=dict)
    event: Line = ""
    data: Any = None


class _Example(Decision):
    text: Sentence | None = None
    command: Line
    arguments: dict[str, Any] = Field(default_factory=dict)
    gives: Any = None
    refuses: bool = False
    requirement: Annotated[str, StringConstraints(pattern=r"^(R[1-9][0-9]?)?$")] = ""
    before: Annotated[tuple[_Before, ...], Field(max_length=20)] = ()


def _kind(value: object) -> str:
    # Without a command it is one in words, however it is written.
    return "call" if isinstance(value, dict) and "command" in value else "words"


_AnyExample = Annotated[
    Annotated[_Example, Tag("call")] | Annotated[Sentence, Tag("words")],
    Discriminator(_kind),
]


class _Invariant(Decision):
    id: Annotated[str, StringConstraints(pattern=r"^I[1-9][0-9]?$")]
    text: Line


def _value(value: object) -> object:
    if isinstance(value, str | bool) or (
        isinstance(value, int | float) and is_finite(value)
    ):
        return value
    raise ValueError("it is no text, no number, and neither true nor false")


# Strict, or `true` would become 1 and "7" a number. A text is kept to its last space.
_Text = Annotated[StrictStr, StringConstraints(strip_whitespace=False)]
_Value = Annotated[
    StrictBool | StrictInt | StrictFloat | _Text, BeforeValidator(_value)
]
_Bound = Annotated[float, Field(allow_inf_nan=False)]


class _Setting(Decision):
    name: Annotated[Name, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
    value: _Value
    meaning: Line
    least: _Bound | None = None
    most: _Bound | None = None
    choices: Annotated[tuple[_Value, ...], Field(max_length=20)] = ()


class _Specification(Decision):
    name: Line
    summary: Line
    requirements: Annotated[
        tuple[_Requirement, ...], Field(min_length=1, max_length=30)
    ]
    types: Source = ""
    commands: Annotated[tuple[_Command, ...], Field(min_length=1, max_length=20)]
    events: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    permissions: Annotated[tuple[WishShape, ...], Field(max_length=20)] = ()
    examples: Annotated[tuple[_AnyExample, ...], Field(max_length=40)] = ()
    invariants: Annotated[tuple[_Invariant, ...], Field(max_length=20)] = ()
    settings: Annotated[tuple[_Setting, ...], Field(max_length=20)] = ()
    unsure: Annotated[tuple[Sentence, ...], Field(max_length=20)] = ()
    plans: Annotated[tuple[Paragraph, ...], Field(min_length=PLANS)]


def specification(text: str) -> Specification:
    """Read what the architect decided. Raises `Malformed`."""
    return _checked(decided(_Specification, text))


def specified(value: Mapping[str, Any]) -> Specification:
    """Read a specification that was dumped, or changed. Raises `Malformed`."""
    return _checked(held(_Specification, value))


def _checked(shape: _Specification) -> Specification:
    found = Specification(
        name=shape.name,
        summary=shape.summary,
        requirements=tuple(Requirement(**dict(r)) for r in shape.requirements),
        types=shape.types,
        commands=tuple(_command(each) for each in shape.commands),
        events=tuple(shape.events),
        permissions=wishes(shape.permissions),
        examples=tuple(_example(each) for each in shape.examples),
        unsure=tuple(shape.unsure),
        plans=tuple(shape.plans),
        invariants=tuple(Invariant(**dict(each)) for each in shape.invariants),
        settings=tuple(Setting(**dict(each)) for each in shape.settings),
    )
    check(found)
    return found


def _example(shape: _Example | str) -> Example:
    if isinstance(shape, str):
        return Example(text=shape)
    before = tuple(each.model_dump(exclude_defaults=True) for each in shape.before)
    text = shape.text or _in_words(shape)
    return Example(**{**dict(shape), "text": text, "before": before})


def _in_words(shape: _Example) -> str:
    said = json.dumps(shape.arguments, ensure_ascii=False)
    if shape.refuses:
        return f"{shape.command} of {said} is refused"
    gives = json.dumps(shape.gives, ensure_ascii=False)
    return f"{shape.command} of {said} gives {gives}"


def _command(shape: _Command) -> Command:
    parameters = tuple(Parameter(**dict(each)) for each in shape.parameters)
    return Command(**{**dict(shape), "parameters": parameters})


def wishes(shapes: tuple[WishShape, ...]) -> tuple[Wish, ...]:
    """Read permissions that somebody wants. Raises `Malformed`."""
    try:
        found = [
            Wish(permission=Permission.parse(each.permission), reason=each.reason)
            for each in shapes
        ]
    except UsageError as error:
        raise Malformed(f"`permissions`: {error}") from error
    all_different("permission", [str(wish.permission) for wish in found])
    return tuple(found)
