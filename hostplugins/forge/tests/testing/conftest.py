"""A specification whose interface is small and whose invariants are of every kind."""

from __future__ import annotations

import pytest

from plugwright_forge.specification.reading import specified

LESSONS = [{"subject": "art", "minutes": 30}, {"subject": "maths", "minutes": 20}]


def command(name, parameter, type, returns):
    return {
        "name": name,
        "function": name.replace("-", "_"),
        "parameters": [{"name": parameter, "type": type, "meaning": "What it takes."}],
        "returns": returns,
        "summary": "Does it.",
    }


VALUE = {
    "name": "lesson-tools",
    "summary": "Sorts and packs.",
    "requirements": [{"id": f"R{n}", "text": f"Does {n}."} for n in range(1, 4)],
    "types": "from typing import TypedDict\n\n\n"
    "class Lesson(TypedDict):\n    subject: str\n    minutes: int\n",
    "commands": [
        command("sort-lessons", "lessons", "list[Lesson]", "list[Lesson]"),
        command("pack", "words", "list[str]", "str"),
        command("unpack", "text", "str", "list[str]"),
    ],
    "examples": [
        {
            "command": "sort-lessons",
            "arguments": {"lessons": LESSONS},
            "gives": LESSONS[::-1],
        }
    ],
    "plans": ["a", "b", "c"],
}
LESSON = {
    "type": "object",
    "properties": {"subject": {"type": "string"}, "minutes": {"type": "integer"}},
    "required": ["subject", "minutes"],
}


@pytest.fixture
def specify():
    """Make a specification, with some of it changed."""

    def make(**changes):
        return specified({**VALUE, **changes})

    return make


@pytest.fixture
def schemas():
    """What the guest says of the arguments, by command."""

    def of(name, part):
        return {"properties": {name: part}, "required": [name]}

    lessons = {"type": "array", "items": {"$ref": "#/$defs/Lesson"}}
    return {
        "sort-lessons": {**of("lessons", lessons), "$defs": {"Lesson": LESSON}},
        "pack": of("words", {"type": "array", "items": {"type": "string"}}),
        "unpack": of("text", {"type": "string"}),
    }
