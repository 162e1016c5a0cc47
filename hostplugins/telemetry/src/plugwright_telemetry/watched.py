"""A provider whose calls are told: each becomes a span, in what is under way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from opentelemetry.context import get_value
from opentelemetry.trace import SpanKind

from plugwright.errors import BrokeContract
from plugwright.providers import (
    Cancel,
    Capabilities,
    Completion,
    Done,
    Event,
    Finish,
    Provider,
    Request,
    Streams,
    able,
)
from plugwright_telemetry import content
from plugwright_telemetry import conventions as named
from plugwright_telemetry.attributes import answering, of_completion, of_request
from plugwright_telemetry.signals import Operation, Signals


def watched(provider: Provider, signals: Signals) -> Provider:
    """Have a provider's calls told; one that is watched already stays as it is."""
    return provider if isinstance(provider, Watched) else Watched(provider, signals)


class Watched:
    """Does what the provider within does, and tells of it."""

    def __init__(self, provider: Provider, signals: Signals) -> None:
        self.name = provider.name
        self._provider: Any = provider
        self._signals = signals
        self._about = named.named_by(provider.name)
        # On the object: the shapes of providers are looked for there, and this one is
        # to have those of the one within, and no others.
        for each in dir(type(provider)):
            is_method = callable(getattr(type(provider), each))
            if is_method and not (each.startswith("_") or hasattr(Watched, each)):
                vars(self)[each] = getattr(provider, each)
        if isinstance(provider, Streams):
            vars(self)["stream"] = self._stream

    @property
    def capabilities(self) -> Capabilities:
        """What the provider can."""
        return able(self._provider)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._provider, name)

    def complete(self, request: Request) -> Completion:
        """Answer one request."""
        with self._begun(request) as chat:
            completion: Completion = chat.inside(self._provider.complete, request)
            self._answered(chat, completion)
        return completion

    def _stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        with self._begun(request, streams=True) as chat:
            events, waited = None, 0.0
            try:
                events = iter(chat.inside(self._provider.stream, request, cancel))
                # Inside only while the provider works: between two pieces it is its
                # caller's turn, which may be on another thread.
                while not isinstance(event := chat.inside(next, events, None), Done):
                    if event is None:
                        how = "its answer ended without a `Done`"
                        raise BrokeContract(self.name, how)
                    waited = waited or chat.seconds
                    yield event
            except GeneratorExit:
                chat.tell({named.FINISH_REASONS: (named.FINISHES[Finish.CANCELLED],)})
                raise
            finally:
                if (close := getattr(events, "close", None)) is not None:
                    close()
            self._waited(chat, waited or event.completion.waited)
            self._answered(chat, event.completion)
        yield event  # after the end, as few come back for more

    def _begun(self, request: Request, *, streams: bool = False) -> Operation:
        chat = Operation(
            *(self._signals, named.CHAT, str(self._about[named.REQUEST_MODEL])),
            self._about,
            kind=SpanKind.CLIENT,
        )
        if chat.is_told:
            about = of_request(request)
            if streams:
                about[named.STREAM] = True
            if run := get_value(named.CONVERSATION):
                about[named.CONVERSATION] = str(run)
            if self._signals.content:
                about[named.INPUT_MESSAGES] = content.asked(request.messages)
            chat.tell(about)
        return chat

    def _waited(self, chat: Operation, seconds: float) -> None:
        if seconds:
            self._signals.first_chunk.record(seconds, chat.about, chat.context)
            chat.tell({named.FIRST_CHUNK: seconds})

    def _answered(self, chat: Operation, completion: Completion) -> None:
        if completion.model:
            chat.about[named.RESPONSE_MODEL] = answering(completion)
        used = {named.INPUT: completion.tokens_in, named.OUTPUT: completion.tokens_out}
        for kind, tokens in used.items():
            if tokens:
                about = {**chat.about, named.TOKEN_TYPE: kind}
                self._signals.tokens.record(tokens, about, chat.context)
        if chat.is_told:
            about = of_completion(completion)
            if self._signals.content:
                about[named.OUTPUT_MESSAGES] = content.answer_of(completion)
            chat.tell(about)
