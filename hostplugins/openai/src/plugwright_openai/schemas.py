"""JSON Schemas that an answer is to follow, and whether it does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from plugwright.errors import Malformed, UsageError
from plugwright.providers import Completion, Finish
from plugwright.sandboxes import JSON

if TYPE_CHECKING:
    from referencing import Registry


def check_schema(name: str, schema: Mapping[str, JSON]) -> None:
    """Refuse a schema that is none, or points out of itself, before it costs money."""
    from jsonschema import Draft202012Validator, SchemaError
    from referencing.exceptions import Unresolvable

    try:
        Draft202012Validator.check_schema(dict(schema))
        resolver = _registry(schema).resolver()
        for reference in _references(dict(schema)):
            resolver.lookup(reference)
    except (SchemaError, RecursionError) as error:
        said = getattr(error, "message", "it is too deep")
        raise UsageError(
            f"`{name}`: the schema for the answer is not a JSON Schema: {said:.200}",
            remedy="correct the schema",
        ) from error
    except Unresolvable as error:
        raise UsageError(
            f"`{name}`: the schema for the answer refers to `{error.ref:.200}`, which"
            " is not in it",
            remedy="correct the schema: a `$ref` may only point into it",
        ) from error


def _registry(schema: Mapping[str, JSON]) -> Registry[Any]:
    """Make what knows this schema and fetches nothing, as jsonschema otherwise does."""
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    empty: Registry[Any] = Registry()
    made: Registry[Any] = empty.with_resource(
        "", DRAFT202012.create_resource(dict(schema))
    )
    return made


def _references(schema: JSON) -> Iterator[str]:
    if isinstance(schema, list):
        for each in schema:
            yield from _references(each)
    elif isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference
        for each in schema.values():
            yield from _references(each)


def check_answer(name: str, schema: Mapping[str, JSON], completion: Completion) -> None:
    """Raise `Malformed`, which keeps the text, if an answer does not follow a schema.

    No server is believed: some take the schema and pass over it, others know only a
    part of what schemas can say.
    """
    if completion.finish in (Finish.TOOLS, Finish.CANCELLED):
        return
    from jsonschema import Draft202012Validator

    try:
        found = json.loads(completion.text)
        validator = Draft202012Validator(dict(schema), registry=_registry(schema))
        faults = validator.iter_errors(found)
        fault = next(faults, None)
    except (ValueError, RecursionError) as error:
        ended = "; it had no tokens left" * (completion.finish is Finish.LENGTH)
        raise _malformed(name, f"it is not JSON{ended}", completion) from error
    except Exception as error:  # broad on purpose: patterns and references of anybody
        raise Malformed(
            name,
            f"its answer cannot be compared with the schema: {error!s:.200}",
            text=completion.text,
            remedy="correct the schema",
        ) from error
    if fault is not None:
        place = fault.json_path if fault.path else "it"
        raise _malformed(name, f"{place}: {fault.message:.200}", completion)


def is_strict(schema: JSON) -> bool:
    """Whether every object says all that it has: what OpenAI calls `strict`."""
    if isinstance(schema, list):
        return all(is_strict(each) for each in schema)
    if not isinstance(schema, dict):
        return True
    properties = schema.get("properties")
    if schema.get("type") == "object" or properties is not None:
        if not isinstance(properties, dict) or schema.get("additionalProperties"):
            return False
        required = schema.get("required")
        if not isinstance(required, list) or {*map(str, required)} != {*properties}:
            return False
        if "additionalProperties" not in schema:
            return False
    return all(is_strict(each) for each in schema.values())


def _malformed(name: str, what: str, completion: Completion) -> Malformed:
    return Malformed(
        name,
        f"its answer does not follow the schema: {what}",
        completion=completion,
        remedy="ask again, and say what is wrong with it; or use another model",
    )
