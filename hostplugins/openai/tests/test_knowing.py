"""What a provider finds out: how much a model holds, tokens, vectors."""

from __future__ import annotations

import pytest
from faulty_server import hang_up, whole
from parrot_server import parrot

from plugwright.errors import Malformed
from plugwright.providers import Message, Request, able, counted

NOTHING = whole(404, {})


def _context(provider):
    return able(provider).context


def test_a_context_that_a_person_wrote_down_is_not_asked_for(serve, open_at):
    server = serve(parrot)

    assert _context(open_at(server, context=1234)) == 1234
    assert server.asked == []


@pytest.mark.parametrize(
    "key", ["max_model_len", "context_length", "context_window", "max_context_length"]
)
def test_a_list_of_models_may_say_what_they_hold(serve, open_at, key):
    rows = [{"id": "other", key: 1}, {"id": "parrot", key: 8192}]

    assert _context(open_at(serve(whole(200, {"data": rows})))) == 8192


def test_llama_cpp_says_what_one_of_its_slots_holds(serve, open_at):
    models = {"data": [{"id": "parrot", "meta": {"n_ctx_train": 131072}}]}
    props = {"default_generation_settings": {"n_ctx": 4096}, "total_slots": 2}
    server = serve(whole(200, models), whole(200, props))

    assert _context(open_at(server)) == 4096
    assert server.paths == ["/v1/models", "/props"]


def test_ollama_says_what_its_file_sets(serve, open_at):
    shown = {
        "parameters": "stop  <|end|>\nnum_ctx    8192",
        "model_info": {"llama.context_length": 131072},
    }
    server = serve(whole(200, shown))

    assert _context(open_at(server, "ollama")) == 8192
    assert server.paths == ["/api/show"]


def test_ollama_is_asked_what_it_gives_not_what_the_model_was_trained_for(
    serve, open_at
):
    shown = {"model_info": {"llama.context_length": 131072}}
    running = {"models": [{"name": "parrot:latest", "context_length": 4096}]}
    server = serve(
        whole(200, shown),
        whole(200, {"models": []}),
        whole(200, {"done": True}),
        whole(200, running),
    )

    assert _context(open_at(server, "ollama")) == 4096
    assert server.paths == ["/api/show", "/api/ps", "/api/generate", "/api/ps"]


def test_anthropic_says_it_of_one_model(serve, open_at):
    server = serve(whole(200, {"id": "parrot", "max_input_tokens": 200_000}))

    assert _context(open_at(server, "anthropic", "a/b")) == 200_000
    assert server.paths == ["/v1/models/a%2Fb"]


@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama"])
@pytest.mark.parametrize(
    "reply", [NOTHING, hang_up, whole(200, []), whole(200, {"data": 7}), whole(500, {})]
)
def test_who_does_not_say_is_not_known(serve, open_at, kind, reply):
    assert _context(open_at(serve(reply), kind)) == 0


def test_what_is_known_is_asked_for_once_and_what_failed_again(serve, open_at):
    rows = {"data": [{"id": "parrot", "context_length": 9}]}
    server = serve(hang_up, whole(200, rows))
    provider = open_at(server)

    assert [provider.capabilities.context for _ in "abc"] == [0, 9, 9]
    assert len(server.asked) == 2


def test_anthropic_counts_and_the_others_guess(serve, open_at, ask):
    server = serve(parrot)
    counts, guesses = open_at(server, "anthropic"), open_at(server)

    assert able(counts).counts is True
    assert able(guesses).counts is False
    assert counted(counts, ask("hello")) > 0
    assert "max_tokens" not in server.asked[-1].body
    assert counted(guesses, ask("x" * 300)) > 100


def test_a_guess_counts_tools_schema_and_calls_too(open_at, serve, ask):
    provider = open_at(serve(parrot))
    plain = ask()
    long = Request(
        role="r", template="t/1", messages=(Message("user", "\ud800"),), schema={"a": 1}
    )

    assert counted(provider, ask(schema={"type": "object"})) > counted(provider, plain)
    assert counted(provider, long) > 0


def test_a_count_that_is_none_is_malformed(serve, open_at, ask):
    server = serve(whole(200, {"input_tokens": "many"}))

    with pytest.raises(Malformed):
        counted(open_at(server, "anthropic"), ask())


def test_vectors_come_in_the_order_of_their_texts(serve, open_at):
    server = serve(parrot)
    texts = ["x" * number for number in range(1, 601)]

    vectors = open_at(server).embed(texts)

    assert [vector[0] for vector in vectors] == [*range(1, 601)]
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "rows",
    [
        None,
        7,
        [],
        [{"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 5, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": "AAAA"}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": ["x"]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}],
        [7, 8],
    ],
    ids=range(10),
)
def test_odd_vectors_are_malformed(serve, open_at, rows):
    with pytest.raises(Malformed, match="its vectors are not as agreed"):
        open_at(serve(whole(200, {"data": rows}))).embed(["a", "b"])
