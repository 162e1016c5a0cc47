"""The edge where what others wrote becomes what the forge works with, or is refused."""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
)

from plugwright.manifest import MISLEADING
from plugwright_forge.fences import Malformed, json_object


def _readable(text: str) -> str:
    if MISLEADING.search(text):
        raise ValueError("it has characters that a screen does not show as they are")
    return text


def _on_one_line(text: str) -> str:
    return _readable(" ".join(text.split()))


def _as_text(value: object) -> object:
    # An example may well be written as the JSON that it talks about.
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _identifier(name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ValueError("it is not a public Python name")
    return name


Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300),
    AfterValidator(_on_one_line),
    StringConstraints(min_length=1),
]
Paragraph = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_on_one_line)
]
Sentence = Annotated[Paragraph, BeforeValidator(_as_text)]
Source = Annotated[str, StringConstraints(max_length=8000), AfterValidator(_readable)]
Name = Annotated[Line, AfterValidator(_identifier)]


class Decision(BaseModel):
    # What a model adds of its own does no harm; what it leaves out does.
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


D = TypeVar("D", bound=Decision)
_DEEPEST = 60
"""Lists and objects in each other; Python reads no source with 200 open brackets."""


def decided(shape: type[D], text: str) -> D:
    """Read a model's answer. Raises `Malformed`, with the place."""
    return held(shape, json_object(text))


def held(shape: type[D], value: object) -> D:
    """Hold a value against its shape. Raises `Malformed`, with the place."""
    try:
        decision = shape.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        place = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}"
            for part in found["loc"]
        ).removeprefix(".")
        raise Malformed(f"`{place}`: {found['msg']}") from error
    _refuse_unwritable(value)
    return decision


def _refuse_unwritable(value: object) -> None:
    """Refuse what could be neither kept as UTF-8 nor written into a test."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise Malformed("it has half of a character: a lone surrogate") from error
    except (TypeError, ValueError) as error:
        raise Malformed(f"it has a value that JSON cannot say: {error}") from error
    inside, depth = [value], 0
    while inside:
        depth += 1
        if depth > _DEEPEST:
            raise Malformed(f"it is nested deeper than {_DEEPEST} levels")
        inside = [each for one in inside for each in _parts(one)]


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def all_different(what: str, names: Iterable[Any]) -> None:
    """Raise `Malformed` if a name is there twice."""
    names = [*names]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Malformed(f"there are two of the {what} `{twice}`")
