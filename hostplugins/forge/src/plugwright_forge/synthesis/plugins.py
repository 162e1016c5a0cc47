"""A whole plugin from a specification's examples, where small programs are enough."""

from __future__ import annotations

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
        if not bodies:
            return None
        parts.append(signature(command, bodies[0].lines))
    header = HEADER
    if any(_COUNTER in part for part in parts):
        header = f"from collections import Counter\n{header}"
    types = [specification.types.strip()] if specification.types.strip() else []
    return "\n\n\n".join([header, *types, *parts]) + "\n"


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
