"""Whatever a server does, a call ends in an answer or in a typed error."""

from __future__ import annotations

import gzip
import json

import pytest
from faulty_server import events, silence, whole
from parrot_server import parrot, piece, said

from plugwright import Agent
from plugwright.errors import (
    Declined,
    Malformed,
    NotAuthenticated,
    PlugwrightError,
    ProviderError,
    RateLimited,
    TooLong,
    Unavailable,
    UsageError,
)
from plugwright.providers import Completion, Finish, ToolSpec, collected, streamed

ADD = ToolSpec(name="add", summary="Add.", parameters={"type": "object"})


def _error(message="no", **more):
    return {"error": {"message": message, **more}}


def _both_ways(provider, request):
    """Ask at once and in pieces; gives what was raised."""
    raised = []
    for call in (provider.complete, lambda r: collected(streamed(provider, r))):
        with pytest.raises(PlugwrightError) as caught:
            call(request)
        raised.append(caught.value)
    assert type(raised[0]) is type(raised[1])
    return raised[0]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, _error("Incorrect API key"), NotAuthenticated),
        (403, _error("not your model"), NotAuthenticated),
        (429, _error("slow down"), RateLimited),
        (402, _error("pay first"), RateLimited),
        (500, _error("oops"), Unavailable),
        (502, b"<html>Bad Gateway</html>", Unavailable),
        (503, b"", Unavailable),
        (504, b"\xff\xfe", Unavailable),
        (529, {"type": "error", "error": {"type": "overloaded_error"}}, Unavailable),
        (400, _error("context_length_exceeded"), TooLong),
        (413, _error("prompt is too long: 9 tokens > 8 maximum"), TooLong),
        (400, _error("flagged", code="content_filter"), Declined),
        (400, _error("messages: at least one"), Declined),
        (422, {"detail": [{"msg": "Field required"}]}, Declined),
        (404, _error("nothing here"), UsageError),
        (404, _error("The model `parrot` does not exist"), UsageError),
        (418, [], Declined),
        (200, _error("oops", type="server_error"), Unavailable),
        (200, {"error": "a string"}, Unavailable),
    ],
)
def test_errors_are_typed_and_say_what_to_do(serve, open_at, ask, status, body, kind):
    provider = open_at(serve(whole(status, body)), retries=0)

    error = _both_ways(provider, ask())

    assert type(error) is kind
    assert "openai:parrot" in error.message
    assert error.remedy or status == 429


@pytest.mark.parametrize(
    ("body", "tokens", "context"),
    [
        (
            _error(
                "This model's maximum context length is 8192 tokens. However, your "
                "messages resulted in 9001 tokens.",
                code="context_length_exceeded",
            ),
            9001,
            8192,
        ),
        (_error("prompt is too long: 210000 tokens > 200000 maximum"), 210000, 200000),
        (
            _error(
                "the request exceeds the available context size, try increasing it",
                type="exceed_context_size_error",
                n_prompt_tokens=500,
                n_ctx=256,
            ),
            500,
            256,
        ),
        (_error("context_length_exceeded"), 0, 0),
    ],
)
def test_too_long_says_what_would_fit(serve, open_at, ask, body, tokens, context):
    provider = open_at(serve(whole(400, body)))

    error = _both_ways(provider, ask())

    assert isinstance(error, TooLong)
    assert (error.tokens, error.context) == (tokens, context)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>welcome</html>",
        b"[" * 100_000,
        b'{"choices": [{"message": {"content": ' + b"1" * 5000 + b"}}]}",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{}",
        {"choices": {}},
        {"choices": []},
        {"choices": [7]},
        {"choices": [{"message": "hello"}]},
        {"choices": [{"message": {"content": 7}}]},
        {"choices": [{"message": {"content": [7]}}]},
        {"choices": [{"message": {"tool_calls": "add"}}]},
        {"choices": [{"message": {"tool_calls": [7]}}]},
        {"choices": [{"message": {"tool_calls": [{"function": {}}]}}]},
        {"choices": [{"message": {"tool_calls": [{"function": {"name": 7}}]}}]},
        said(tool_calls=[{"function": {"name": "add", "arguments": "{"}}]),
        said(tool_calls=[{"function": {"name": "add", "arguments": "[1]"}}]),
    ],
    ids=range(21),
)
def test_what_is_not_as_agreed_is_malformed(serve, open_at, ask, body):
    error = _both_ways(open_at(serve(whole(200, body))), ask())

    assert isinstance(error, Malformed)
    assert len(error.message) < 2000


@pytest.mark.parametrize(
    "pieces",
    [
        [b"data: {\n\n"],
        [b"data: 7\n\n"],
        [b"data: {}\n\n"],
        [b"data: " + b"[" * 100_000 + b"\n\n"],
        [b"<html>welcome</html>"],
        [],
        [{"choices": 7}],
        [{"choices": [{"delta": "hello"}]}],
        [{"choices": [{"delta": {"content": 7}}]}],
        [{"choices": [{"delta": {"tool_calls": [{"function": 7}]}}]}],
    ],
    ids=range(10),
)
def test_odd_events_are_malformed_and_what_was_said_is_kept(
    serve, open_at, ask, pieces
):
    server = serve(events(piece("hel"), piece("lo"), *pieces, cut=True))

    with pytest.raises(Malformed) as caught:
        collected(streamed(open_at(server), ask()))

    assert caught.value.text == "hello"
    assert len(server.asked) == 1, "money would have been spent twice"


