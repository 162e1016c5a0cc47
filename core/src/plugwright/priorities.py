"""How urgent something is."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """Who goes first; a smaller number does."""

    REAL_TIME = 0
    """Somebody is kept waiting by every millisecond."""
    INTERACTIVE = 1
    """Somebody waits."""
    BACKGROUND = 2
    """Nobody waits; it makes way for the others."""
