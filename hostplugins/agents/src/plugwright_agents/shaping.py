"""Answers of a shape that is no type of Python, and objects that pydantic makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from plugwright.agents import Ability, Plan, Shape, Unreadable, json_in

M = TypeVar("M", bound=BaseModel)

NAMED = 5
"""How many mistakes of an answer are named at once."""


class Shaped(Ability):
    """Has answers of a shape that is no type of Python."""

    name = "shape"

    def __init__(self, shape: Shape[Any]) -> None:
        self._shape = shape

    def settings(self, plan: Plan) -> Plan:
        """Ask for it, and read it."""
        return replace(plan, shape=self._shape)


class Modelled(Generic[M]):
    """An answer that is an object of pydantic."""

    def __init__(self, type: type[M]) -> None:
        self._type = type
        self.schema: Mapping[str, Any] | None = type.model_json_schema()

    def read(self, text: str) -> M:
        """Make the object. Raises `Unreadable`."""
        try:
            return self._type.model_validate_json(json_in(text))
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)[:NAMED]
            said = (f"{_place(each['loc'])}: {each['msg']}" for each in found)
            raise Unreadable("; ".join(said)) from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "the answer"
