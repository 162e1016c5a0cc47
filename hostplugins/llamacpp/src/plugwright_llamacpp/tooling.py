"""Tools for models that were never trained on any: by a schema of what may be said.

A model says `{"answer": …}` or `{"calls": [{"tool": …, "arguments": …}]}`, and the
grammar sees to it that tools and arguments exist.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from plugwright.providers import Completion, Finish, Message, Request, ToolCall
from plugwright.sandboxes import JSON

AT_ONCE = 8
"""Calls that a model may wish for in one answer."""


def with_tools(request: Request) -> Request:
    """Give the request that asks for calls or an answer, in words and as a schema."""
    if not request.tools:
        return request
    definitions: dict[str, Any] = {}
    calls: list[JSON] = []
    for number, tool in enumerate(request.tools):
        calls.append(
            _object(
                tool={"const": tool.name},
                arguments=_moved_in(definitions, f"tool{number}", tool.parameters),
            )
        )
    answer: JSON = {"type": "string"}
    if request.schema is not None:
        answer = _moved_in(definitions, "answer", request.schema)
    listed: JSON = {
        "type": "array",
        "items": {"anyOf": calls},
        "minItems": 1,
        "maxItems": AT_ONCE,
    }
    schema: dict[str, JSON] = {
        "anyOf": [_object(answer=answer), _object(calls=listed)],
        "$defs": definitions,
    }
    told = Message("system", _told(request))
    return replace(request, messages=(told, *request.messages), tools=(), schema=schema)


def understood(completion: Completion) -> Completion:
    """Take the calls, or the plain answer, out of what a model said."""
    if completion.finish is Finish.CANCELLED:
        return completion
    said = json.loads(completion.text)
    if "answer" in said:
        answer = said["answer"]
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return replace(completion, text=text)
    calls = tuple(
        ToolCall(
            id=f"call-{uuid4().hex[:12]}",
            name=call["tool"],
            arguments=call["arguments"],
        )
        for call in said["calls"]
    )
    return replace(completion, text="", calls=calls, finish=Finish.TOOLS)


def _told(request: Request) -> str:
    lines = [
        f"- {tool.name}: {tool.summary} Arguments: "
        + json.dumps(tool.parameters, ensure_ascii=False)
        for tool in request.tools
    ]
    return "\n".join(
        [
            "You have these tools:",
            *lines,
            'To use tools, say {"calls": [{"tool": NAME, "arguments": {…}}]}.',
            'When you know the answer, say {"answer": …}. Say one of both, as JSON.',
        ]
    )


def _object(**properties: JSON) -> dict[str, JSON]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [*properties],
        "additionalProperties": False,
    }


def _moved_in(
    definitions: dict[str, Any], name: str, schema: Mapping[str, JSON]
) -> JSON:
    """Put a schema among the definitions of another; its references move along."""

    def moved(part: Any) -> Any:
        if isinstance(part, list | tuple):
            return [moved(each) for each in part]
        if not isinstance(part, Mapping):
            return part
        return {
            key: f"#/$defs/{name}{value[1:]}"
            if key == "$ref" and isinstance(value, str) and value.startswith("#")
            else moved(value)
            for key, value in part.items()
        }

    definitions[name] = moved(schema)
    return {"$ref": f"#/$defs/{name}"}
