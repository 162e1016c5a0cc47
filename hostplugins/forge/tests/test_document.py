"""A person can read a specification, change it, and is told what does not hold."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from plugwright.errors import UsageError
from plugwright_forge.decisions import specification
from plugwright_forge.specification import Example, Invariant, Setting
from plugwright_forge.specification.document import dumps, loads

LESSON = {"subject": "maths", "minutes": 30}
TRIED = {
    "command": "longest-lesson",
    "arguments": {"lessons": [LESSON]},
    "gives": LESSON,
    "requirement": "R1",
}


@pytest.fixture
def found(story):
    return specification(
        story.specified(
            examples=[
                "Of equal ones the first.",
                TRIED,
                {"command": "longest-lesson", "arguments": {}, "refuses": True},
                {"command": "longest-lesson", "arguments": {"lessons": None}},
            ],
            invariants=[{"id": "I1", "text": "It gives one of the lessons."}],
            settings=[
                {
                    "name": "MOST",
                    "value": 6,
                    "meaning": "Lessons at most.",
                    "least": 1,
                    "most": 12,
                },
                {
                    "name": "ORDER",
                    "value": "time",
                    "meaning": "What it sorts by.",
                    "choices": ["time", "name"],
                },
                *(
                    {
                        "name": f"CHOSEN_{number}",
                        "value": choices[0],
                        "meaning": "One of few.",
                        "choices": choices,
                    }
                    for number, choices in enumerate([[6, 8], [0.5, 1.5], [True]])
                ),
            ],
        )
    )


def test_what_is_written_is_read_as_it_was(found):
    assert loads(dumps(found)) == found


def test_it_says_on_top_how_it_is_changed(found):
    assert dumps(found).startswith("# What the plugin is to be.")


def test_an_example_that_can_be_tried_says_itself_in_words(found):
    words, tried, refused, nothing = found.examples
    assert not words.can_be_tried
    assert tried == Example(
        **TRIED,
        text=f"longest-lesson of {json.dumps({'lessons': [LESSON]})} gives "
        f"{json.dumps(LESSON)}",
    )
    assert refused.refuses
    assert refused.text == "longest-lesson of {} is refused"
    assert nothing.gives is None
    assert nothing.can_be_tried


def test_invariants_and_settings_are_kept(found):
    assert found.invariants == (
        Invariant(id="I1", text="It gives one of the lessons."),
    )
    assert found.settings[:2] == (
        Setting(name="MOST", value=6, meaning="Lessons at most.", least=1, most=12),
        Setting(
            name="ORDER",
            value="time",
            meaning="What it sorts by.",
            choices=("time", "name"),
        ),
    )
    assert [setting.allowed for setting in found.settings[:2]] == [
        "a whole number from 1 to 12",
        'one of "time", "name"',
    ]


def test_a_person_changes_a_requirement(found):
    text = dumps(found).replace(found.requirements[0].text, "Gives the shortest.")
    assert loads(text).requirements[0].text == "Gives the shortest."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "R1"', 'id = "R2"', "there are two of the requirement `R2`"),
        ('id = "R1"', 'id = "One"', "`requirements[0].id`"),
        ('requirement = "R1"', 'requirement = "R9"', "there is no R9"),
        ('command = "longest-lesson"', 'command = "x"', "no command `x`"),
        ("'{\"lessons\": null}'", "'{\"hours\": 1}'", "takes no `hours`"),
        ("'{\"lessons\": null}'", "'{\"lessons\": '", "`examples[3].arguments` is"),
        ("[[requirements]]", "[[requirements", "is not TOML"),
        ("events = []", "examples = []", "there in two ways"),
        ('name = "MOST"', 'name = "most"', "`settings[0].name`"),
        ("value = '6'", "value = '60'", "its own value is not a whole number from"),
        ("value = '6'", "value = 'true'", "only numbers have `least`"),
        ("value = '6'", "value = '[]'", "`settings[0].value"),
        ('choices = ["time"', 'choices = ["date"', 'not one of "date", "name"'),
    ],
)
def test_what_does_not_hold_is_named_with_its_place(found, old, new, said):
    text = dumps(found)
    assert old in text
    with pytest.raises(UsageError) as refused:
        loads(text.replace(old, new, 1))
    assert said in str(refused.value)
    assert "`specification.toml`" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "`examples[0]` needs either `gives` or `refuses = true`"),
        ("result = '3'", "`examples[0]` needs either `gives` or `refuses = true`"),
        ("gives = '3'\nrefuses = true", "needs either `gives` or `refuses"),
        ("gives = 2026-01-05", "JSON cannot say"),
        ("gives = 'NaN'", "JSON cannot say"),
        ("gives = 1e999", "JSON cannot say"),
    ],
)
def test_an_example_says_what_comes_of_it(found, given, said):
    call = "[[examples]]\ncommand = 'longest-lesson'\narguments = '{}'\n"
    text = dumps(replace(found, examples=()))
    text = text.replace("examples = []\n", "")

    with pytest.raises(UsageError) as refused:
        loads(f"{text}\n{call}{given}\n")
    assert said in str(refused.value)


def test_examples_that_contradict_each_other_are_named(story):
    other = {**TRIED, "gives": None}
    with pytest.raises(Exception, match="same input and different outcomes"):
        specification(story.specified(examples=[TRIED, other]))


def test_what_came_before_may_decide_what_an_example_gives(story):
    before = [{"command": TRIED["command"], "arguments": TRIED["arguments"]}]
    later = {**TRIED, "gives": None, "before": before}

    read = specification(story.specified(examples=[TRIED, later]))

    assert [each.gives for each in read.examples] == [TRIED["gives"], None]
