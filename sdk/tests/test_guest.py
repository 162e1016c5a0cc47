"""The door of the guest: what the sandbox may ask of a plugin."""

import sys

import pytest

from plugwright_sdk import InputError
from plugwright_sdk.guest import dispatch
from plugwright_sdk.testing import stored

PLANNER = '''
    from typing import Any
    from plugwright_sdk import command, initialiser, on, storage

    @initialiser
    def set_up() -> None:
        storage.set("ready", True)

    @command(name="plan-week")
    def plan(lessons: list[str], days: int = 5) -> dict[str, list[str]]:
        """Spread lessons over the days."""
        return {str(day): lessons[day::days] for day in range(days)}

    @on("thought-updated")
    def remember(data: Any) -> None:
        storage.set("thought", data)
'''


def test_a_plugin_describes_itself(plugin):
    plugin(PLANNER)

    assert dispatch("load", None) is None
    assert dispatch("describe", None) == {
        "commands": {
            "plan-week": {
                "function": "plan",
                "summary": "Spread lessons over the days.",
                "parameters": ["lessons", "days"],
                "input": {
                    "type": "object",
                    "properties": {
                        "lessons": {"type": "array", "items": {"type": "string"}},
                        "days": {"type": "integer", "default": 5},
                    },
                    "required": ["lessons"],
                    "additionalProperties": False,
                },
                "output": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "array",
                        "items": {"type": "string"},
                    },
                },
            }
        },
        "events": ["thought-updated"],
        "tools": {},
        "validates": [],
        "memory": False,
        "initialiser": True,
    }


def test_nothing_runs_at_loading_and_the_initialiser_runs_when_asked(plugin):
    plugin(PLANNER)
    dispatch("load", None)
    assert stored("ready") is None

    assert dispatch("load", {"initialise": True}) is None
    assert stored("ready") is True


def test_a_command_is_called_by_name(plugin):
    plugin(PLANNER)
    arguments = {"lessons": ["art", "maths"], "days": 2}

    assert dispatch("command", {"name": "plan-week", "arguments": arguments}) == {
        "0": ["art"],
        "1": ["maths"],
    }


def test_an_unknown_command_names_the_nearest(plugin):
    plugin(PLANNER)

    with pytest.raises(InputError, match="no command `plan`; did you mean `plan-week`"):
        dispatch("command", {"name": "plan", "arguments": {}})


def test_an_event_reaches_its_handlers_and_they_are_counted(plugin):
    plugin(PLANNER)

    assert dispatch("event", {"name": "thought-updated", "data": [1]}) == 1
    assert dispatch("event", {"name": "other", "data": None}) == 0
    assert stored("thought") == [1]


def test_an_unknown_operation_is_refused():
    with pytest.raises(ValueError, match="there is no operation `explode`"):
        dispatch("explode", None)


@pytest.mark.parametrize(
    "first_line",
    [
        "from __future__ import annotations",
        pytest.param(
            "",
            marks=pytest.mark.skipif(
                sys.version_info < (3, 14), reason="annotations are evaluated at once"
            ),
        ),
    ],
)
def test_classes_may_be_defined_below_the_command_that_names_them(plugin, first_line):
    plugin(f"""
        {first_line}
        from dataclasses import dataclass
        from plugwright_sdk import command

        @command
        def plan(lesson: Lesson) -> str:
            return lesson.subject

        @dataclass
        class Lesson:
            subject: str
    """)

    arguments = {"lesson": {"subject": "art"}}
    assert dispatch("command", {"name": "plan", "arguments": arguments}) == "art"
