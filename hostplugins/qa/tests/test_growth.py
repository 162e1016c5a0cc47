"""How fuel grows with the size of what a command is given."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from plugwright.judging import Case
from plugwright.quotas import Quota
from plugwright_qa.growth import (
    Fit,
    Point,
    Way,
    fitted,
    measured,
    plot,
    scaled,
    ways,
)

SIZES = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
SMALL = (2, 4, 6, 8, 10, 12, 16, 20)


def points(curve, sizes=SIZES) -> list[Point]:
    return [Point(size, int(curve(size))) for size in sizes]


@pytest.mark.parametrize(
    ("name", "curve", "sizes"),
    [
        ("constant", lambda n: 500_000 + n, SIZES),
        ("linear", lambda n: 500_000 + 3_000 * n, SIZES),
        ("n log n", lambda n: 500_000 + 1_000 * n * math.log2(n), SIZES),
        ("quadratic", lambda n: 500_000 + 100 * n**2, SIZES),
        ("quadratic", lambda n: 500_000 + 3_000 * n + 100 * n**2, SIZES),
        ("worse", lambda n: 500_000 + 3_000 * n + 2 * n**3, SIZES),
        ("worse", lambda n: 400_000 + 900 * 1.618**n, (*SMALL, 32)),
        ("worse", lambda n: 400_000 + 100 * 2**n, SMALL),
    ],
)
def test_a_curve_is_called_by_its_name(name, curve, sizes):
    found = fitted(points(curve, sizes))

    assert (found.name, found.candidates) == (name, (name,))
    for point in points(curve, sizes):
        assert found.at(point.size) == pytest.approx(point.fuel, rel=0.15)


def test_two_models_that_fit_alike_are_both_named_and_it_is_not_sure():
    both = lambda n: 500_000 + 3_000 * n + 300 * n * math.log2(n)  # noqa: E731

    found = fitted(points(both))

    assert found.name == "not sure"
    assert found.candidates == ("linear", "n log n")
    assert found.why == "linear and n log n fit alike"


@pytest.mark.parametrize(
    ("why", "given"),
    [
        ("no model fits", points(lambda n: 500_000 * (1 + (n * 7919 % 11) / 6))),
        ("no model fits", points(lambda n: 400_000 + 100_000 * math.sqrt(n))),
        ("too few", points(lambda n: 1_000 * n, (1, 10, 100))),
        ("too few", []),
        ("too close", points(lambda n: 1_000 * n, range(100, 110))),
        ("does not grow", points(lambda n: 9_000_000 / n)),
    ],
)
def test_what_the_points_do_not_show_is_not_said(why, given):
    found = fitted(given)

    assert found.name == "not sure"
    assert found.candidates == ()
    assert why in found.why


# Sizes.

SCHEMA = {
    "type": "object",
    "properties": {
        "names": {"type": "array", "items": {"type": "string"}, "maxItems": 50},
        "text": {"type": "string"},
        "number": {"type": "integer", "minimum": 5},
        "kind": {"enum": ["a", "b"]},
        "day": {"type": "string", "format": "date"},
        "flag": {"type": "boolean"},
        "lessons": {"type": "array", "items": {"$ref": "#/$defs/Lesson"}},
        "maybe": {"anyOf": [{"type": "array", "items": {}}, {"type": "null"}]},
    },
    "$defs": {
        "Lesson": {
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "hour": {"type": "integer", "minimum": 8, "maximum": 10},
                "kind": {"enum": ["x"]},
            },
            "required": ["title", "hour"],
        }
    },
}
EXAMPLE = {
    "names": ["Ada", "Bo"],
    "text": "abc",
    "number": 7,
    "kind": "a",
    "day": "2026-01-05",
    "flag": True,
    "lessons": [{"title": "maths", "hour": 8, "kind": "x"}],
    "maybe": [1.5],
}


def test_lists_texts_and_numbers_can_grow_and_what_has_a_fixed_form_cannot():
    found = {way.argument: way.kind for way in ways(SCHEMA, EXAMPLE)}

    assert found == {
        "lessons": "items",
        "maybe": "items",
        "names": "items",
        "number": "value",
        "text": "letters",
    }


def grown(argument: str, size: int) -> object:
    way = next(way for way in ways(SCHEMA, EXAMPLE) if way.argument == argument)
    return scaled(SCHEMA, EXAMPLE, way, size)[argument]


def test_items_come_again_each_a_little_different():
    assert grown("names", 5) == ["Ada", "Bo", "Ada1", "Bo1", "Ada2"]
    assert grown("maybe", 3) == [1.5, 2.5, 3.5]


def test_what_is_made_keeps_to_the_schema():
    assert len(grown("names", 1000)) == 50
    assert grown("number", 1) == 5
    assert grown("lessons", 5) == [
        {"title": "maths", "hour": 8, "kind": "x"},
        {"title": "maths1", "hour": 9, "kind": "x"},
        {"title": "maths2", "hour": 10, "kind": "x"},
        {"title": "maths3", "hour": 8, "kind": "x"},
        {"title": "maths4", "hour": 9, "kind": "x"},
    ]


def test_texts_and_numbers_have_the_size_that_was_asked_for():
    assert grown("text", 7) == "abcabca"
    assert grown("number", 64) == 64


def test_a_list_whose_example_is_empty_is_filled_from_the_schema():
    way = Way("lessons", "items", 0, 100)

    made = scaled(SCHEMA, {"lessons": []}, way, 2)

    assert made["lessons"] == [{"title": "a", "hour": 8}, {"title": "a1", "hour": 9}]


def test_lists_and_tables_inside_objects_can_grow_too():
    numbers = {"type": "array", "items": {"type": "integer"}}
    table = {"type": "object", "additionalProperties": {"type": "integer"}}
    plan = {"type": "object", "properties": {"xs": numbers, "by_name": table}}
    schema = {
        "properties": {"plan": {"$ref": "#/$defs/Plan"}, "xs": {"anyOf": [numbers]}},
        "$defs": {"Plan": plan},
    }
    example = {"plan": {"xs": [1, 2], "by_name": {"a": 1}, "more": []}, "xs": None}
    known = {way.argument: way for way in ways(schema, example)}

    assert {name: way.kind for name, way in known.items()} == {
        "plan.by_name": "entries",
        "plan.xs": "items",
        "xs": "items",
    }
    made = scaled(schema, example, known["plan.xs"], 3)
    assert made == {**example, "plan": {**example["plan"], "xs": [1, 2, 2]}}
    made = scaled(schema, example, known["plan.by_name"], 3)
    assert made["plan"]["by_name"] == {"a": 1, "a-1": 2, "a-2": 3}
    assert scaled(schema, example, known["xs"], 2)["xs"] == [1, 2]
    full = {**example, "plan": {"by_name": {"a": 1, "a-1": 2}}}
    made = scaled(schema, full, known["plan.by_name"], 64)
    assert len(made["plan"]["by_name"]) == 64


def test_only_one_argument_grows_at_a_time():
    way = next(way for way in ways(SCHEMA, EXAMPLE) if way.argument == "text")

    assert scaled(SCHEMA, EXAMPLE, way, 9) == {**EXAMPLE, "text": "abcabcabc"}


# Measured in the guest.

PLUGIN = """
from plugwright_sdk import command

