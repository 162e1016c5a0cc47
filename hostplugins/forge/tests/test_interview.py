"""Who answers what, at which level of autonomy."""

from __future__ import annotations

import json
from contextlib import nullcontext
from io import StringIO

import pytest
from rich.console import Console

from plugwright.errors import UsageError
from plugwright_forge.answers import Level, Question
from plugwright_forge.person import Absent, AtTerminal
from plugwright_forge.prepared import read_answers

LEVELS = ("essential", "important", "nice-to-have")


class Talkative(Absent):
    """Answers everything with its number."""

    def answer(self, number, question):
        return f"answer {number}"


def three_questions():
    return json.dumps(
        {
            "questions": [
                {
                    "question": f"About {level}?",
                    "level": level,
                    "implication": "Much.",
                    "default": "as usual",
                }
                for level in LEVELS
            ]
        }
    )


@pytest.mark.parametrize(
    ("autonomy", "sources"),
    [
        ("guided", ["person", "person", "person"]),
        ("semi-autonomous", ["person", "person", "assumed"]),
        ("fully-autonomous", ["assumed", "assumed", "assumed"]),
    ],
)
def test_autonomy_decides_who_is_asked(world, autonomy, sources):
    here = world(
        requirements_analyst=three_questions(),
        person=Talkative(),
        options={"autonomy": autonomy},
    )

    here.run()

    interview = json.loads((here.session.folder / "interview.json").read_text())
    assert [answer["source"] for answer in interview] == sources


def test_what_was_answered_beforehand_is_not_asked(world):
    here = world(
        requirements_analyst=three_questions(),
        person=Talkative(),
        options={"answers": {"1": "one", "about  IMPORTANT?": "two"}},
    )

    here.run()

    interview = json.loads((here.session.folder / "interview.json").read_text())
    assert [answer["text"] for answer in interview] == [
        "one",
        "two",
        "answer 3",
    ]


def test_answers_reach_the_architect(world):
    here = world(options={"answers": {"1": "the last one"}})
    here.run()

    [asked] = here.script.asked("architect")

    assert "Which of two equal lessons?\n  Answer: the last one" in (
        asked.messages[1].content
    )


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ('{"answers": {"1": "a"}}', {"1": "a"}),
        ('{"answers": ["a", "b"], "note": "x"}', {"1": "a", "2": "b"}),
        ('["a", "b"]', {"1": "a", "2": "b"}),
    ],
)
def test_answers_are_read_from_a_file(tmp_path, text, answers):
    path = tmp_path / "answers.json"
    path.write_text(text)

    assert read_answers(path) == answers


@pytest.mark.parametrize("text", ["", "{", "7", "[1]", '{"answers": {"a": 1}}', "{}"])
def test_a_file_without_answers_is_said_to_be_so(tmp_path, text):
    path = tmp_path / "answers.json"
    path.write_text(text)

    with pytest.raises(UsageError, match=r"answers\.json") as said:
        read_answers(path)

    assert '{"answers":' in said.value.remedy


def test_a_missing_file_of_answers_is_named(tmp_path):
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_answers(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("typed", "answer"), [("\n", "as [usual]"), ("late\n", "late")]
)
def test_enter_takes_the_default(monkeypatch, typed, answer):
    monkeypatch.setattr("sys.stdin", StringIO(typed))
    screen = StringIO()
    sarah = AtTerminal(Console(file=screen, width=60), nullcontext)
    question = Question(
        question="When [bold]?",
        level=Level.ESSENTIAL,
        implication="x",
        default="as [usual]",
    )

    assert sarah.answer(1, question) == answer
    assert "When [bold]?" in screen.getvalue()
    assert "as [usual]" in screen.getvalue()
