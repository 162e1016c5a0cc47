"""What comes out of a run, and what happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from plugwright.agents.limits import Spent
from plugwright.providers import Finish, Message, Piece, ToolCall

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Result(Generic[T]):
    """What came out of a run."""

    value: T
    """The answer as it was asked for."""
    text: str
    """The answer as the model wrote it."""
    finish: Finish
    messages: tuple[Message, ...]
    """The whole conversation; `history` of the next run makes it go on."""
    spent: Spent
    run: str
    """What `plugwright runs show` takes; empty if it is not recorded."""


@dataclass(frozen=True)
class Calling:
    """A tool is about to be called."""

    call: ToolCall


@dataclass(frozen=True)
class Called:
    """A tool was called, or was not; what the model is told."""

    call: ToolCall
    text: str


AgentEvent: TypeAlias = Piece | Calling | Called | Result[Any]
Listen: TypeAlias = Callable[[AgentEvent], None]
