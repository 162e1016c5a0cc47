"""The arguments of a service: read strictly, for a guest chose every byte of them."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from plugwright.errors import Refused
from plugwright.sandboxes import JSON


class Arguments(BaseModel):
    """What one service takes, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)


A = TypeVar("A", bound=Arguments)


def read(shape: type[A], arguments: dict[str, JSON]) -> A:
    """Read arguments. Raises `Refused` with the first that does not fit."""
    try:
        return shape.model_validate(arguments)
    except ValidationError as error:
        found = error.errors(include_input=False)[0]
        place = ".".join(map(str, found["loc"])) or "arguments"
        raise Refused(f"`{place:.80}`: {found['msg']}") from error