def test_an_answer_cut_in_a_chunk_is_kept_and_not_asked_for_again(serve, open_at, ask):
    def cut(talk):
        talk.head(Content_Type="text/event-stream", Transfer_Encoding="chunked")
        talk.chunk(b"data: %s\n\n" % json.dumps(piece("hello")).encode())
        talk.send(b"ff\r\ndata: {")

    server = serve(cut)

    with pytest.raises(Malformed, match="broke off") as caught:
        collected(streamed(open_at(server), ask()))

    assert caught.value.text == "hello"
    assert len(server.asked) == 1


def test_an_answer_that_is_shorter_than_promised_is_not_asked_for_again(
    serve, open_at, ask
):
    def cut(talk):
        talk.head(Content_Type="application/json", Content_Length="1000")
        talk.send(b'{"choices": [')

    server = serve(cut)

    assert isinstance(_both_ways(open_at(server), ask()), Malformed)
    assert len(server.asked) == 2, "once each way"


def test_an_end_without_the_last_word_is_an_end_if_the_reason_was_given(
    serve, open_at, ask
):
    server = serve(events(piece("hello"), piece(finish="length"), cut=True))

    answer = collected(streamed(open_at(server), ask()))

    assert (answer.text, answer.finish) == ("hello", Finish.LENGTH)


def test_an_error_in_the_middle_is_typed_and_not_worth_paying_for_again(
    serve, open_at, ask
):
    overloaded = {"error": {"type": "overloaded_error", "message": "too much"}}
    server = serve(events(piece("hel"), overloaded, cut=True))

    with pytest.raises(Unavailable, match="too much") as caught:
        collected(streamed(open_at(server), ask()))

    assert caught.value.is_worth_retrying is False


def test_a_server_that_cannot_stream_is_understood_all_the_same(serve, open_at, ask):
    events_ = [*streamed(open_at(serve(whole(200, said("hello")))), ask())]

    assert [type(event).__name__ for event in events_] == ["Piece", "Done"]
    assert events_[1].completion.text == "hello"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "x-gzip"])
def test_packed_answers_are_unpacked(serve, open_at, ask, encoding):
    import zlib

    text = json.dumps(said("hello")).encode()
    packed = zlib.compress(text) if encoding == "deflate" else gzip.compress(text)
    server = serve(whole(200, packed, Content_Encoding=encoding))

    assert open_at(server).complete(ask()).text == "hello"


@pytest.mark.parametrize(
    ("encoding", "body"), [("gzip", b"no gzip"), ("br", b"\x00\x01")]
)
def test_what_cannot_be_unpacked_is_malformed(serve, open_at, ask, encoding, body):
    server = serve(whole(200, body, Content_Encoding=encoding))

    assert isinstance(_both_ways(open_at(server), ask()), Malformed)


def test_a_body_without_end_is_not_kept_in_memory(serve, open_at, ask, monkeypatch):
    monkeypatch.setattr("plugwright_openai.wire.MOST_BYTES", 1 << 20)
    bomb = gzip.compress(b" " * (64 << 20))
    server = serve(whole(200, bomb, Content_Encoding="gzip"))

    with pytest.raises(Malformed, match="longer than 1 MiB"):
        open_at(server).complete(ask())


def test_a_line_without_end_is_not_kept_in_memory(serve, open_at, ask, monkeypatch):
    monkeypatch.setattr("plugwright_openai.events.LONGEST", 1 << 20)
    server = serve(events(b"data: " + b"x" * (2 << 20)))

    with pytest.raises(Malformed, match="broke off"):
        collected(streamed(open_at(server), ask()))


def test_a_huge_error_is_read_in_part(serve, open_at, ask):
    server = serve(whole(400, b"x" * (1 << 20)))

    error = _both_ways(open_at(server), ask())

    assert isinstance(error, Declined)
    assert len(error.message) < 1000


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed_because_of_the_key(serve, open_at, ask, status):
    other = serve(parrot)
    server = serve(whole(status, b"", Location=f"{other.url}/chat/completions?k=1"))

    with pytest.raises(UsageError, match="has moved to") as caught:
        open_at(server).complete(ask())

    assert other.asked == []
    assert "k=1" not in str(caught.value)


def test_a_status_line_that_is_none_is_not_asked_for_again(serve, open_at, ask):
    def odd(talk):
        talk.send(b"HELLO\r\n\r\n")

    server = serve(odd)

    error = _both_ways(open_at(server), ask())

    assert isinstance(error, Unavailable)
    assert len(server.asked) == 2, "once each way"


