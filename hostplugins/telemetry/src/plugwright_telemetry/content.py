"""What was said, as the conventions write it; for those who asked for content."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from plugwright.providers import Completion, Finish, Message, ToolCall
from plugwright.redaction import redact
from plugwright_telemetry.conventions import FINISHES


def clean(text: str) -> str:
    """Take secrets out, and half characters, with which no exporter gets along."""
    return redact(text.encode("utf-8", "replace").decode())


def asked(messages: Iterable[Message]) -> str:
    """Write the conversation that a model is given."""
    return _json([{"role": each.role, "parts": _parts(each)} for each in messages])


def answered(text: str, finish: Finish, calls: Iterable[ToolCall] = ()) -> str:
    """Write one answer."""
    parts = _said(text, calls)
    reason = FINISHES[finish]
    return _json([{"role": "assistant", "parts": parts, "finish_reason": reason}])


def answer_of(completion: Completion) -> str:
    """Write the answer of a model."""
    return answered(completion.text, completion.finish, completion.calls)


def arguments(given: Mapping[str, Any]) -> str:
    """Write what a tool was called with."""
    return _json({**given})


def _parts(message: Message) -> list[dict[str, Any]]:
    if message.role == "tool":
        said = message.content
        return [{"type": "tool_call_response", "id": message.answers, "response": said}]
    return _said(message.content, message.calls)


def _said(text: str, calls: Iterable[ToolCall]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"type": "text", "content": text}] if text else []
    parts += (
        {
            "type": "tool_call",
            "id": call.id,
            "name": call.name,
            "arguments": {**call.arguments},
        }
        for call in calls
    )
    return parts


def _json(what: Any) -> str:
    # Texts, as few backends show nested attributes; in plain letters, to be read.
    return clean(json.dumps(what, ensure_ascii=False, default=str))
