"""What an agent is built of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from plugwright.agents.answers import Shape, Text
from plugwright.agents.limits import Limits, Price
from plugwright.agents.tools import Tool
from plugwright.providers import Provider, Sampling, ToolCall

if TYPE_CHECKING:
    from plugwright.agents.abilities import Ability

Approver: TypeAlias = Callable[[ToolCall, Tool], bool]
"""Asks a person whether a tool may be called."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an agent is built of. An ability may change it in `settings`."""

    name: str
    provider: Provider
    instructions: str = ""
    tools: Mapping[str, Tool] = field(default_factory=dict)
    abilities: tuple[Ability, ...] = ()
    limits: Limits = field(default_factory=Limits)
    sampling: Sampling = field(default_factory=Sampling)
    price: Price | None = None
    shape: Shape[Any] = field(default_factory=Text)
    repairs: int = 1
    """How often the model may mend an answer that is not as asked."""
    approver: Approver | None = None
    """None is nobody, so what has to be asked for is refused."""
    records: Path | None = None
    """The file of the records; None is that nothing is recorded."""
    made_by: str = ""
    """`MODULE:NAME` of what makes this agent again, as `agent_at` takes it."""
