"""A request as lines, for people to read and for diffs to compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from plugwright.providers import Request


def prompt_lines(request: Request) -> list[str]:
    """Lay out everything that the key of a request is made of."""
    return list(_lines(request))


def _lines(request: Request) -> Iterator[str]:
    yield f"role: {request.role}"
    yield f"template: {request.template}"
    for name, value in asdict(request.sampling).items():
        yield f"{name}: {value}"
    for message in request.messages:
        yield from ("", f"===== {message.role} =====", "")
        yield from message.content.split("\n")
