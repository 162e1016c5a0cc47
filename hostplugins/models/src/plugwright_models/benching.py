"""Measures how fast a model reads a question, and how fast it answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from plugwright.providers import (
    Done,
    Message,
    Provider,
    Request,
    Sampling,
    Streams,
    able,
    counted,
    streamed,
)

# The number comes first, so that nothing of the question was read before.
QUESTION = "{number}. Go on with this story, in long sentences. {story}"
STORY = (
    "On a rock before the coast stood a lighthouse, and its keeper had not spoken with"
    " anybody for nine weeks when a whale came by and stayed. "
)
TOLD = 12
"""How often the story is in the question, where there is room: some 400 tokens."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One answer."""

    read: int
    """Tokens of the question that were read; zero where the model does not say."""
    first: float
    """Seconds to the first token."""
    seconds: float
    """Seconds in all."""
    tokens: int
    """Of the answer, as the model counts them, or pieces where it does not."""
    is_counted: bool

    @property
    def reading(self) -> float:
        """Tokens of the question per second; zero where one cannot tell."""
        return self.read / self.first if self.first > 0 else 0.0

    @property
    def rate(self) -> float:
        """Tokens of the answer per second, from the first on; zero as above."""
        took = self.seconds - self.first
        return (self.tokens - 1) / took if self.tokens > 1 and took > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Typical:
    """The medians of all answers."""

    first: float
    reading: float
    rate: float


def fitting(provider: Provider, tokens: int) -> int:
    """Say how often the story can be told to a model that answers so long."""
    context, told = able(provider).context, TOLD
    while context and told > 1:
        if counted(provider, _request(1, told, tokens)) + tokens <= context:
            break
        told -= 1
    return told


def bench(provider: Provider, runs: int, tokens: int, told: int) -> Iterator[Measured]:
    """Ask a few times, one after the other."""
    for number in range(1, runs + 1):
        yield _measured(provider, _request(number, told, tokens))


def typical(runs: list[Measured]) -> Typical:
    """Give the medians."""
    return Typical(
        first=median(run.first for run in runs),
        reading=median(run.reading for run in runs),
        rate=median(run.rate for run in runs),
    )


def _request(number: int, told: int, tokens: int) -> Request:
    question = QUESTION.format(number=number, story=STORY * told)
    return Request(
        role="bench",
        template="bench/1",
        messages=(Message("user", question.strip()),),
        sampling=Sampling(max_tokens=tokens, temperature=0.0),
    )


def _measured(provider: Provider, request: Request) -> Measured:
    began = time.perf_counter()
    first, pieces = 0.0, 0
    for event in streamed(provider, request):
        if isinstance(event, Done):
            done = event.completion
        else:
            pieces += 1
            first = first or time.perf_counter() - began
    seconds = time.perf_counter() - began
    if not isinstance(provider, Streams):
        first = done.waited  # all of it came at once
    return Measured(
        read=max(0, done.tokens_in - done.tokens_cached),
        first=first or seconds,
        seconds=seconds,
        tokens=done.tokens_out or pieces,
        is_counted=done.tokens_out > 0,
    )
