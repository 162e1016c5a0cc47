"""The reference of `plugin.toml`, from the tables that read it."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from plugwright import hostmanifest, tables
from plugwright.differences import QUOTAS
from plugwright.expectations import API
from plugwright.permissions import Permission
from plugwright.quotas import LARGEST, SMALLEST, Quota

_WORDS = {
    "name": "what it is called: two or more small letters or digits, `-` between them",
    "version": "as PEP 440 has it: `0.1.0`",
    "api": f"the hosts that it works with; this one promises `{API}`",
    "summary": "what it does, in one line",
    "engine": "where it runs; `restricted` is a weaker wall, and the approval says so",
    "quota": "what a call may use beyond the defaults, see [below](#quotas)",
    "permission": "what it wants, as narrow as can be",
    "reason": "why, for the person who approves",
    "parameters": "the names of the arguments, in order",
    "input": "JSON Schema of the arguments; `plugwright manifest` writes it",
    "output": "JSON Schema of the answer; `plugwright manifest` writes it",
    "needs_approval": "whether a person is asked before each call by a model",
    "validates": "the kinds of things that it looks at",
    "memory": "whether it offers a memory",
    "handles": "the events that it listens to",
    "kind": "says that it runs inside Plugwright",
    "hooks": "the hooks that it answers; only for these it is imported",
    "plugin": "what it is",
    "permissions": "what it may do, each with a reason; a list: `[[permissions]]`",
    "commands": "what can be called: `[commands.NAME]`",
    "tools": "what models may call: `[tools.NAME]`",
    "offers": "what else it gives",
    "events": "what it hears",
    "provenance": "where it comes from: texts under names of your choice",
    "settings": "JSON Schema of its settings",
}
"""What each key is for. A key without words fails the build."""

PERMISSIONS = (
    "storage",
    "storage:lesson/*",
    "log",
    "clock",
    "events.emit:lesson-*",
    "http:GET https://api.example.org/v1/*",
    "files.read:~/lessons",
    "files.write:~/lessons",
    "model:role=tutor,tokens=2000",
)
"""One or two of each kind."""


def sandboxed() -> str:
    """Write every table of a sandboxed plugin's manifest."""
    return "\n\n".join(_tables(tables.File, ""))


def of_host() -> str:
    """Write every table of a host plugin's manifest."""
    return "\n\n".join(_tables(hostmanifest._File, ""))


def quotas() -> str:
    """Write every quota with its default, least and most."""
    docs = _field_docs()
    rows = "\n".join(
        f"| `{each.name}` | {docs[each.name]} | {getattr(Quota, each.name):,} |"
        f" {getattr(SMALLEST, each.name):,} | {getattr(LARGEST, each.name):,} |"
        for each in dataclasses.fields(Quota)
    )
    head = "| quota | counts | default | least | most |"
    return f"{head}\n| --- | --- | --- | --- | --- |\n{rows}"


def permissions() -> str:
    """Write permissions, and what a person is shown for each."""
    rows = "\n".join(
        f"| `{each}` | It {Permission.parse(each).in_words()}. |"
        for each in PERMISSIONS
    )
    return f"| permission | what a person reads |\n| --- | --- |\n{rows}"


def _field_docs() -> Mapping[str, str]:
    """Read the texts that stand under the fields of `Quota`."""
    lines = inspect.getsource(Quota).splitlines()
    names = {each.name for each in dataclasses.fields(Quota)}
    found = {}
    for line, after in pairwise(lines):
        name = line.strip().partition(":")[0]
        if name in names:
            found[name] = after.strip().strip('"')
    return {name: found.get(name) or QUOTAS[name] for name in names}


def _tables(model: Any, name: str) -> Iterator[str]:
    rows = []
    inner: list[tuple[Any, str]] = []
    for key, field in model.model_fields.items():
        below = _model_in(field.annotation)
        rows.append(f"| `{key}` | {_WORDS[key]} | {_default(field)} |")
        if below is not None and key != "quota":
            inner.append((below, _under(name, key, field.annotation)))
    title = f"### `{name}`" if name else "### The whole file"
    head = "| key | what it says | if it is left out |\n| --- | --- | --- |"
    yield f"{title}\n\n{head}\n" + "\n".join(rows)
    for below, inside in inner:
        yield from _tables(below, inside)


def _under(name: str, key: str, annotation: Any) -> str:
    kind = str(annotation)
    if kind.startswith("list"):
        return f"[[{key}]]"
    return f"[{key}.NAME]" if kind.startswith("dict") else f"[{key}]"


def _model_in(annotation: Any) -> Any:
    for each in (annotation, *getattr(annotation, "__args__", ())):
        if hasattr(each, "model_fields"):
            return each
    return None


def _default(field: Any) -> str:
    if field.is_required():
        return "**it has to be there**"
    default = field.get_default(call_default_factory=True)
    if isinstance(default, BaseModel):
        return "the defaults"
    return f"`{json.dumps(default)}`"


MADE = {
    "manifest of a sandboxed plugin": sandboxed,
    "manifest of a host plugin": of_host,
    "permissions": permissions,
    "quotas": quotas,
}
