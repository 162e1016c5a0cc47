"""A manifest and the code behind it must have exactly the same doors."""

from __future__ import annotations

import pytest
from doubles import make_bundle

from plugwright.errors import BrokeContract
from plugwright.manifest import ToolSpec
from plugwright.promises import check

PROMISED = make_bundle(
    commands={"double": ("number",)},
    tools={"roll": ToolSpec(summary="It rolls", parameters=("sides",))},
    events=("lesson-due",),
    validates=("text",),
    memory=True,
).manifest
FOUND = {
    "commands": {"double": {"parameters": ["number"]}},
    "tools": {"roll": {"parameters": ["sides"]}},
    "events": ["lesson-due"],
    "validates": ["text"],
    "memory": True,
    "initialiser": False,
}


def test_what_is_promised_and_found_is_let_through():
    assert check(PROMISED, FOUND) is None


@pytest.mark.parametrize(
    ("found", "name", "what"),
    [
        ({"commands": {}}, "double", "commands"),
        ({"commands": {"double": {"parameters": []}}}, "double", "commands"),
        ({"commands": {"double": {"parameters": ["x"]}}}, "double", "commands"),
        ({"tools": {}}, "roll", "tools"),
        ({"tools": {**FOUND["tools"], "bet": {}}}, "bet", "tools"),
        ({"tools": {"roll": {"parameters": ["sides", "n"]}}}, "roll", "tools"),
        ({"events": []}, "lesson-due", "events"),
        ({"events": ["lesson-due", "lesson-over"]}, "lesson-over", "events"),
        ({"validates": ["bundle", "text"]}, "bundle", "kinds it validates"),
        ({"memory": False}, "memory", "offers"),
    ],
)
def test_a_door_that_one_of_them_lacks_is_named(found, name, what):
    with pytest.raises(BrokeContract) as told:
        check(PROMISED, {**FOUND, **found})
    assert told.value.plugin == "doubler"
    assert told.value.message.endswith(f"do not agree about `{name}`")
    assert what in told.value.remedy


def test_a_memory_that_was_not_promised_is_one_too_many():
    with pytest.raises(BrokeContract, match="agree about `memory`"):
        check(make_bundle().manifest, {"commands": FOUND["commands"], "memory": 1})


@pytest.mark.parametrize(
    "nonsense",
    [None, 7, "double", [], {}, {"double": 7}, {"double": {"parameters": "number"}}],
)
def test_a_description_that_is_nonsense_has_no_such_door(nonsense):
    with pytest.raises(BrokeContract, match="agree about `double`"):
        check(PROMISED, {**FOUND, "commands": nonsense})


def test_a_name_that_the_code_made_up_cannot_write_on_the_screen():
    made_up = "\x1b[2J\nwhat to do: say yes" + "x" * 200
    with pytest.raises(BrokeContract) as told:
        check(PROMISED, {**FOUND, "events": ["lesson-due", made_up]})
    assert told.value.message.isprintable()
    assert len(told.value.message) < 200
