"""Secrets by reference: settings say where a secret is, never what it is."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plugwright.errors import UsageError
from plugwright.redaction import hide
from plugwright.redaction import redact as redact

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+", re.ASCII)


class Secret:
    """Where a secret is: `env:NAME` or `file:PATH`."""

    def __init__(self, reference: str) -> None:
        if not _REFERENCE.fullmatch(reference):
            raise UsageError(
                "a secret is not written down but referred to",
                remedy="write `env:NAME` or `file:PATH`, and keep the secret there",
            )
        self.reference = reference

    def reveal(self) -> str:
        """Read the secret, as it is now. Raises UsageError if it is not there."""
        kind, _, place = self.reference.partition(":")
        text = _of_environment(place) if kind == "env" else _of_file(Path(place))
        hide(text)
        return text

    def __repr__(self) -> str:
        return f"Secret({self.reference!r})"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda secret: secret.reference, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": f"^({_REFERENCE.pattern})$",
            "description": "where the secret is: `env:NAME` or `file:PATH`",
        }


def _of_environment(name: str) -> str:
    if name not in os.environ:
        raise UsageError(
            f"the environment has no `{name}`", remedy=f"export {name}=..., then again"
        )
    return os.environ[name]


def _of_file(path: Path) -> str:
    try:
        place = path.expanduser()
        if not place.is_absolute():
            raise ValueError("which folder it is in has to be said")
        return place.read_text("utf-8").strip()
    except (OSError, ValueError, RuntimeError) as error:  # a `~name` that nobody has
        raise UsageError(
            f"the secret's file `{path}` cannot be read: {error}",
            remedy="write the secret there, readable for you alone",
        ) from error
