"""The source as it is delivered: with comments that say why it is as it is.

They come from what was decided before and while it was made: requirements, plan,
settings, permissions, choice. Nothing of them can change the program: if Python does
not read exactly the same program with them as without, they are left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from plugwright.manifest import MISLEADING
from plugwright.sources import LARGEST_FILE
from plugwright_forge.delivering.showing import commands_of
from plugwright_forge.specification import Command, Requirement, Specification

_WIDTH = 88
_CHANGED = "It can be changed:"
_NUMBERED = re.compile(r"# R[1-9][0-9]?: ")
# Python looks for an encoding in two lines: so nobody else's words stand in them.
_HEAD = (
    "Written by the forge on request. What stands beside R1, R2, ... and in this head",
    "comes from the specification and from what was decided; it does nothing.",
)


def commented(
    source: str,
    specification: Specification,
    tests: str,
    *,
    plan: str = "",
    chosen: str = "",
) -> str:
    """Add the comments, or give the source as it is."""
    try:
        tree = ast.parse(source)
        notes = {
            **_settings(tree, specification),
            **_commands(tree, specification, tests),
        }
        lines = source.split("\n")
        for number in sorted(notes, reverse=True):
            lines[number - 1 : number - 1] = notes[number]
        written = "\n".join([*_head(specification, plan, chosen), "", *lines])
        same = ast.dump(ast.parse(written)) == ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    return written if same and len(written.encode()) <= LARGEST_FILE else source


def bare(source: str) -> str:
    """Take these comments away again, so that a later version has its own."""
    lines = source.split("\n")
    if lines[0] == f"# {_HEAD[0]}" and "" in lines:
        lines = lines[lines.index("") + 1 :]
    kept: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("# "):
            block.append(line)
            continue
        kept += [*_foreign(block), line]
        block = []
    text = "\n".join(kept[:-1])
    try:
        same = ast.dump(ast.parse(text)) == ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    return text if same else source


def _foreign(block: Sequence[str]) -> Sequence[str]:
    """Leave what others wrote: ours stands last in a block."""
    if any(_CHANGED in line for line in block):
        return ()
    ours = [at for at, line in enumerate(block) if _NUMBERED.match(line)]
    return block[: ours[0]] if ours else block


def _head(specification: Specification, plan: str, chosen: str) -> Iterator[str]:
    yield from (f"# {line}" for line in _HEAD)
    yield "#"
    yield from _comment(f"{specification.name}: {specification.summary}")
    if plan:
        yield from _comment(f"How it is built: {plan}")
    if chosen:
        yield from _comment(f"Why this candidate: {chosen}")
    for wish in specification.permissions:
        yield from _comment(f"It may use {wish.permission}: {wish.reason}")
    for invariant in specification.invariants:
        yield from _comment(f"{invariant.id}, always: {invariant.text}")
    for doubt in specification.unsure:
        yield from _comment(f"Decided without being asked for: {doubt}")


def _settings(tree: ast.Module, specification: Specification) -> dict[int, list[str]]:
    settings = {setting.name: setting for setting in specification.settings}
    notes = {}
    for node in _lines_of_their_own(tree):
        name = _assigned(node)
        if name in settings:
            setting = settings[name]
            said = f"{setting.meaning} {_CHANGED} {setting.allowed}."
            notes[node.lineno] = [*_comment(said)]
    return notes


def _assigned(node: ast.stmt) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return ""


def _commands(
    tree: ast.Module, specification: Specification, tests: str
) -> dict[int, list[str]]:
    wanted = _by_function(specification, tests)
    notes = {}
    for node in _lines_of_their_own(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = [
                line
                for each in wanted.get(node.name, ())
                for line in _comment(f"{each.id}: {each.text}")
            ]
            if lines:
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                notes[first] = lines
    return notes


def _by_function(
    specification: Specification, tests: str
) -> Mapping[str, Sequence[Requirement]]:
    shown = commands_of(tests, specification)

    def of(command: Command) -> Sequence[Requirement]:
        return [
            each
            for each in specification.requirements
            if command.function in shown[each.id]
        ]

    return {command.function: of(command) for command in specification.commands}


def _lines_of_their_own(tree: ast.Module) -> Iterable[ast.stmt]:
    """Give the statements that begin a line which is nobody else's."""
    last = 0
    for node in tree.body:
        marks = getattr(node, "decorator_list", [])
        if min([node.lineno, *(mark.lineno for mark in marks)]) > last:
            yield node
        last = node.end_lineno or node.lineno


def _comment(text: str) -> Iterator[str]:
    plain = " ".join(MISLEADING.sub(" ", text).split())
    yield from (
        f"# {line}"
        for line in wrap(
            plain, _WIDTH - 2, break_long_words=False, break_on_hyphens=False
        )
    )
