"""Whether an answer follows its schema: the grammar alone does not see to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from plugwright.errors import Malformed, UsageError
from plugwright.providers import Completion, Finish
from plugwright.sandboxes import JSON


def check_schema(schema: Mapping[str, JSON]) -> None:
    """Refuse what is no JSON Schema, before a model works on it."""
    try:
        _kind_of(schema).check_schema(dict(schema))
    except SchemaError as error:
        raise UsageError(
            f"the schema is no JSON Schema: {error.message[:200]}",
            remedy="correct the schema",
        ) from None


def _kind_of(schema: Mapping[str, JSON]) -> type[Validator]:
    """Give what knows the draft that a schema is written in; else, the newest."""
    return validator_for(schema, default=Draft202012Validator)


def checked(
    completion: Completion, schema: Mapping[str, JSON], model: str
) -> Completion:
    """Give an answer back if it follows its schema; raises `Malformed` otherwise."""
    if completion.finish is Finish.CANCELLED:
        return completion
    if completion.finish is Finish.LENGTH:
        raise Malformed(
            model,
            f"the answer was cut off after {completion.tokens_out} tokens, before it"
            " was whole",
            completion=completion,
            remedy="allow more with `max_tokens`, or ask for less",
        )
    try:
        value = json.loads(completion.text)
        # An empty registry: a reference to somewhere else is not fetched.
        registry: Registry[Any] = Registry()
        validator = _kind_of(schema)(schema, registry=registry)
        error = best_match(validator.iter_errors(value))
    except (ValueError, RecursionError) as wrong:
        raise _unlike(completion, model, f"it is no JSON: {wrong}") from None
    except Unresolvable as wrong:
        raise UsageError(
            f"the schema refers to what is not in it: {wrong}",
            remedy="correct the schema",
        ) from None
    if error is not None:
        raise _unlike(completion, model, f"at `{error.json_path}`: {error.message}")
    return completion


def _unlike(completion: Completion, model: str, why: str) -> Malformed:
    return Malformed(
        model,
        f"the answer does not follow the schema: {why[:300]}",
        completion=completion,
        remedy="show the model its answer and this sentence, and ask again",
    )
