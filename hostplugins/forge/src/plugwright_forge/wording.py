"""How things are written in prompts: short, and the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable

from plugwright_forge.answers import Answer
from plugwright_forge.skeletons import interface
from plugwright_forge.specification import Specification


def bullets(lines: Iterable[str]) -> str:
    """Write a list, or say that there is nothing in it."""
    return "\n".join(f"- {line}" for line in lines) or "(none)"


def interview_in_words(answers: Iterable[Answer]) -> str:
    """Write questions and answers."""
    return (
        "\n".join(f"- {answer.question}\n  Answer: {answer.text}" for answer in answers)
        or "(no questions were asked)"
    )


def specification_in_words(specification: Specification) -> str:
    """Write everything but the plans: those are for implementers alone."""
    requirements = bullets(f"{r.id}: {r.text}" for r in specification.requirements)
    meanings = bullets(
        f"{command.name}({parameter.name}): {parameter.meaning}"
        for command in specification.commands
        for parameter in command.parameters
    )
    permissions = bullets(
        f"{wish.permission}: {wish.reason}" for wish in specification.permissions
    )
    return "\n\n".join(
        [
            f"{specification.name}: {specification.summary}",
            f"Requirements:\n{requirements}",
            f"Interface:\n```python\n{interface(specification)}```",
            f"Arguments:\n{meanings}",
            f"Permissions:\n{permissions}",
            f"Examples:\n{bullets(each.text for each in specification.examples)}",
        ]
    )
