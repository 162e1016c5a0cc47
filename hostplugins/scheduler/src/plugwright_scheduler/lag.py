"""How late real-time jobs begin: the measure by which background work makes way."""

from __future__ import annotations

from collections import deque

MEMORY = 2.0
"""Seconds for which a late beginning is held against background work."""


class Lag:
    """What was seen lately. Times are of a clock that nobody puts back."""

    def __init__(self) -> None:
        self._begun: deque[tuple[float, float]] = deque()
        self._waiting: dict[str, float] = {}
        """Since when each job could have begun."""

    def waits(self, ids: list[str], now: float) -> None:
        """Say which jobs could begin now and have not."""
        self._waiting = {id: self._waiting.get(id, now) for id in ids}

    def since(self, id: str, now: float) -> float:
        """Tell since when a job could have begun."""
        return self._waiting.get(id, now)

    def begun(self, late: float, now: float) -> None:
        """Put down that one began, so many seconds late."""
        self._begun.append((now, late))

    def worst(self, now: float) -> float:
        """Give the longest delay, of who waits and of who began lately."""
        while self._begun and self._begun[0][0] < now - MEMORY:
            self._begun.popleft()
        late = [late for _, late in [*self._begun]]
        return max(
            [*late, *(now - since for since in self._waiting.values())], default=0
        )
