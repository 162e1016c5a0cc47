"""Another model, that is asked where the first one cannot answer.

It stands in the provider's place, so that guardrails, records and limits are around
both of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from plugwright.agents import Price
from plugwright.errors import Malformed, UsageError
from plugwright.host import Host
from plugwright.providers import (
    Cancel,
    Capabilities,
    Closes,
    Completion,
    Done,
    Embeds,
    Event,
    Provider,
    Request,
    Streams,
    able,
    counted,
    streamed,
)


@dataclass
class Turn:
    """One question: which model it is for, and what became of it."""

    is_other: bool = False
    is_seen: bool = False
    """Whether it came to where the model is chosen."""
    has_said: bool = False
    """Whether some of an answer came, which may be paid for."""


_TURN: ContextVar[Turn | None] = ContextVar("plugwright_otherwise", default=None)


@contextmanager
def turning(turn: Turn) -> Iterator[None]:
    """Have what is asked within this be for the model of the turn."""
    token = _TURN.set(turn)
    try:
        yield
    finally:
        _TURN.reset(token)


class Either:
    """A provider that is two: whose turn it is answers."""

    def __init__(self, first: Provider, other: Provider) -> None:
        self.name = first.name
        self.first = first
        self.other = other
        # Not every provider has these, and some ask whether one has.
        if isinstance(first, Streams) or isinstance(other, Streams):
            self.stream = self._stream
        if isinstance(first, Embeds):
            self.embed = first.embed

    @property
    def capabilities(self) -> Capabilities:
        """Those of the model whose turn it is."""
        return able(self._chosen())

    def count(self, request: Request) -> int:
        """Count the tokens of a question as the model does whose turn it is."""
        return counted(self._chosen(), request)

    def close(self) -> None:
        """Close both."""
        for each in (self.first, self.other):
            if isinstance(each, Closes):
                each.close()

    def complete(self, request: Request) -> Completion:
        """Ask the model whose turn it is."""
        _seen()
        try:
            return self._signed(self._chosen().complete(request))
        except Malformed as error:
            if error.completion is not None:
                error.completion = self._signed(error.completion)
            raise

    def _stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        turn = _seen()
        events = streamed(self._chosen(), request, cancel)
        try:
            for event in events:
                turn.has_said = True
                if isinstance(event, Done):
                    event = Done(self._signed(event.completion))
                yield event
        except Malformed as error:
            if error.completion is not None:
                error.completion = self._signed(error.completion)
            raise
        finally:
            if close := getattr(events, "close", None):
                close()

    def _chosen(self) -> Provider:
        return self.other if is_other() else self.first

    def _signed(self, completion: Completion) -> Completion:
        """Have an answer say who gave it, where the other model does not."""
        if completion.model or not is_other():
            return completion
        return replace(completion, model=self.other.name)


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What two models cost: a price function that knows whose turn it is."""

    models: Either
    first: Price
    other: Price

    def __call__(self, model: str, asked: int, cached: int, answered: int) -> float:
        """Say what a call of the model costs whose turn it is."""
        if not is_other():
            return self.first(model, asked, cached, answered)
        if model == self.models.name:  # nobody has answered yet
            model = self.models.other.name
        return self.other(model, asked, cached, answered)

    def most(self, asked: int, answered: int) -> float:
        """Say what a call costs at most, whoever answers it."""
        return max(
            self.first(self.models.first.name, asked, 0, answered),
            self.other(self.models.other.name, asked, 0, answered),
        )


def is_other() -> bool:
    """Tell whether the other model is asked just now."""
    turn = _TURN.get()
    return turn is not None and turn.is_other


def opened(host: Host | None, model: Any) -> Provider:
    """Open the other model: a provider, or the name of one."""
    if isinstance(model, str):
        if host is None:
            raise UsageError(
                f"the ability `limits` has no host to find `{model:.80}` with",
                remedy='use it by its name: `.use("limits", otherwise=…)`, or give a'
                " provider",
            )
        return host.provider(model)
    if isinstance(model, type) or not hasattr(model, "complete"):
        raise UsageError(
            f"the option `otherwise` of the ability `limits` cannot be {model!r:.80}",
            remedy='give it a provider, or its name: "PROVIDER:NAME"',
        )
    provider: Provider = model
    return provider


def _seen() -> Turn:
    turn = _TURN.get() or Turn()
    turn.is_seen = True
    return turn
