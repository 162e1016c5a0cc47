"""Takes no settings from anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugwright import hookimpl


@hookimpl
def configured(settings: Mapping[str, Any]) -> None:
    """Raise."""
    raise LookupError("I will not be told")


@hookimpl
def heard(name: str) -> None:
    """Hear of everything; this is never asked."""
    raise LookupError(name)
