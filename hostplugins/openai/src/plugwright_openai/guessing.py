"""How many tokens a question has, where nobody counts them."""

from __future__ import annotations

import json

from plugwright.providers import BYTES_PER_TOKEN, Request

AROUND = 12
"""Bytes that a template puts around a turn, or a tool."""


def guessed(request: Request) -> int:
    """Guess a question's tokens from its bytes: an estimate, rather too high."""
    size = 0
    for message in request.messages:
        size += len(message.content.encode("utf-8", "replace")) + AROUND
        for call in message.calls:
            size += len(call.name) + len(json.dumps(dict(call.arguments))) + AROUND
    for tool in request.tools:
        size += len(json.dumps([tool.name, tool.summary, dict(tool.parameters)]))
        size += AROUND
    if request.schema is not None:
        size += len(json.dumps(dict(request.schema)))
    return size // BYTES_PER_TOKEN + 1
