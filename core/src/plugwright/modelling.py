"""Turns a plugin's settings into what its `configured` takes: its own model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from plugwright.admission import settings_remedy
from plugwright.errors import PlugwrightError, UsageError
from plugwright.permissions import nearest


def model_of(configured: Callable[..., object]) -> Any:
    """Give the annotation of its `settings`; a mapping if it has none."""
    parameter = signature(configured).parameters.get("settings")
    if parameter is None:
        return None
    if parameter.annotation is Parameter.empty:
        return Mapping[str, Any]
    return get_type_hints(configured)["settings"]


def schema_of(configured: Callable[..., object]) -> dict[str, Any]:
    """Give the JSON Schema of the settings that it takes."""
    model = model_of(configured)
    if model is None:
        return {}
    schema = TypeAdapter(model).json_schema()
    if "properties" in schema:
        # A model passes over what it does not know; a person has mistyped it.
        schema.setdefault("additionalProperties", False)
    return schema


def modelled(
    plugin: str, configured: Callable[..., object], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the arguments of `configured`. UsageError says what does not fit."""
    model = model_of(configured)
    if model is None:
        return {}
    schema = schema_of(configured)
    known = schema.get("properties", {})
    if schema.get("additionalProperties") is False:
        for name in settings.keys() - known.keys():
            raise _wrong(f"`{name}` is not known", nearest(name, known))
    try:
        return {"settings": TypeAdapter(model).validate_python(dict(settings))}
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, found["loc"]))
        raise _wrong(f"`{place}`: {found['msg']}", settings_remedy(plugin)) from error
    except PlugwrightError as error:
        raise _wrong(error.message, error.remedy) from error


def _wrong(what: str, remedy: str) -> UsageError:
    return UsageError(f"its settings do not fit: {what}", remedy=remedy)
