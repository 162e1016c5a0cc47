"""The wall between an agent and its model: what crosses it is looked at.

It stands around the provider, so that it is behind all other abilities, whatever order
they are used in, and before whoever is shown an answer piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Protocol, cast

from plugwright.providers import (
    Cancel,
    Capabilities,
    Closes,
    Completion,
    Done,
    Embeds,
    Event,
    Piece,
    Provider,
    Request,
    Streams,
    able,
    counted,
)


class Rules(Protocol):
    """What is masked, and what is refused."""

    def masked(self, text: str) -> tuple[str, list[str]]:
        """Mask a text, and say which kinds of things were in it."""

    def refuse(self, kinds: Sequence[str]) -> None:
        """Raise `Refused` if one of these must not go to the model at all."""


@dataclass
class Noticed:
    """What was masked while one question was asked and answered."""

    new_from: int
    """The number of the first message that the model has not seen yet."""
    sent: dict[str, None] = field(default_factory=dict)
    got: dict[str, None] = field(default_factory=dict)


NOTICED: ContextVar[Noticed | None] = ContextVar("plugwright_guardrails", default=None)


class Guarded:
    """A provider that neither gets nor gives what the rules mask."""

    def __init__(self, provider: Provider, rules: Rules) -> None:
        self.name = provider.name
        self._provider = provider
        self._rules = rules
        # Not every provider has these, and some ask whether one has.
        if isinstance(provider, Streams):
            self.stream = self._stream
        if isinstance(provider, Embeds):
            self.embed = provider.embed

    @property
    def capabilities(self) -> Capabilities:
        """Those of the provider."""
        return able(self._provider)

    def count(self, request: Request) -> int:
        """Count the tokens of what would be asked: a service may be who counts."""
        shown = (
            replace(each, content=self._rules.masked(each.content)[0])
            for each in request.messages
        )
        return counted(self._provider, replace(request, messages=tuple(shown)))

    def close(self) -> None:
        """Close the provider."""
        if isinstance(self._provider, Closes):
            self._provider.close()

    def complete(self, request: Request) -> Completion:
        """Ask the provider."""
        return self._looked_at(self._provider.complete(self._let_out(request)))

    def _stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        held, provider = _Held(self._rules), cast(Streams, self._provider)
        events = provider.stream(self._let_out(request), cancel)
        try:
            for event in events:
                if isinstance(event, Done):
                    if rest := held.rest():
                        yield Piece(rest)
                    yield Done(self._looked_at(event.completion))
                elif ready := held.add(event.text):
                    yield Piece(ready)
        finally:
            if close := getattr(events, "close", None):
                close()

    def _let_out(self, request: Request) -> Request:
        messages, noticed = [], NOTICED.get()
        for number, message in enumerate(request.messages):
            text, kinds = self._rules.masked(message.content)
            self._rules.refuse(kinds)
            if noticed is not None and number >= noticed.new_from:
                noticed.sent.update(dict.fromkeys(kinds))
            messages.append(message if not kinds else replace(message, content=text))
        return replace(request, messages=tuple(messages))

    def _looked_at(self, completion: Completion) -> Completion:
        text, kinds = self._rules.masked(completion.text)
        if not kinds:
            return completion
        if (noticed := NOTICED.get()) is not None:
            noticed.got.update(dict.fromkeys(kinds))
        return replace(completion, text=text)


class _Held:
    """The end of what was said so far: it may still turn out to be something.

    What is looked for stands in one line, but for private keys. So whole lines are let
    through, and from the beginning of a key on nothing is, until it ends.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._parts: list[str] = []

    def add(self, text: str) -> str:
        """Take a piece; gives what can be shown."""
        self._parts.append(text)
        if "\n" not in text:
            return ""
        said = "".join(self._parts)
        end = said.rindex("\n") + 1
        begun = said.rfind("-----BEGIN ", 0, end)
        if begun >= 0 and "-----END " not in said[begun:end]:
            end = begun
        self._parts = [said[end:]]
        return self._rules.masked(said[:end])[0]

    def rest(self) -> str:
        """Give the rest, when all was said."""
        said, self._parts = "".join(self._parts), []
        return self._rules.masked(said)[0]