@command
def pairs(xs: list[int], step: int = 1) -> int:
    return sum(1 for a in xs for b in xs if a < b + step)

@command
def fails(n: int) -> int:
    return 1 // (n < 100)
"""
NUMBERS = {"type": "array", "items": {"type": "integer"}}


def grow(host, command: str, properties: dict, example: dict, **quota: int):
    case = Case(name="s", files={"plugin.py": PLUGIN}, tests={}, quota=Quota(**quota))
    schema = {"type": "object", "properties": properties}
    return measured(host.sandbox, case, command, schema, example)


def test_a_command_is_measured_once_for_each_argument_that_can_grow(host):
    properties = {"xs": NUMBERS, "step": {"type": "integer"}}

    step, xs = grow(host, "pairs", properties, {"xs": [3, 1], "step": 2})

    assert (step.way.argument, step.fit.name) == ("step", "constant")
    assert (xs.way.argument, xs.fit.name) == ("xs", "quadratic")
    assert [point.size for point in xs.points] == list(SIZES)
    assert (step, xs) == grow(host, "pairs", properties, {"xs": [3, 1], "step": 2})


def test_measuring_ends_where_a_quota_or_the_plugin_ends_it(host):
    (stopped,) = grow(host, "pairs", {"xs": NUMBERS}, {"xs": [1]}, fuel=30_000_000)
    (failed,) = grow(host, "fails", {"n": {"type": "integer"}}, {"n": 1})

    assert stopped.stopped.startswith("at 256: ")
    assert "fuel" in stopped.stopped
    assert stopped.points[-1].size == 128
    assert failed.stopped.startswith("at 128: ZeroDivisionError")
    assert failed.points[-1].size == 64


def test_the_plot_is_an_svg_that_says_what_it_shows_in_light_and_in_dark():
    given = points(lambda n: 500_000 + 3_000 * n)
    drawn = plot('week("<Ada>")', "items of xs", given, fitted(given))

    root = ET.fromstring(drawn)
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert 'week("<Ada>"): linear' in texts
    assert "items of xs" in texts
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == len(given)
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 1
    assert "prefers-color-scheme: dark" in drawn
    assert root.get("aria-label") == 'week("<Ada>"): fuel over items of xs, linear'


def test_a_plot_without_points_is_still_one():
    nothing = Fit(name="not sure", candidates=(), why="0 sizes could be measured")

    root = ET.fromstring(plot("f(x)", "items of x", [], nothing))

    assert root.findall("{http://www.w3.org/2000/svg}circle") == []
