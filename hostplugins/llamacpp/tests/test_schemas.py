"""An answer follows its schema, or an error keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import validate

from plugwright.errors import Malformed, UsageError
from plugwright.providers import Cancel, Finish, Message, Request, ToolCall, ToolSpec
from plugwright_llamacpp.grammar import grammar_of
from plugwright_llamacpp.provider import LocalModel

Ask = Callable[..., Request]

TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "leaf": {"type": "boolean"},
                "next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]},
            },
            "required": ["leaf"],
        }
    },
    "$ref": "#/$defs/node",
}
FIT: list[dict[str, Any]] = [
    {"enum": ["bug", "wish", 3, None, {"a": [1]}]},
    {"const": 'say "half" \\ \n'},
    {"type": "boolean"},
    {"type": ["null", "boolean"]},
    {"type": "integer", "minimum": -2, "maximum": 2},
    {"type": "string", "maxLength": 0},
    {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 3},
    {"type": "array", "items": {"type": "null"}, "maxItems": 0},
    {"prefixItems": [{"const": 1}, {"type": "boolean"}], "items": False},
    {"type": "object", "properties": {}},
    {
        "type": "object",
        "properties": {
            "a": {"type": "boolean"},
            "b": {"enum": ["x", "y"]},
            "c": {"type": "null"},
        },
    },
    {
        "type": "object",
        "properties": {
            "a": {"type": "boolean"},
            "b": {"enum": ["x", "y"]},
            "c": {"type": "null"},
        },
        "required": ["b"],
    },
    {
        "type": "object",
        "properties": {"kind": {"enum": ["bug", "wish"]}, "é": {"type": "boolean"}},
        "required": ["kind", "é"],
        "additionalProperties": False,
    },
    {
        "allOf": [
            {"properties": {"a": {"type": "boolean"}}, "required": ["a"]},
            {"properties": {"b": {"type": "null"}}, "required": ["b"]},
        ]
    },
    {"oneOf": [{"const": "a"}, {"type": "object", "properties": {}}]},
    TREE,
]


@pytest.mark.parametrize("schema", FIT, ids=range(len(FIT)))
@pytest.mark.parametrize("seed", range(3))
def test_an_answer_follows_its_schema(
    model: LocalModel, ask: Ask, schema: dict[str, Any], seed: int
) -> None:
    answer = model.complete(
        ask(schema=schema, temperature=0.7, seed=seed, max_tokens=2000)
    )

    validate(json.loads(answer.text), schema)
    assert answer.finish is Finish.STOP


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "sentence"}, "no JSON Schema"),
        ({"enum": []}, "nothing to choose from"),
        ({"enum": "ab"}, "no JSON Schema"),
        ({"$ref": "https://example.org/schema"}, "is outside of it"),
        ({"$ref": "#/$defs/missing"}, "leads nowhere"),
        ({"$ref": "#"}, "llama.cpp refuses"),
        ({"minLength": 5, "maxLength": 2, "type": "string"}, "is less than"),
        ({"type": "integer", "minimum": 5, "maximum": 2}, "no integer"),
        ({"anyOf": [False]}, "allows nothing"),
        ({"properties": 3}, "no JSON Schema"),
    ],
)
def test_a_schema_that_cannot_be_followed_is_refused(
    model: LocalModel, ask: Ask, schema: dict[str, Any], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        model.complete(ask(schema=schema))


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({"type": "string", "minLength": 3, "maxLength": 8}, "char{3,8}"),
        ({"type": "string", "minLength": 3}, "char{3,}"),
        ({"type": "string", "maxLength": 100_000}, "string"),
        ({"type": "array", "items": {"type": "null"}, "maxItems": 100_000}, "null)*"),
    ],
)
def test_lengths_are_counted_out_if_they_are_short(
    schema: dict[str, Any], rule: str
) -> None:
    assert rule in grammar_of(schema)


def test_a_schema_that_is_nested_too_deep_is_refused(
    model: LocalModel, ask: Ask
) -> None:
    schema: dict[str, Any] = {"type": "boolean"}
    for _ in range(100):
        schema = {"type": "array", "items": schema}

    with pytest.raises(UsageError, match="nested too deep"):
        model.complete(ask(schema=schema))


def test_what_the_grammar_cannot_see_is_checked_afterwards(
    model: LocalModel, ask: Ask
) -> None:
    schema = {"enum": ["a", "b"], "not": {"enum": ["a", "b"]}}

    with pytest.raises(Malformed, match="does not follow the schema") as caught:
        model.complete(ask(schema=schema))

    assert json.loads(caught.value.text) in ("a", "b")


def test_an_answer_that_was_cut_off_is_kept_in_the_error(
    model: LocalModel, ask: Ask
) -> None:
    schema = {"type": "string", "minLength": 100}

    with pytest.raises(Malformed, match="cut off after 10 tokens") as caught:
        model.complete(ask(schema=schema, max_tokens=10))

    assert caught.value.text.startswith('"')


def test_a_reference_to_somewhere_else_is_not_fetched(
    model: LocalModel, ask: Ask
) -> None:
    schema = {"enum": [1, 2], "not": {"$ref": "http://127.0.0.1:9/secret"}}

    with pytest.raises(UsageError, match="refers to what is not in it"):
        model.complete(ask(schema=schema))


def test_a_cancelled_answer_is_not_checked(model: LocalModel, ask: Ask) -> None:
    cancel = Cancel()
    cancel.wish()

    *_, done = model.stream(ask(schema={"type": "boolean"}), cancel)

    assert done.completion.finish is Finish.CANCELLED  # type: ignore[union-attr]


ADD = ToolSpec(
    name="word-counter.add",
    summary="Adds.",
    parameters={
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/digit"}, "b": {"$ref": "#/$defs/digit"}},
        "required": ["a", "b"],
        "$defs": {"digit": {"type": "integer", "minimum": 0, "maximum": 9}},
    },
)


def test_tools_are_called_with_arguments_that_fit(model: LocalModel, ask: Ask) -> None:
    found: list[ToolCall] = []
    for seed in range(20):
        request = ask(
            tools=(ADD,),
            schema={"const": "done"},
            temperature=1.5,
            seed=seed,
            max_tokens=600,
        )
        *_, done = model.stream(request, Cancel())
        answer = done.completion  # type: ignore[union-attr]
        if answer.finish is Finish.TOOLS:
            found += answer.calls
        else:
            assert answer.text == '"done"' or answer.text == "done"

    assert found
    assert len({call.id for call in found}) == len(found)
    for call in found:
        assert call.name == "word-counter.add"
        validate(call.arguments, ADD.parameters)


def test_calls_and_their_answers_are_part_of_the_conversation(
    model: LocalModel, ask: Ask
) -> None:
    call = ToolCall(id="call-1", name="word-counter.add", arguments={"a": 1, "b": 2})
    before = (
        Message("user", "What is 1 + 2?"),
        Message("assistant", "", calls=(call,)),
        Message("tool", "3", answers="call-1"),
    )

    assert model.count(ask(messages=before)) > 40
    assert model.complete(ask(messages=before)).tokens_out > 0
