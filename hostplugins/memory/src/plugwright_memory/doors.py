"""What people and models may ask: each under an owner that they cannot choose."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plugwright.commands import Command, Tool
from plugwright.errors import UsageError
from plugwright.expectations import expected
from plugwright.manifest import CommandSpec
from plugwright.memory import Fact
from plugwright.permissions import nearest
from plugwright.sandboxes import JSON
from plugwright_memory.facts import MOST_FOUND, SqliteMemory
from plugwright_memory.narrowing import Kind

PERSON = "person"
"""Owns what a person keeps with `plugwright run memory remember`."""
MODELS = "models"
"""Owns what models keep with tools, all of them together."""
DAY = 24 * 60 * 60

Open = Callable[[str], SqliteMemory]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Remember(_Arguments):
    """What `remember` takes."""

    text: str = Field(description="The fact, in a sentence that says all by itself.")
    about: str = Field(default="", description="A subject to file it under.")
    days: float = Field(
        default=0, ge=0, description="Days until it is dropped; 0 is never."
    )


class Recall(_Arguments):
    """What `recall` takes."""

    query: str = Field(default="", description="Words; without any, the newest facts.")
    about: str = Field(default="", description="Only what is filed under this.")
    kind: Kind = Field(
        default="", description="`fact`, or `run` for what came of past runs."
    )
    limit: int = Field(default=10, ge=1, le=MOST_FOUND, description="How many at most.")


class Forget(_Arguments):
    """What `forget` takes."""

    id: str = Field(description="As `recall` shows it.")


class Export(_Arguments):
    """What `export` takes."""

    file: str = Field(description="A new file for one line of JSON per fact.")


Given = TypeVar("Given", bound=_Arguments)


def commands_on(open: Open) -> list[Command]:
    """Give the commands for people."""

    def forget(given: Forget) -> JSON:
        if not open(PERSON).forget(given.id):
            raise UsageError(
                f"there is no fact `{given.id:.80}`",
                remedy="`plugwright run memory recall` shows the ids",
            )
        return {"forgotten": given.id}

    return [
        Command(
            name="remember",
            spec=_spec("Keep a fact.", Remember),
            call=_call(Remember, lambda given: _remember(open(PERSON), given)),
        ),
        Command(
            name="recall",
            spec=_spec("Find facts by their words, and what is near them.", Recall),
            call=_call(Recall, lambda given: _recall(open(PERSON), given)),
        ),
        Command(
            name="forget",
            spec=_spec("Drop a fact.", Forget),
            call=_call(Forget, forget),
        ),
        Command(
            name="export",
            spec=_spec("Write all facts to a file, as JSON lines.", Export),
            call=_call(Export, lambda given: _export(open(PERSON), given)),
        ),
    ]


def tools_on(open: Open) -> list[Tool]:
    """Give the tools for models."""
    return [
        # What a model is talked into remembering will be believed later, so a person
        # looks at it first.
        Tool(
            name="remember",
            spec=_spec("Keep a fact for later conversations.", Remember),
            call=_call(Remember, lambda given: _remember(open(MODELS), given)),
        ),
        Tool(
            name="recall",
            spec=_spec("Find facts and past runs that were kept earlier.", Recall),
            call=_call(Recall, lambda given: _recall(open(MODELS), given)),
            needs_approval=False,
        ),
    ]


def _remember(memory: SqliteMemory, given: Remember) -> JSON:
    expires = time.time() + given.days * DAY if given.days else None
    return {"id": memory.remember(given.text, about=given.about, expires=expires)}


def _recall(memory: SqliteMemory, given: Recall) -> JSON:
    found = memory.recall(
        given.query, about=given.about, limit=given.limit, kind=given.kind
    )
    return {"facts": [_shown(fact) for fact in found]}


def _export(memory: SqliteMemory, given: Export) -> JSON:
    from plugwright_memory.exchange import write_lines

    path = Path(given.file).expanduser()
    return {"file": str(path), "facts": write_lines(path, memory.export())}


def _shown(fact: Fact) -> dict[str, JSON]:
    expires = None if fact.expires is None else _date(fact.expires)
    return {
        "id": fact.id,
        "text": fact.text,
        "about": fact.about,
        "kept": _date(fact.kept),
        "expires": expires,
        **({"run": fact.run} if fact.run else {}),
    }


def _date(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return "after all years"


def _spec(summary: str, arguments: type[_Arguments]) -> CommandSpec:
    return CommandSpec(
        summary=summary,
        parameters=tuple(arguments.model_fields),
        input=arguments.model_json_schema(),
    )


def _call(
    arguments: type[Given], answer: Callable[[Given], JSON]
) -> Callable[[dict[str, JSON]], JSON]:
    return lambda given: answer(_read(arguments, given))


def _read(arguments: type[Given], given: dict[str, Any]) -> Given:
    try:
        return arguments.model_validate(given)
    except ValidationError as error:
        found = error.errors()[0]
    name = str(found["loc"][-1])
    if found["type"] == "missing":
        raise UsageError(f"`{name}` is missing", remedy="give it")
    if found["type"] == "extra_forbidden":
        remedy = nearest(name, arguments.model_fields)
        raise UsageError(f"there is no argument `{name:.80}`", remedy=remedy)
    raise UsageError(f"`{name}` {expected(found)}", remedy="correct it")
