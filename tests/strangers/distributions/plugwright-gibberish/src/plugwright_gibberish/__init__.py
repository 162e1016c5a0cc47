"""Talks nonsense."""

from __future__ import annotations

from plugwright import hookimpl


@hookimpl
def commands() -> list[object]:
    """Offer a number, and half a command."""
    return [42, {"name": "half"}]
