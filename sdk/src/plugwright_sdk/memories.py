"""What a plugin writes that offers a memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from plugwright_sdk.shapes import JSON


@dataclass(frozen=True)
class Fact:
    """One thing that was kept."""

    id: str
    text: str
    about: str = ""
    kept: float = 0.0
    """Seconds since 1970."""
    expires: float | None = None


class Memory(Protocol):
    """What one owner keeps; the class is made with the owner's name."""

    def remember(self, text: str, *, about: str, expires: float | None) -> str:
        """Keep a fact; gives its id."""

    def recall(self, query: str, *, about: str, limit: int) -> Sequence[Fact]:
        """Find facts, the best match first; without a query, the newest first."""

    def forget(self, id: str) -> bool:
        """Drop a fact; tells whether it was there."""


def ask(memory: Memory, method: str, arguments: Mapping[str, Any]) -> JSON:
    """Ask a memory what the host wants to know, in JSON."""
    match method:
        case "remember":
            return str(memory.remember(**arguments))
        case "recall":
            return [asdict(fact) for fact in memory.recall(**arguments)]
        case "forget":
            return bool(memory.forget(**arguments))
    raise ValueError(f"a memory has no `{method:.40}`")
