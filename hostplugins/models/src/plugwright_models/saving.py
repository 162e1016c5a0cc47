"""A talk in a file, and a talk from one: JSON for both, Markdown for reading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from plugwright.agents.builder import RUNS
from plugwright.agents.recording import message_of
from plugwright.agents.runbook import opened
from plugwright.errors import UsageError
from plugwright.home import Home, naming
from plugwright.providers import Message, ToolCall
from plugwright_models.conversation import Conversation

LONGEST = 64 << 20
"""Bytes of a file that is read; no model holds a longer talk."""


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    name: str
    arguments: dict[str, Any]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    answers: str = ""
    calls: list[_Call] = []


_ROWS = TypeAdapter(Annotated[list[_Row], Field(min_length=1)])


def save(path: Path, model: str, messages: Sequence[Message]) -> None:
    """Write a talk to a new file. UsageError, if there is one already."""
    is_json = path.suffix == ".json"
    text = _as_json(messages) if is_json else _as_markdown(model, messages)
    with naming(path):
        try:
            file = path.open("x", encoding="utf-8", errors="replace")
        except FileExistsError as error:
            raise UsageError(
                f"`{path}` is there already", remedy="give it another name"
            ) from error
        try:
            with file:
                file.write(text)
        except OSError:
            path.unlink(missing_ok=True)  # half a talk would look like a whole one
            raise


def load(path: Path) -> list[Message]:
    """Read what was saved as JSON. UsageError says what is wrong with the file."""
    with naming(path), path.open("rb") as file:
        content = file.read(LONGEST + 1)
    try:
        if len(content) > LONGEST:
            raise ValueError("it is too large")
        rows = _ROWS.validate_json(content)
    except (ValidationError, ValueError) as error:
        raise UsageError(
            f"`{path}` is no saved talk", remedy="load what `/save FILE.json` wrote"
        ) from error
    return [
        Message(
            row.role,
            row.content,
            tuple(ToolCall(**dict(call)) for call in row.calls),
            row.answers,
        )
        for row in rows
    ]


def recorded(book: Path, run: str) -> list[Message]:
    """Give what was said in a run of `plugwright runs`, up to where it ended."""
    with opened(book) as runs:
        entries = runs.entries(runs.row(run).id)
    messages, broken_off = list[Message](), ""
    for entry in entries:
        if entry.kind == "partial":
            broken_off = entry.text
        elif (message := message_of(entry)) is not None:
            messages.append(message)
            broken_off = ""
    if broken_off:
        messages.append(Message("assistant", broken_off))
    return messages


def load_into(conversation: Conversation, home: Home, what: str) -> None:
    """Go on with the talk of a file, or with `last`, the one before."""
    if what != "last":
        conversation.take(load(Path(what).expanduser()))
        return
    book = home.folder / RUNS
    conversation.take(recorded(book, newest(book, conversation.plan.name)))


def newest(book: Path, agent: str) -> str:
    """Give the id of an agent's last run. UsageError, if there is none."""
    with opened(book) as runs:
        for row in runs.rows(1, agent):
            return row.id
    raise UsageError(
        "there is no talk before this one", remedy="`/load FILE.json` loads a saved one"
    )


def _as_json(messages: Sequence[Message]) -> str:
    rows = []
    for message in messages:
        row: dict[str, Any] = {"role": message.role, "content": message.content}
        if message.answers:
            row["answers"] = message.answers
        if message.calls:
            row["calls"] = [
                {"id": call.id, "name": call.name, "arguments": dict(call.arguments)}
                for call in message.calls
            ]
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _as_markdown(model: str, messages: Sequence[Message]) -> str:
    parts = [f"# A talk with {model}\n"]
    for message in messages:
        parts.append(f"## {message.role}\n")
        if message.content:
            parts.append(f"{message.content}\n")
        for call in message.calls:
            given = json.dumps(dict(call.arguments), ensure_ascii=False)
            parts.append(f"calls `{call.name}` with `{given}`\n")
    return "\n".join(parts)
