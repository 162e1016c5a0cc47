"""The examples in a README and in docstrings, and where they stand.

Two kinds can be run: what begins with `>>>`, as Python shows it; and a line
`plugwright run PLUGIN COMMAND`, whose input is the JSON shown before or behind it. JSON
that follows as the next block is the answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plugwright_qa.stages.described import Door

LONGEST = 200_000
"""Characters of a text that is searched."""


@dataclass(frozen=True)
class Block:
    """Some lines of code in a text."""

    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of them."""
        return "\n".join(self.lines)


@dataclass(frozen=True, kw_only=True)
class Called:
    """A command, called with JSON."""

    where: str
    command: str
    arguments: dict[str, Any]
    answer: Any = None
    has_answer: bool = False


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Lines as one would type them into Python: what is typed, and what it says."""

    where: str
    steps: tuple[tuple[int, str, str], ...]
    """Line, source, and what follows; all of one block."""

    @property
    def source(self) -> str:
        """All that is typed."""
        return "\n".join(source for _, source, _ in self.steps)


def blocks(text: str) -> Iterator[Block]:
    """Find what is fenced or indented by four spaces."""
    inside: list[str] = []
    begun, fence = 0, ""
    for number, line in enumerate(text[:LONGEST].split("\n"), start=1):
        bare = line.strip()
        if fence:
            if bare.startswith(fence) and not bare.strip(fence[0]):
                yield Block(begun, tuple(inside))
                inside, fence = [], ""
            else:
                inside.append(line)
            continue
        if not inside or fence:
            begun = number
        if line.startswith("    ") and bare:
            inside.append(line[4:])
            continue
        if inside and bare:
            yield Block(begun, tuple(inside))
            inside = []
        elif inside:
            inside.append("")
        if bare.startswith(("```", "~~~")):
            mark = bare[0]
            fence = mark * (len(bare) - len(bare.lstrip(mark)))
            begun = number + 1
    if inside:
        yield Block(begun, tuple(inside))


def typed(path: str, text: str, first: int = 1) -> Iterator[Typed]:
    """Find what begins with `>>>`; a line without anything ends an example."""
    steps: list[tuple[int, str, str]] = []
    for number, line in enumerate(text[:LONGEST].split("\n"), start=first):
        bare = line.strip()
        if bare == ">>>" or bare.startswith(">>> "):
            steps.append((number, bare[4:], ""))
        elif steps and (bare == "..." or bare.startswith("... ")):
            at, source, said = steps[-1]
            # Not in what is said: three dots there stand for anything.
            if not said:
                steps[-1] = at, f"{source}\n{line.strip()[4:]}", ""
                continue
            steps[-1] = at, source, f"{said}{bare}\n"
        elif steps and bare and not bare.startswith("```"):
            at, source, said = steps[-1]
            steps[-1] = at, source, f"{said}{bare}\n"
        elif steps and not bare.startswith(">>>"):
            yield Typed(where=f"{path}:{steps[0][0]}", steps=tuple(steps))
            steps = []
    if steps:
        yield Typed(where=f"{path}:{steps[0][0]}", steps=tuple(steps))


def called(text: str, doors: Mapping[str, Door]) -> Iterator[Called]:
    """Find lines of `plugwright run` in README.md, with input and answer."""
    every = [*blocks(text)]
    answered = -1
    for n, block in enumerate(every):
        for offset, line in enumerate(block.lines):
            door = _door(line, doors)
            if door is None:
                continue
            given, behind = _input(every, n, door, answered)
            if given is None:
                continue
            rest = every[behind] if behind < len(every) else None
            if rest and behind == n + 1 and _is_input_of_next(every, behind, doors):
                rest = None
            has_answer, answer = _json(rest.text) if rest else (False, None)
            if has_answer:
                answered = behind
            yield Called(
                where=f"README.md:{block.line + offset}",
                command=line.strip().removeprefix("$ ").split()[3],
                arguments=given,
                answer=answer,
                has_answer=has_answer,
            )


def _is_input_of_next(every: list[Block], n: int, doors: Mapping[str, Door]) -> bool:
    """Whether a block is what the call behind it is given, and no answer."""
    for line in every[n + 1].lines if n + 1 < len(every) else ():
        door = _door(line, doors)
        if door is not None:
            more = every[n + 2] if n + 2 < len(every) else None
            has_other = more is not None and _arguments(more, door) is not None
            return _arguments(every[n], door) is not None and not has_other
    return False


def _door(line: str, doors: Mapping[str, Door]) -> Door | None:
    words = line.strip().removeprefix("$ ").split()
    is_call = words[:2] == ["plugwright", "run"] and len(words) > 3
    return doors.get(words[3]) if is_call else None


def _input(
    every: list[Block], n: int, door: Door, answered: int
) -> tuple[dict[str, Any] | None, int]:
    """Give the input of a call in one block, and where its answer would be."""
    before = every[n - 1] if n > 0 and n - 1 != answered else None
    behind = every[n + 1] if n + 1 < len(every) else None
    for block, answer in ((before, n + 1), (behind, n + 2)):
        value = _arguments(block, door) if block else None
        if value is not None:
            return value, answer
    return (None, n + 1) if door.input.get("required") else ({}, n + 1)


def _arguments(block: Block, door: Door) -> dict[str, Any] | None:
    """Give what is in a block as arguments of a command, if it can be these."""
    is_json, value = _json(block.text)
    if is_json and len(door.parameters) == 1 and not isinstance(value, dict):
        value = {door.parameters[0]: value}
    if not is_json or not isinstance(value, dict):
        return None
    needed = set(door.input.get("required", ()))
    return value if needed <= set(value) <= set(door.parameters) else None


def _json(text: str) -> tuple[bool, Any]:
    try:
        return True, json.loads(text)
    except (ValueError, RecursionError):
        return False, None
