"""Makes a changelog of commits: as many questions as the model's context demands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, Field

from plugwright_agents.git.facts import told
from plugwright_agents.git.repository import Commit

PROMPT = (
    "Say what changed with these commits for people who use the program: one entry for"
    " what they would notice, related commits in one entry, each with the ids of its"
    " commits. Leave out what users do not notice: tests, refactoring, formatting. Say"
    " nothing that is not in the commits."
)
BODY = 400
"""Characters of a message; a changelog needs no more."""
_KINDS = ("added", "changed", "fixed", "removed")


class Entry(BaseModel):
    """One thing that changed."""

    kind: Literal["added", "changed", "fixed", "removed"]
    what: str = Field(description="one sentence, without ids")
    commits: list[str] = Field(description="the ids of its commits")


class Changes(BaseModel):
    """Everything that changed."""

    entries: list[Entry]


def claims(changes: Changes) -> Sequence[tuple[str, Sequence[str]]]:
    """Give what has to be proven."""
    return [(entry.what, entry.commits) for entry in changes.entries]


def batches(commits: Iterable[Commit], most: int) -> Iterator[list[Commit]]:
    """Take commits together, as many as fit into so many bytes."""
    batch: list[Commit] = []
    size = 0
    for commit in commits:
        more = len(line(commit).encode(errors="replace")) + 1
        if batch and size + more > most:
            yield batch
            batch, size = [], 0
        batch.append(commit)
        size += more
    if batch:
        yield batch


def line(commit: Commit) -> str:
    """Write a commit down for the model."""
    return told(replace(commit, body=commit.body[:BODY]))


def page(entries: Sequence[Entry], *, ids: bool) -> str:
    """Write Markdown."""
    parts = []
    for kind in _KINDS:
        lines = [_item(each, ids) for each in entries if each.kind == kind]
        if lines:
            parts.append("\n".join((f"### {kind.capitalize()}", "", *lines)))
    return "\n\n".join(parts)


def _item(entry: Entry, ids: bool) -> str:
    proof = f" ({', '.join(entry.commits)})" if ids and entry.commits else ""
    return f"- {' '.join(entry.what.split())}{proof}"
