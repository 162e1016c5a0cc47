"""What is sent: tools, schemas, turns, and less to servers that know less."""

from __future__ import annotations

import pytest
from faulty_server import whole
from parrot_server import parrot, said

from plugwright.errors import Declined, Malformed, PlugwrightError, UsageError
from plugwright.providers import (
    Finish,
    Message,
    Request,
    Sampling,
    ToolCall,
    ToolSpec,
    collected,
    streamed,
)
from plugwright_openai.chat import Chat
from plugwright_openai.messages import Messages
from plugwright_openai.schemas import is_strict

ADD = ToolSpec(name="add", summary="Add.", parameters={"type": "object"})
CALL = ToolCall(id="c1", name="add", arguments={"a": 1})
TALK = Request(
    role="r",
    template="t/1",
    messages=(
        Message("system", "Be short."),
        Message("user", "Add."),
        Message("assistant", "", calls=(CALL,)),
        Message("tool", "5", answers="c1"),
        Message("user", "And?"),
    ),
    sampling=Sampling(temperature=1.5, seed=3, max_tokens=9, stop=("END",)),
    tools=(ADD,),
)
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}
NONE: frozenset[str] = frozenset()


def test_openai_is_asked_in_its_own_words():
    body = Chat().body("m", TALK, is_streamed=True, without=NONE)

    assert body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "Add."},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "add", "arguments": '{"a": 1}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "5"},
            {"role": "user", "content": "And?"},
        ],
        "temperature": 1.5,
        "seed": 3,
        "max_tokens": 9,
        "stop": ["END"],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "add",
                    "description": "Add.",
                    "parameters": {"type": "object"},
                },
            }
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_anthropic_is_asked_in_its_own_words():
    body = Messages().body("m", TALK, is_streamed=False, without=NONE)

    assert body == {
        "model": "m",
        "system": "Be short.",
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Add."}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": "c1", "name": "add", "input": {"a": 1}}
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "c1", "content": "5"},
                    {"type": "text", "text": "And?"},
                ],
            },
        ],
        "max_tokens": 9,
        "temperature": 1.0,
        "stop_sequences": ["END"],
        "tools": [
            {"name": "add", "description": "Add.", "input_schema": {"type": "object"}}
        ],
    }


@pytest.mark.parametrize(
    ("kind", "parameter"),
    [
        ("openai", "temperature"),
        ("openai", "seed"),
        ("openai", "stream_options"),
        ("openai", "max_tokens"),
        ("anthropic", "temperature"),
    ],
)
def test_what_a_server_does_not_know_is_left_out_from_then_on(
    serve, open_at, ask, kind, parameter
):
    def picky(talk):
        if parameter not in talk.asked.body:
            return parrot(talk)
        error = {"message": f"Unsupported parameter: '{parameter}'", "code": "odd"}
        return whole(400, {"error": error})(talk)

    server = serve(picky)
    provider = open_at(server, kind)

    for _ in "ab":
        assert collected(streamed(provider, ask())).text == "hello"

    assert [parameter in asked.body for asked in server.asked] == [True, False, False]


def test_a_limit_of_tokens_is_sent_under_its_newer_name(serve, open_at, ask):
    error = {"message": "Use 'max_completion_tokens' instead.", "param": "max_tokens"}
    server = serve(whole(400, {"error": error}), whole(200, said("hello")))

    open_at(server).complete(ask(sampling=Sampling(max_tokens=9)))

    assert server.asked[1].body["max_completion_tokens"] == 9
    assert "max_tokens" not in server.asked[1].body


def test_a_server_that_complains_without_end_is_left(serve, open_at, ask):
    complaint = "temperature seed max_tokens stream_options response_format"
    server = serve(whole(400, {"error": {"message": complaint}}))

    with pytest.raises(Declined):
        open_at(server).complete(ask(schema=SCHEMA))

    assert len(server.asked) <= 6


