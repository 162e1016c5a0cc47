"""Schemas say what conversion does, and hold no null."""

from __future__ import annotations

import enum
import re
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    Required,
    TypedDict,
)

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from plugwright_sdk import InputError
from plugwright_sdk.annotations import shape_of
from plugwright_sdk.conversion import read
from plugwright_sdk.schema import schema_of


class Day(enum.Enum):
    MONDAY = "mon"
    TUESDAY = "tue"


@dataclass
class Lesson:
    subject: str
    day: Day = Day.MONDAY
    minutes: Annotated[int, "how long it takes"] = 30
    room: str | None = None
    tags: list[str] = field(default_factory=list)
    odd: list[int] = ()  # type: ignore[assignment]
    unknown: Any = print


@dataclass
class Tree:
    name: str
    children: list[Tree] = field(default_factory=list)


@dataclass
class Chicken:
    egg: Egg | None = None


@dataclass
class Egg:
    chicken: Chicken


class Partial(TypedDict, total=False):
    name: Required[str]
    age: int


class Pupil(TypedDict):
    name: str
    age: NotRequired[int]


class Point(NamedTuple):
    x: int
    y: int = 0


def schema(annotation):
    return schema_of(shape_of(annotation))


def test_a_record_says_its_fields_defaults_and_descriptions():
    assert schema(Lesson) == {
        "type": "object",
        "properties": {
            "subject": {"type": "string"},
            "day": {"enum": ["mon", "tue"], "default": "mon"},
            "minutes": {
                "type": "integer",
                "description": "how long it takes",
                "default": 30,
            },
            "room": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "odd": {"type": "array", "items": {"type": "integer"}, "default": []},
            "unknown": {},
        },
        "required": ["subject"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("kind", [Partial, Pupil])
def test_a_typed_dict_says_what_is_required_even_with_annotations_as_text(kind):
    assert schema(kind)["required"] == ["name"]


def test_a_record_that_holds_itself_is_defined_once():
    assert schema(list[Tree]) == {
        "type": "array",
        "items": {"$ref": "#/$defs/Tree"},
        "$defs": {
            "Tree": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
                },
                "required": ["name"],
                "additionalProperties": False,
            }
        },
    }


def test_two_records_that_hold_each_other_are_defined_too():
    assert schema(tuple[Chicken, Egg])["$defs"].keys() >= {"Chicken"}


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Literal[None], {"type": "null"}),
        (Literal["a", None], {"anyOf": [{"enum": ["a"]}, {"type": "null"}]}),
        (
            dict[str, int],
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ),
        (tuple[()], {"type": "array", "minItems": 0, "maxItems": 0}),
        (date, {"type": "string", "format": "date"}),
        (Annotated[int, 3, "text"], {"type": "integer", "description": "text"}),
        (Any, {}),
    ],
)
def test_other_shapes_say_what_they_are(annotation, expected):
    assert schema(annotation) == expected


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type` statements are younger")
def test_a_type_statement_may_speak_of_itself():
    names: dict[str, Any] = {}
    exec("type Nest = int | list[Nest]", names)

    assert schema(names["Nest"])["$ref"] == "#/$defs/Nest"
    assert read(shape_of(names["Nest"]), [1, [2]], "it") == [1, [2]]


ANNOTATIONS = [
    *(None, bool, int, float, str, Decimal, Any),
    *(list[int], set[str], tuple[int, str], tuple[int, ...], tuple[()]),
    *(dict[str, int], int | str | None, list[int | None], dict[str, Any]),
    *(Literal["a", 1, True], Literal["a", None], Day),
    *(Lesson, Tree, Chicken, Partial, Pupil, Point, Tree | Point | None),
]


@pytest.mark.parametrize("annotation", [*ANNOTATIONS, date, datetime, time])
def test_every_schema_can_be_written_as_toml(annotation):
    assert tomli_w.dumps(schema(annotation)) is not None


KINDS = {
    "null": lambda d: d is None,
    "boolean": lambda d: isinstance(d, bool),
    "integer": lambda d: type(d) is int,
    "number": lambda d: type(d) in (int, float),
    "string": lambda d: isinstance(d, str),
    "array": lambda d: isinstance(d, list),
    "object": lambda d: isinstance(d, dict),
}


def fits(rule: Any, data: Any, root: Any) -> bool:
    """A small validator: what the JSON Schema standard says of the words we use."""
    if "$ref" in rule:
        return fits(root["$defs"][rule["$ref"].rpartition("/")[2]], data, root)
    if "enum" in rule:
        return any(
            e == data and isinstance(e, bool) is isinstance(data, bool)
            for e in rule["enum"]
        )
    if "anyOf" in rule:
        return any(fits(option, data, root) for option in rule["anyOf"])
    if "type" in rule and not KINDS[rule["type"]](data):
        return False
    if isinstance(data, str):
        return bool(re.search(rule.get("pattern", ""), data))
    if isinstance(data, list):
        places = rule.get("prefixItems", [])
        return (
            rule.get("minItems", 0) <= len(data) <= rule.get("maxItems", 99)
            and all(map(lambda p, d: fits(p, d, root), places, data))
            and all(fits(rule.get("items", {}), d, root) for d in data)
        )
    if isinstance(data, dict):
        known, more = rule.get("properties", {}), rule.get("additionalProperties", {})
        return all(name in data for name in rule.get("required", ())) and all(
            fits(known[name], value, root)
            if name in known
            else more is not False and fits(more, value, root)
            for name, value in data.items()
        )
    return True


words = st.sampled_from(
    ["a", "mon", "name", "1.5", "", "x", "y", "children", "subject", "egg", "age"]
)
data = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.just(1.5) | words,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(words, part, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_the_schema_accepts_exactly_what_conversion_accepts(annotation):
    shape, rule = shape_of(annotation), schema(annotation)

    @given(data=data)
    def check(data):
        try:
            read(shape, data, "it")
        except InputError:
            assert not fits(rule, data, rule)
        else:
            assert fits(rule, data, rule)

    check()
