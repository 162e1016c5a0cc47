"""What an answer has to be: a text, or an object that a person described."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from plugwright.errors import UsageError

if TYPE_CHECKING:
    from plugwright.sandboxes import JSON

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Unreadable(ValueError):
    """An answer is not as asked; says so in words for the model."""


class Shape(Protocol[T_co]):
    """How an answer is asked for, and read."""

    @property
    def schema(self) -> Mapping[str, JSON] | None:
        """What the model is told; None for a text."""

    def read(self, text: str) -> T_co:
        """Make the value of what the model said. Raises `Unreadable`."""


class Text:
    """Any answer will do."""

    schema: Mapping[str, JSON] | None = None

    def read(self, text: str) -> str:
        """Take it as it is."""
        return text


class Typed(Generic[T]):
    """An answer that pydantic can make: a model, a dataclass, a list of them."""

    def __init__(self, type: Any) -> None:
        from pydantic import TypeAdapter
        from pydantic.errors import PydanticUserError

        try:
            self._adapter: TypeAdapter[T] = TypeAdapter(type)
            self.schema: Mapping[str, JSON] | None = self._adapter.json_schema()
        except (PydanticUserError, NameError) as error:
            raise UsageError(
                f"an answer cannot be a `{type!r:.80}`: {str(error).splitlines()[0]}",
                remedy="ask for texts, numbers, lists, dataclasses or models of"
                " pydantic",
            ) from error

    def read(self, text: str) -> T:
        """Find the JSON in it, and have it looked at."""
        from pydantic import ValidationError

        from plugwright.agents.signatures import in_words

        try:
            return self._adapter.validate_json(json_in(text))
        except ValidationError as error:
            raise Unreadable(in_words(error)) from None


def shape_of(type: Any) -> Shape[Any]:
    """Give the shape of a type of Python."""
    return Text() if type is str else Typed(type)


_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)


def json_in(text: str) -> str:
    """Find the JSON in what a model said around it; all of it if there is none."""
    # Some models think aloud first.
    whole = text.rpartition("</think>")[2].strip()
    if whole[:1] not in ("{", "[", '"') and (fenced := _FENCED.search(whole)):
        return fenced[1].strip()
    opening = re.search(r"[{\[]", whole)
    if opening is None or whole.startswith('"'):
        return whole
    # Only the first bracket: what is within an answer that was cut off is no answer.
    try:
        _, end = json.JSONDecoder().raw_decode(whole, opening.start())
    except (ValueError, RecursionError):
        return whole
    return whole[opening.start() : end]


def told(schema: Mapping[str, JSON]) -> str:
    """Tell a model what its answer has to be."""
    return (
        "Answer with one JSON value and nothing else. It has to follow this JSON"
        f" Schema:\n{json.dumps(schema, ensure_ascii=False)}"
    )
