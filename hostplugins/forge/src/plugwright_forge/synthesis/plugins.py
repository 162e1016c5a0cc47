"""A whole plugin from a specification's examples, where small programs are enough."""

from __future__ import annotations

import ast
from collections.abc import Collection

from plugwright_forge.skeletons import HEADER, signature
from plugwright_forge.specification import Command, Specification
from plugwright_forge.synthesis.programs import Body, Case, synthesise

_COUNTER = "Counter("


def found_plugin(specification: Specification) -> str | None:
    """Write `plugin.py` if every command can be found from its examples, else None."""
    if specification.events:
        return None  # examples are calls; what an event does is not in them
    parts = []
    for command in specification.commands:
        bodies = _bodies(command, specification)
        taken = {*specification.functions, *(each.name for each in command.parameters)}
        body = next((each for each in bodies if not _calls(each, taken)), None)
        if body is None:
            return None
        parts.append(signature(command, body.lines))
    header = HEADER
    if any(_COUNTER in part for part in parts):
        header = f"from collections import Counter\n{header}"
    types = [specification.types.strip()] if specification.types.strip() else []
    return "\n\n\n".join([header, *types, *parts]) + "\n"


def _calls(body: Body, names: Collection[str]) -> bool:
    """Whether it needs a function of Python's that is called as one of the plugin's."""
    tree = ast.parse("\n".join(body.lines))
    used = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    keywords = (node for node in ast.walk(tree) if isinstance(node, ast.keyword))
    used |= {keyword.value for keyword in keywords if keyword.arg == "key"}
    return any(isinstance(node, ast.Name) and node.id in names for node in used)


def _bodies(command: Command, specification: Specification) -> tuple[Body, ...]:
    cases = [
        Case(
            arguments={**example.arguments},
            gives=example.gives,
            refuses=example.refuses,
        )
        for example in specification.examples
        if example.command == command.name
    ]
    words = "\n".join(each.text for each in specification.requirements)
    return synthesise([each.name for each in command.parameters], cases, words)
