"""Candidates are tried with inputs near the examples, the same ones every time."""

from __future__ import annotations

import jsonschema
import pytest

from plugwright_forge.decisions import specification
from plugwright_forge.probing import marked, near, probes

MATHS, ART = {"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}
SCHEMA = {
    "type": "object",
    "properties": {"lessons": {"type": "array", "items": {"$ref": "#/$defs/Lesson"}}},
    "required": ["lessons"],
    "additionalProperties": False,
    "$defs": {
        "Lesson": {
            "type": "object",
            "properties": {
                "subject": {"type": "string"},
                "minutes": {"type": "integer"},
                "level": {"enum": ["easy", "hard"]},
                "room": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
            "required": ["subject", "minutes"],
        }
    },
}
EXAMPLE = {
    "command": "longest-lesson",
    "arguments": {"lessons": [MATHS, ART]},
    "gives": ART,
}


@pytest.fixture
def asked(story):
    return specification(story.specified(examples=["In words.", EXAMPLE]))


def test_what_a_person_wrote_is_marked_and_what_is_near_it_is_not(asked):
    (written,) = [each for each in asked.examples if each.can_be_tried]

    found = marked(probes(asked, {"longest-lesson": SCHEMA}, "seed"), [written])

    assert [each.id for each in found if each.written] == ["P1"]
    assert not any(each.written for each in near(found[:1], "seed"))


def of(found):
    return [{**each.arguments} for each in found]


def test_the_examples_come_first(asked):
    found = probes(asked, {"longest-lesson": SCHEMA}, "seed")
    assert found[0].id == "P1"
    assert found[0].arguments == EXAMPLE["arguments"]


def test_no_input_is_there_twice_and_there_are_as_many_as_wanted(asked):
    found = of(probes(asked, {"longest-lesson": SCHEMA}, "seed"))
    assert len(found) == 24
    assert all(found.count(each) == 1 for each in found)
    assert len(probes(asked, {"longest-lesson": SCHEMA}, "seed", most=5)) == 5


def test_the_same_seed_gives_the_same_inputs_and_another_one_others(asked):
    schemas = {"longest-lesson": SCHEMA}
    assert probes(asked, schemas, "a") == probes(asked, schemas, "a")
    assert probes(asked, schemas, "a") != probes(asked, schemas, "b")


def test_every_input_is_one_that_the_command_takes(asked):
    for arguments in of(probes(asked, {"longest-lesson": SCHEMA}, "seed", most=60)):
        jsonschema.validate(arguments, SCHEMA)


def test_there_are_edges_among_them(asked):
    found = of(probes(asked, {"longest-lesson": SCHEMA}, "seed", most=60))
    lists = [each["lessons"] for each in found]
    assert [] in lists
    assert any(len(each) > 2 for each in lists)
    assert any(each and each[0] == each[-1] for each in lists if len(each) > 1)
    minutes = {lesson["minutes"] for each in lists for lesson in each}
    assert minutes & {29, 31, 44, 46}


def test_without_a_schema_only_what_is_near_the_examples_is_tried(asked):
    found = of(probes(asked, {}, "seed"))
    assert len(found) > 5
    assert all(set(each) == {"lessons"} for each in found)


def test_without_examples_there_are_those_that_the_schema_allows(story):
    bare = specification(story.specified(examples=[]))
    assert probes(bare, {}, "seed") == ()
    assert len(probes(bare, {"longest-lesson": SCHEMA}, "seed")) == 24