def test_a_server_with_the_older_wish_for_json_gets_that(serve, open_at, ask):
    error = {"message": "response_format.type must be 'text' or 'json_object'"}
    server = serve(whole(400, {"error": error}), whole(200, said('{"answer": "no"}')))

    answer = open_at(server).complete(ask(schema=SCHEMA))

    assert answer.text == '{"answer": "no"}'
    first, second = (asked.body["response_format"] for asked in server.asked)
    assert (first["type"], second["type"]) == ("json_schema", "json_object")
    assert first["json_schema"]["strict"] is True
    assert second["schema"] == SCHEMA


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("yes", "it is not JSON"),
        ('{"answer": "perhaps"}', "is not one of"),
        ("{}", "'answer' is a required property"),
        ("[" * 100_000, "it is not JSON"),
        ("", "it is not JSON"),
    ],
    ids=range(5),
)
def test_an_answer_that_does_not_follow_its_schema_is_kept(
    serve, open_at, ask, text, fault
):
    provider = open_at(serve(whole(200, said(text))))
    for call in (provider.complete, lambda r: collected(streamed(provider, r))):
        with pytest.raises(Malformed) as caught:
            call(ask(schema=SCHEMA))

        assert fault in caught.value.message
        assert caught.value.text == text


def test_an_answer_without_tokens_left_says_so(serve, open_at, ask):
    provider = open_at(serve(whole(200, said('{"answer": "ye', "length"))))

    with pytest.raises(Malformed, match="no tokens left"):
        provider.complete(ask(schema=SCHEMA))


def test_a_schema_that_is_none_is_refused_before_it_costs_anything(serve, open_at, ask):
    server = serve(parrot)

    with pytest.raises(UsageError, match="not a JSON Schema"):
        open_at(server).complete(ask(schema={"type": "sausage"}))

    assert server.asked == []


@pytest.mark.parametrize("reference", ["{root}/schema.json", "#/$defs/b", "other"])
def test_a_schema_that_points_away_is_refused_and_nothing_is_fetched(
    serve, open_at, ask, reference
):
    server = serve(parrot)
    schema = {"properties": {"a": {"$ref": reference.format(root=server.root)}}}

    with pytest.raises(UsageError, match="may only point into it"):
        open_at(server).complete(ask(schema=schema))

    assert server.asked == []


def test_a_schema_may_point_into_itself(serve, open_at, ask):
    schema = {"$defs": {"a": SCHEMA}, "$ref": "#/$defs/a"}
    server = serve(whole(200, said('{"answer": "yes"}')), whole(200, said("{}")))
    provider = open_at(server)

    assert provider.complete(ask(schema=schema)).text == '{"answer": "yes"}'
    with pytest.raises(Malformed):
        provider.complete(ask(schema=schema))


def test_a_pattern_that_is_none_loses_no_answer(serve, open_at, ask):
    provider = open_at(serve(whole(200, said('"a"'))))

    with pytest.raises(PlugwrightError) as caught:
        provider.complete(ask(schema={"pattern": "("}))

    assert isinstance(caught.value, UsageError) or caught.value.text == '"a"'


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (SCHEMA, True),
        ({"type": "string"}, True),
        ({"type": "object"}, False),
        (SCHEMA | {"required": []}, False),
        ({key: SCHEMA[key] for key in ("type", "properties", "required")}, False),
        ({"type": "array", "items": SCHEMA}, True),
        ({"type": "array", "items": {"type": "object"}}, False),
        ({"anyOf": [SCHEMA, {"type": "object", "properties": {"a": {}}}]}, False),
    ],
    ids=range(8),
)
def test_strict_is_what_says_all_of_its_objects(schema, strict):
    assert is_strict(schema) is strict


def test_a_refusal_of_anthropics_is_a_decline(serve, open_at, ask):
    body = {"content": [], "stop_reason": "refusal", "usage": {}}

    with pytest.raises(Declined):
        open_at(serve(whole(200, body)), "anthropic").complete(ask())


def test_anthropics_cache_is_counted_with_the_question(serve, open_at, ask):
    provider = open_at(serve(parrot), "anthropic")
    for answer in (
        provider.complete(ask()),
        collected(streamed(provider, ask())),
    ):
        assert (answer.tokens_in, answer.tokens_cached) == (7, 2)
        assert (answer.tokens_out, answer.finish) == (3, Finish.STOP)