def test_a_server_that_is_silent_is_given_up(serve, open_at, ask):
    server = serve(silence)

    with pytest.raises(Unavailable, match=r"nothing was heard for 0\.1 s") as found:
        open_at(server, silence=0.1).complete(ask())

    assert found.value.is_worth_retrying is False
    assert len(server.asked) == 1


def test_what_was_closed_opens_again_when_it_is_asked(serve, open_at, ask):
    provider = open_at(serve(parrot))
    provider.complete(ask())
    provider.close()

    assert provider.complete(ask()).text == "hello"


def test_a_refused_connection_is_unavailable(open_at, ask):
    class Nowhere:
        url = "http://127.0.0.1:9/v1"

    with pytest.raises(Unavailable, match=r"`127.0.0.1:9` cannot be reached") as found:
        open_at(Nowhere).complete(ask())

    assert found.value.is_worth_retrying is True


def test_a_name_that_nobody_has_is_unavailable(open_at, ask):
    class Nowhere:
        url = "http://nobody.invalid/v1"

    with pytest.raises(Unavailable, match="cannot be reached"):
        open_at(Nowhere, retries=0).complete(ask())


def test_a_refusal_is_a_decline(serve, open_at, ask):
    server = serve(whole(200, said(None, refusal="I will not.")))

    assert "I will not." in _both_ways(open_at(server), ask()).message


def test_a_content_filter_is_a_decline(serve, open_at, ask):
    server = serve(whole(200, said("He", "content_filter")))

    assert isinstance(_both_ways(open_at(server), ask()), Declined)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        7,
        {},
        {"prompt_tokens": -5, "completion_tokens": "many"},
        {"prompt_tokens": True, "completion_tokens": None},
        {"prompt_tokens": 1e300, "prompt_tokens_details": {"cached_tokens": 9}},
    ],
    ids=range(6),
)
def test_odd_usage_is_no_usage_and_the_answer_stands(serve, open_at, ask, usage):
    server = serve(whole(200, said("hello") | {"usage": usage}))

    answer = open_at(server).complete(ask())

    assert answer.text == "hello"
    assert (answer.tokens_in, answer.tokens_out, answer.tokens_cached) == (0, 0, 0)


def test_halves_of_a_character_in_two_events_are_joined(serve, open_at, ask):
    server = serve(
        events(
            b'data: {"choices": [{"delta": {"content": "a\\ud83d"}}]}\n\n',
            b'data: {"choices": [{"delta": {"content": "\\ude00b\\ud83d"}}]}\n\n',
            piece(finish="stop"),
        )
    )

    found = [*streamed(open_at(server), ask())]

    assert "".join(each.text for each in found[:-1]) == found[-1].completion.text
    assert found[-1].completion.text == "a\N{GRINNING FACE}b\N{REPLACEMENT CHARACTER}"
    found[-1].completion.text.encode()


def test_many_tools_in_one_stream_are_put_together(serve, open_at, ask):
    def call(index, **function):
        return {"index": index, "function": function}

    server = serve(
        events(
            piece(tool_calls=[call(0, name="add"), call(1, name="add")]),
            piece(tool_calls=[call(1, arguments='{"a":')]),
            piece(tool_calls=[call(0, arguments='{"a": 1}'), call(1, arguments="2}")]),
            piece(finish="stop"),
        )
    )

    answer = collected(streamed(open_at(server), ask(tools=(ADD,))))

    assert [call.arguments for call in answer.calls] == [{"a": 1}, {"a": 2}]
    assert len({call.id for call in answer.calls}) == 2
    assert answer.finish is Finish.TOOLS


def test_a_tool_call_that_ran_out_of_tokens_says_so(serve, open_at, ask):
    calls = [{"function": {"name": "add", "arguments": '{"a": 1'}}]
    server = serve(whole(200, said("", "length", tool_calls=calls)))

    error = _both_ways(open_at(server), ask(tools=(ADD,)))

    assert isinstance(error, Malformed)
    assert "no tokens left" in error.message
    assert '{"a": 1' in error.text


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_every_message_of_an_error_is_one_line_without_odd_signs(
    serve, open_at, ask, name
):
    server = serve(whole(400, _error("a\x1b[31mb\r\nc\u202ed")))

    error = _both_ways(open_at(server, name), ask())

    assert isinstance(error, ProviderError)
    assert error.message.isprintable()


def test_an_answer_is_complete_with_model_usage_and_time(serve, open_at, ask):
    answer = open_at(serve(parrot)).complete(ask())

    assert isinstance(answer, Completion)
    assert (answer.tokens_in, answer.tokens_out, answer.model) == (7, 2, "parrot-1")
    assert 0 < answer.waited <= answer.seconds


def test_an_agent_has_an_answer_mended_that_does_not_follow_its_schema(serve, open_at):
    server = serve(whole(200, said('"six"')), whole(200, said("6")))
    agent = Agent.builder("tester").model(open_at(server)).records(None).answers(int)

    result = agent.build().run("How many?")

    assert (result.value, result.spent.requests) == (6, 2)
    assert server.asked[1].body["messages"][-2]["content"] == '"six"'
