"""What was told, as a test reads it; models with a script, and agents around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event as Flag
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from plugwright.agents import Agent, Builder
from plugwright.providers import (
    Cancel,
    Completion,
    Done,
    Event,
    Finish,
    Piece,
    Request,
    ToolCall,
)
from plugwright_telemetry.signals import Signals
from plugwright_telemetry.watching import Telemetry


class Told:
    """An SDK of its own, and what it was told."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader])

    def telemetry(self, content: bool | None = None) -> Telemetry:
        return Telemetry(
            content=content, tracer_provider=self.tracers, meter_provider=self.meters
        )

    def signals(self, content: bool | None = None) -> Signals:
        return Signals(
            content=content, tracer_provider=self.tracers, meter_provider=self.meters
        )

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """All that ended, in the order in which they began."""
        done = self.exporter.get_finished_spans()
        return sorted(done, key=lambda span: span.start_time or 0)

    def span(self, name: str) -> ReadableSpan:
        [found] = [span for span in self.spans if span.name == name]
        return found

    @property
    def tree(self) -> list[str]:
        """The names, each indented below what it is part of."""
        within: dict[int, list[ReadableSpan]] = {}
        for span in self.spans:
            parent = span.parent.span_id if span.parent else 0
            within.setdefault(parent, []).append(span)

        def lines(parent: int, depth: int) -> Iterator[str]:
            for span in within.get(parent, []):
                yield "  " * depth + span.name
                yield from lines(span.context.span_id, depth + 1)

        return [*lines(0, 0)]

    def measured(self, metric: str) -> list[HistogramDataPoint]:
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else [])
            for scope in resource.scope_metrics
            for each in scope.metrics
            if each.name == metric
            for point in each.data.data_points
        ]

    def close(self) -> None:
        self.tracers.shutdown()
        self.meters.shutdown()


def call(name: str, id: str = "call-1", /, **arguments: Any) -> ToolCall:
    return ToolCall(id=id, name=name, arguments=arguments)


def wants(*calls: ToolCall) -> Completion:
    finish = Finish.TOOLS
    return Completion(text="", calls=calls, finish=finish, tokens_in=10, tokens_out=5)


def says(text: str, **about: Any) -> Completion:
    return Completion(text=text, **{"tokens_in": 20, "tokens_out": 7, **about})


class Scripted:
    """Gives its answers one after the other; an error among them is raised."""

    name = "openai:gpt-5-mini"

    def __init__(self, *answers: str | Completion | BaseException) -> None:
        self.answers = [*answers]
        self.asked: list[Request] = []

    def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return says(answer) if isinstance(answer, str) else answer


class Streaming(Scripted):
    """Gives them word by word. `...` waits until somebody wishes that it ends."""

    is_closed = False

    def stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        try:
            yield from self._words(self.complete(request), cancel)
        finally:
            self.is_closed = True

    def _words(self, completion: Completion, cancel: Cancel) -> Iterator[Event]:
        said = ""
        for word in completion.text.split(" "):
            if word == "...":
                wished = Flag()
                cancel.then(wished.set)
                assert wished.wait(30)
            if cancel.is_wished:
                yield Done(replace(completion, text=said, finish=Finish.CANCELLED))
                return
            piece = f" {word}" if said else word
            said += piece
            yield Piece(piece)
        yield Done(completion)


def building(model: Any, *abilities: Any) -> Builder[str]:
    """Begin an agent that keeps no records."""
    builder = Agent.builder("tutor").model(model).records(None)
    for ability in abilities:
        builder = builder.use(ability)
    return builder
