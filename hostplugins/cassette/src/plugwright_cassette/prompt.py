"""A request as lines, for people to read and for diffs to compare."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from plugwright.providers import Message, Request


def prompt_lines(request: Request) -> list[str]:
    """Lay out everything that the key of a request is made of."""
    return list(_lines(request))


def _lines(request: Request) -> Iterator[str]:
    yield f"role: {request.role}"
    yield f"template: {request.template}"
    for name, value in asdict(request.sampling).items():
        if name != "stop" or value:
            yield f"{name}: {value}"
    for title, text in wishes(request):
        yield f"{title}: {text}"
    for message in request.messages:
        yield from ("", f"===== {title_of(message)} =====", "")
        yield from told(message).split("\n")


def wishes(request: Request) -> Iterator[tuple[str, str]]:
    """Give what is wanted of the answer beside words: its form, and tools for it."""
    for tool in request.tools:
        yield f"tool {tool.name}", f"{tool.summary} {_json(dict(tool.parameters))}"
    if request.schema is not None:
        yield "schema", _json(dict(request.schema))
    if request.grammar:
        yield "grammar", request.grammar


def title_of(message: Message) -> str:
    """Say whose turn it is."""
    return f"{message.role} {message.answers}".strip()


def told(message: Message) -> str:
    """Give what is in a turn: its words, then a line for each call."""
    calls = [
        f"[calls {call.name}({_json(dict(call.arguments))}) as {call.id}]"
        for call in message.calls
    ]
    return "\n".join(
        [*([message.content] if message.content or not calls else []), *calls]
    )


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
