"""The shape of a provider: something that can be asked for a completion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How freely the model may choose its words."""

    temperature: float = 0.2
    seed: int = 0
    max_tokens: int = 4096


@dataclass(frozen=True, kw_only=True)
class Request:
    """One stateless question to a model."""

    role: str
    """The seat in the team that asks: `implementer`."""
    template: str
    """Name and version of the prompt card: `implementer/1`."""
    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One answer."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    """Zero where the provider does not count."""


class Provider(Protocol):
    """Something that answers requests: a model, a recording, a person."""

    name: str

    def complete(self, request: Request) -> Completion:
        """Answer one request. Raises a `PlugwrightError` that says what to do."""


@dataclass(frozen=True, kw_only=True)
class ProviderOffer:
    """A kind of provider that a plugin brings; `scheme:argument` opens one."""

    scheme: str
    """The word before the colon of a model name: `replay`."""
    summary: str
    open: Callable[[str], Provider]
    """Takes what stands after the colon."""
