"""What a model may decide, and what it is told when it decides badly."""

from __future__ import annotations

import json

import pytest

from plugwright_forge.decisions import questions, review, specification
from plugwright_forge.fences import Malformed


def test_a_specification_is_read(story):
    found = specification(story.specified())

    assert found.name == "lesson-finder"
    assert found.commands[0].parameters[0].type == "list[Lesson]"
    assert str(found.permissions[0].permission) == "storage"
    assert found.functions == {"longest_lesson"}


def test_what_a_model_adds_of_its_own_does_no_harm(story):
    assert specification(story.specified(mood="good")).name == "lesson-finder"


def test_examples_may_be_written_as_data(story):
    found = specification(story.specified(examples=[{"lessons": []}]))

    assert [each.text for each in found.examples] == ['{"lessons": []}']
    assert not found.examples[0].can_be_tried


def _command(story, **changes):
    return {**story.specification["commands"][0], **changes}


def _tried(**changes):
    call = {"command": "longest-lesson", "arguments": {}, "gives": 1}
    return {"examples": [{**call, **changes}]}


def _nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_tried(before=[{}]), r"`examples\[0\]`: `before\[0\]` needs a `command` or"),
        (_tried(before=[{"command": "x", "event": "y"}]), "and not both"),
        (_tried(before=[{"command": "nope"}]), "there is no command `nope`"),
        (
            _tried(before=[{"command": "longest-lesson", "arguments": {"x y": 1}}]),
            "`longest-lesson` takes no `x y`",
        ),
        (_tried(gives="\ud800"), "half of a character"),
        (_tried(gives=_nested(90)), "nested deeper than 60 levels"),
    ],
)
def test_an_example_that_nobody_could_try_is_refused(story, change, problem):
    with pytest.raises(Malformed, match=problem):
        specification(story.specified(**change))


@pytest.mark.parametrize("value", [10**400, None, [1], "two\nlines", "\u202e"])
def test_a_setting_is_a_plain_text_a_number_or_a_truth(story, value):
    setting = {"name": "MOST", "value": value, "meaning": "Lessons at most."}

    with pytest.raises(
        Malformed, match=r"MOST|settings\[0\]\.value.*no text, no number"
    ):
        specification(story.specified(settings=[setting]))


@pytest.mark.parametrize("value", ["", "  ", ", ", "a  b", 7, 1.5, False])
def test_a_setting_is_kept_to_its_last_space(story, value):
    setting = {"name": "MOST", "value": value, "meaning": "Lessons at most."}

    (found,) = specification(story.specified(settings=[setting])).settings

    assert (found.value, type(found.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "Lesson Finder"}, "`plugin.name`"),
        ({"name": "plugwright-core"}, "the host's own"),
        ({"name": 7}, "`name`"),
        ({"summary": ""}, "`summary`"),
        ({"summary": "x" * 301}, "`summary`"),
        ({"summary": "\x1b[2J"}, "characters that a screen does not show"),
        ({"summary": "\ud800"}, "`summary`"),
        ({"requirements": []}, "`requirements`"),
        ({"requirements": [{"id": "1", "text": "x"}]}, r"`requirements\[0\].id`"),
        ({"requirements": [{"id": "R1", "text": "x"}] * 2}, "two of the requirement"),
        ({"types": "class Lesson(:"}, "`types` is not Python"),
        ({"types": "print('hello')"}, "only imports, classes"),
        ({"types": "class Other: pass"}, "needs `Lesson`, not found in `types`"),
        ({"commands": []}, "`commands`"),
        ({"permissions": [{"permission": "disk", "reason": "x"}]}, "no permission"),
        ({"permissions": ["storage"]}, r"`permissions\[0\]`"),
        ({"events": ["Not An Event"]}, "`events.handles"),
        ({"plans": ["a", "b"]}, "`plans`"),
        ({"plans": ["a", "b", "b"]}, "two of the plan"),
    ],
)
def test_a_bad_specification_is_refused_with_its_place(story, change, problem):
    with pytest.raises(Malformed, match=problem):
        specification(story.specified(**change))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "Longest lesson"}, "`commands"),
        ({"function": "longest-lesson"}, "not a public Python name"),
        ({"function": "class"}, "not a public Python name"),
        ({"function": "_hidden"}, "not a public Python name"),
        ({"returns": "Lesson]"}, "is not Python"),
        ({"returns": "x = 1"}, "is not a type"),
        ({"returns": "Week"}, "needs `Week`"),
        ({"parameters": [{"name": "x", "type": "Week", "meaning": "m"}]}, "`x`"),
    ],
)
def test_a_bad_command_is_refused(story, change, problem):
    with pytest.raises(Malformed, match=problem):
        specification(story.specified(commands=[_command(story, **change)]))


@pytest.mark.parametrize("function", ["test_score", "testament", "pytest", "command"])
def test_a_function_is_not_called_as_tests_and_their_tools_are(story, function):
    with pytest.raises(Malformed, match="its function must not"):
        specification(story.specified(commands=[_command(story, function=function)]))


def test_two_commands_of_one_name_are_refused(story):
    twice = [_command(story), _command(story, function="other")]

    with pytest.raises(Malformed, match="two of the command `longest-lesson`"):
        specification(story.specified(commands=twice))


def test_questions_are_read_and_at_most_seven(story):
    assert questions(json.dumps(story.questions))[0].default == "the first"
    assert questions('{"questions": []}') == ()

    many = [{**story.questions["questions"][0], "question": f"q{n}"} for n in range(8)]
    with pytest.raises(Malformed, match="`questions`"):
        questions(json.dumps({"questions": many}))


def test_a_question_of_no_known_level_is_refused(story):
    odd = {"questions": [{**story.questions["questions"][0], "level": "vital"}]}

    with pytest.raises(Malformed, match=r"`questions\[0\].level`"):
        questions(json.dumps(odd))


def test_a_doubtful_review_leaves_its_reason(story):
    doubtful = {**story.review, "verdict": "does not fit", "why": "It is late."}

    assert review(json.dumps(story.review)) == ((), ())
    assert review(json.dumps(doubtful)) == (
        (),
        ("The integration specialist says that it does not fit: It is late.",),
    )


@pytest.mark.parametrize(
    "change", [{"verdict": "maybe"}, {"permissions": None}, {"why": ""}]
)
def test_a_bad_review_is_refused(story, change):
    with pytest.raises(Malformed):
        review(json.dumps({**story.review, **change}))
