"""A provider that is watched does what it does without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from telling import Scripted, Streaming, Told, says

import plugwright_telemetry
from plugwright.errors import BrokeContract
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.providers import (
    Cancel,
    Capabilities,
    Closes,
    Completion,
    Counts,
    Done,
    Embeds,
    Event,
    Finish,
    KnowsItself,
    Message,
    Piece,
    Provider,
    ProviderOffer,
    Request,
    Streams,
    able,
    collected,
    refuse_grammar,
    streamed,
)
from plugwright_sdk.kit.contracts import ProviderContract
from plugwright_telemetry.conventions import named_by
from plugwright_telemetry.watched import Watched, watched

QUESTION = Request(role="tutor", template="test/1", messages=(Message("user", "?"),))


class Able:
    """Has all that a provider can have."""

    name = "able:it"
    capabilities = Capabilities(streams=True, counts=True, embeds=True)
    is_closed = False

    def complete(self, request: Request) -> Completion:
        refuse_grammar(self.name, request)
        text = request.messages[-1].content if request.messages else ""
        return says(text, seconds=0.1)

    def stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        done, said = self.complete(request), ""
        for letter in done.text:
            if cancel.is_wished:
                yield Done(replace(done, text=said, finish=Finish.CANCELLED))
                return
            said += letter
            yield Piece(letter)
        finish = Finish.CANCELLED if cancel.is_wished else Finish.STOP
        yield Done(replace(done, finish=finish))

    def count(self, request: Request) -> int:
        return sum(len(message.content) for message in request.messages)

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [[1.0, float(len(text))] for text in texts]

    def skip(self, request: Request) -> None:
        """Is nothing that the core knows of."""

    def close(self) -> None:
        self.is_closed = True


class Offers:
    """A plugin with a model."""

    @hookimpl
    def providers(self) -> list[ProviderOffer]:
        return [ProviderOffer(scheme="able", summary="it", open=lambda _: Able())]


class TestTraced(ProviderContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_telemetry

    @pytest.fixture
    def provider(self, host: Host) -> Provider:
        host.manager.register(Offers(), "able")
        provider = host.provider("traced:able:it")
        assert isinstance(provider, Watched)
        return provider


def test_it_has_the_shapes_of_the_one_within_and_no_others(told: Told):
    full, plain = (watched(each, told.signals()) for each in (Able(), Scripted("x")))
    for shape in (Streams, Counts, Embeds, Closes):
        assert isinstance(full, shape)
        assert not isinstance(plain, shape)
    assert isinstance(full, KnowsItself)
    assert able(full) == Able.capabilities
    assert able(plain) == Capabilities()
    assert able(watched(Streaming("x"), told.signals())).streams
    assert full.skip is not None  # type: ignore[attr-defined]
    assert full.is_closed is False  # type: ignore[attr-defined]
    full.close()
    assert full.is_closed is True  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        plain.skip  # noqa: B018


def test_a_watched_one_is_not_watched_twice(told: Told):
    once = watched(Able(), told.signals())
    assert isinstance(once, Watched)
    assert watched(once, told.signals()) is once


def test_its_calls_are_told_without_any_agent(told: Told):
    provider = watched(Able(), told.signals())
    assert provider.complete(QUESTION).text == "?"
    assert collected(streamed(provider, QUESTION)).text == "?"
    assert told.tree == ["chat it", "chat it"]


def test_a_stream_that_nobody_reads_to_its_end_is_over_with_the_answer(told: Told):
    events = streamed(watched(Able(), told.signals()), QUESTION)
    assert [type(next(events)) for _ in range(2)] == [Piece, Done]
    reasons = told.span("chat it").attributes or {}
    assert reasons["gen_ai.response.finish_reasons"] == ("stop",)


def test_whoever_leaves_a_stream_ends_it_within(told: Told):
    model = Streaming("one two three")
    events = streamed(watched(model, told.signals()), QUESTION)
    next(events)
    assert told.tree == []
    events.close()  # type: ignore[attr-defined]
    assert model.is_closed
    chat = told.span("chat gpt-5-mini").attributes or {}
    assert chat["gen_ai.response.finish_reasons"] == ("cancelled",)
    assert "error.type" not in chat


def test_a_stream_without_an_end_is_an_error_of_the_provider(told: Told):
    class Endless(Able):
        def stream(self, request, cancel):
            yield Piece("and then")

    with pytest.raises(BrokeContract, match="ended without a `Done`"):
        collected(streamed(watched(Endless(), told.signals()), QUESTION))
    assert (told.span("chat it").attributes or {})["error.type"] == "BrokeContract"


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("openai:gpt-5-mini", ("openai", "gpt-5-mini")),
        ("ollama/qwen2.5-coder:7b", ("ollama", "qwen2.5-coder:7b")),
        ("mistral:large@2", ("mistral_ai", "large@2")),
        ("hf:owner/repo:file.gguf", ("hf", "owner/repo:file.gguf")),
        ("gguf:/srv/ann/models/it.gguf", ("gguf", "it.gguf")),
        ("scripted", ("scripted", "scripted")),
        ("openai:it@http://[::1]:8080/v1", ("openai", "it", "::1", 8080)),
        ("openai:it@https://ann:key@x.example/v1", ("openai", "it", "x.example", 443)),
        ("openai:it@http://x.example:port/", ("openai", "it", "x.example")),
    ],
)
def test_a_name_is_taken_apart_and_tells_of_no_folder_and_no_key(name, about):
    assert tuple(named_by(name).values()) == about
