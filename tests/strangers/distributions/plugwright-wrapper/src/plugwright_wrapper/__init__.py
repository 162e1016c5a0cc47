"""Stands around the answers of others."""

from __future__ import annotations

from collections.abc import Generator

from plugwright import hookimpl


@hookimpl(wrapper=True)
def commands() -> Generator[None, list[object], list[object]]:
    """Let everybody answer, and forget it."""
    yield
    return []
