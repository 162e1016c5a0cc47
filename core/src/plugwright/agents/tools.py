"""Tools: what a model may have called, and who has to be asked before.

    @tool(approval="ask")
    def send(to: str, text: str) -> str:
        \"\"\"Send a message.

        Args:
            to: Whom to send it to.
            text: What to say.
        \"\"\"

A plain function is a tool as well, and one that may always be called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from plugwright.errors import UsageError
from plugwright.providers import ToolSpec

if TYPE_CHECKING:
    from plugwright.sandboxes import JSON

Function: TypeAlias = Callable[..., Any]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""What services take for the name of a tool."""


class Approval(StrEnum):
    """Whether a tool may be called."""

    ALWAYS = "always"
    ASK = "ask"
    """A person is asked before each call. Where there is nobody to ask: never."""
    NEVER = "never"
    """The model is not even told of it."""

    @classmethod
    def _missing_(cls, value: object) -> Approval:
        raise UsageError(
            f"the approval of a tool cannot be {value!r:.80}",
            remedy="it is `always`, `ask` or `never`",
        )


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One tool of one agent."""

    spec: ToolSpec
    call: Callable[[Mapping[str, JSON]], object]
    """Takes the arguments as the model gave them, and has to look at them. What it
    gives may be something to await."""
    approval: Approval = Approval.ALWAYS
    seconds: float | None = 60.0
    """How long one call may take; None where something else sees to that."""
    most: int = 40_000
    """Characters of an answer; what is more is cut off, and the model is told."""
    repeatable: bool = False
    """Whether it may be called again when nobody knows whether it was called."""
    source: str = ""
    """The plugin it is from; empty for a function."""

    @property
    def name(self) -> str:
        """What the model calls it."""
        return self.spec.name


class Unfit(ValueError):
    """What a model gave does not fit; says so in words for the model."""


def made(thing: Function | Tool, name: str = "") -> Tool:
    """Make a tool of a function; what is one already stays as it is."""
    if isinstance(thing, Tool):
        return thing
    from plugwright.agents.signatures import signature_of  # takes pydantic along

    signature = signature_of(thing)
    name = name or signature.name
    if not NAME.fullmatch(name):
        raise UsageError(
            f"`{name:.80}` is no name for a tool",
            remedy='give it one of letters, digits and `_`: `tool(name="…")(function)`',
        )
    spec = ToolSpec(
        name=name,
        summary=signature.summary or name,
        parameters=signature.parameters,
    )
    return Tool(spec=spec, call=signature.calling(thing))


@overload
def tool(function: Function, /) -> Tool: ...


@overload
def tool(
    *,
    name: str = ...,
    approval: str = ...,
    seconds: float | None = ...,
    most: int = ...,
    repeatable: bool = ...,
) -> Callable[[Function], Tool]: ...


def tool(
    function: Function | None = None,
    /,
    *,
    name: str = "",
    approval: str = Approval.ALWAYS,
    seconds: float | None = 60.0,
    most: int = 40_000,
    repeatable: bool = False,
) -> Tool | Callable[[Function], Tool]:
    """Make a function a tool, with what an agent has to know of it."""

    def mark(function: Function) -> Tool:
        if isinstance(function, Tool):
            raise UsageError(
                f"`{function.name}` is a tool already",
                remedy="change it with `dataclasses.replace`",
            )
        return replace(
            made(function, name),
            approval=Approval(approval),
            seconds=seconds,
            most=most,
            repeatable=repeatable,
        )

    return mark if function is None else mark(function)
