"""Where spans and measurements go, and one operation that gives both."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, ParamSpec, Self, TypeVar

from opentelemetry import metrics, trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import SpanKind, Status, StatusCode

from plugwright import __version__
from plugwright.errors import PlugwrightError, in_one_line
from plugwright_telemetry import conventions as named
from plugwright_telemetry.content import clean
from plugwright_telemetry.settings import wants_content

P = ParamSpec("P")
R = TypeVar("R")


class Signals:
    """What one program tells OpenTelemetry with.

    Without providers of its own it uses those of the process. Where nobody configured
    any, all of it does nothing; where somebody does so later, it is told from then on.
    """

    def __init__(
        self,
        *,
        content: bool | None = None,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
    ) -> None:
        self.content = wants_content(content, os.environ)
        """Whether spans have what was said."""
        self.tracer = trace.get_tracer(
            named.SCOPE, __version__, tracer_provider, named.SCHEMA
        )
        meter = metrics.get_meter(
            named.SCOPE, __version__, meter_provider, named.SCHEMA
        )
        self.duration = meter.create_histogram(
            named.DURATION,
            unit="s",
            description="GenAI operation duration.",
            explicit_bucket_boundaries_advisory=named.SECONDS,
        )
        self.first_chunk = meter.create_histogram(
            named.TIME_TO_FIRST_CHUNK,
            unit="s",
            description="Time to receive the first chunk.",
            explicit_bucket_boundaries_advisory=named.SECONDS,
        )
        self.tokens = meter.create_histogram(
            named.TOKEN_USAGE,
            unit="{token}",
            description="Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=named.TOKENS,
        )


class Operation:
    """One operation under way: a span, and a measurement when it ends."""

    def __init__(
        self,
        signals: Signals,
        name: str,
        target: str,
        about: Mapping[str, Any],
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: Context | None = None,
    ) -> None:
        self._signals = signals
        self.about: dict[str, Any] = {named.OPERATION: name, **about}
        """What is told with each measurement, so it has few values."""
        self._span = signals.tracer.start_span(
            f"{name} {target}", parent, kind=kind, attributes=self.about
        )
        self.context = trace.set_span_in_context(self._span, parent)
        """What happens within this one happens in it."""
        self.is_told = self._span.is_recording()
        """Whether anybody looks at the span; else there is no need to fill it."""
        self._began = perf_counter()

    @property
    def seconds(self) -> float:
        """How long it is under way."""
        return perf_counter() - self._began

    def tell(self, attributes: Mapping[str, Any]) -> None:
        """Write something onto the span."""
        self._span.set_attributes(attributes)

    def failed(self, error: BaseException | None) -> None:
        """Say what ended it."""
        said = "" if error is None else in_one_line(error)
        self.failed_as(type_of(error), said)

    def failed_as(self, type: str, said: str) -> None:
        """Say which kind of error ended it; `said` is told with content only."""
        self.about[named.ERROR] = type
        if self.is_told:
            self._span.set_attribute(named.ERROR, type)
            # Errors quote what a model or a tool said.
            description = clean(said) if self._signals.content else None
            self._span.set_status(Status(StatusCode.ERROR, description))

    def inside(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do something; whatever that tells is within this operation."""
        token = attach(self.context)
        try:
            return do(*args, **kwargs)
        finally:
            detach(token)

    def end(self) -> None:
        """End it."""
        self._signals.duration.record(self.seconds, self.about, self.context)
        self._span.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type: object, error: BaseException | None, _: object) -> None:
        # Whoever does not read a stream to its end has made no error.
        if error is not None and not isinstance(error, GeneratorExit):
            self.failed(error)
        self.end()


def type_of(error: BaseException | None) -> str:
    """Name a kind of error: `RateLimited`, `ValueError`, `sqlite3.OperationalError`."""
    if error is None:
        return named.OTHER
    if not isinstance(error, Exception) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # it only carries this one past who would catch it
    kind = type(error)
    if kind.__module__ == "builtins" or isinstance(error, PlugwrightError):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"
