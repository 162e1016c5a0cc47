"""Keeps facts under a name that somebody has."""

from __future__ import annotations

from plugwright import hookimpl
from plugwright.memory import MemoryOffer


@hookimpl
def memories() -> list[MemoryOffer]:
    """Offer `sqlite`."""
    return [MemoryOffer(name="sqlite", summary="another one", open=lambda _: None)]
