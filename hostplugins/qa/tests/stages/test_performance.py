"""The stage `performance`: how fuel grows, and a plot of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from plugwright.validation import Severity

PLUGIN = """
from plugwright_sdk import command

@command
def total(numbers: list[int]) -> int:
    \"\"\"Add them.\"\"\"
    return {body}
"""
LINEAR = "sum(numbers)"
QUADRATIC = "sum(1 for a in numbers for b in numbers)"
WORSE = "sum(1 for a in numbers for b in numbers for c in numbers)"
NUMBERS = {"total": {"numbers": [1, 2]}}


@pytest.mark.parametrize(
    ("body", "said", "severity"),
    [
        (LINEAR, "as linear", Severity.NOTE),
        (QUADRATIC, "as quadratic", Severity.WARNING),
        (WORSE, "worse than quadratically", Severity.WARNING),
    ],
)
def test_growth_is_named_with_a_plot_and_what_to_look_for(look, body, said, severity):
    quality = look(PLUGIN.format(body=body), examples=NUMBERS)
    (found,) = quality["performance"].remarks

    assert found.what.startswith(f"`total`, items of `numbers`: fuel grows {said}")
    assert (found.severity, found.where) == (severity, "plugin.py:5")
    assert bool(found.remedy) is (severity is Severity.WARNING)
    assert ET.fromstring(quality.plots["total-numbers"]).tag.endswith("svg")


def test_an_argument_that_changes_nothing_is_constant(look):
    source = PLUGIN.replace("numbers: list[int]", "day: int").format(body="day")
    (found,) = look(source, examples={"total": {"day": 3}})["performance"].remarks

    assert "fuel grows not at all: constant" in found.what


def test_without_an_example_the_calls_in_tests_say_what_it_takes(look):
    tests = {"test_a.py": "from plugin import total\nassert total([3, 4]) == 7\n"}
    source = PLUGIN.format(body=LINEAR)

    (found,) = look(source, examples={}, tests=tests)["performance"].remarks
    assert "as linear" in found.what

    (unknown,) = look(source, examples={})["performance"].remarks
    assert unknown.is_unseen
    assert unknown.where == "plugin.py:5"
    assert unknown.remedy


def test_what_fails_at_every_size_was_not_measured(look):
    source = PLUGIN.format(body="1 // 0")
    (found,) = look(source, examples=NUMBERS)["performance"].remarks

    assert found.is_unseen
    assert "ZeroDivisionError" in found.what


def test_a_loop_without_end_is_stopped_by_fuel(look):
    source = PLUGIN.format(body="sum(1 for _ in iter(int, 1))")
    (found,) = look(source, examples=NUMBERS)["performance"].remarks

    assert found.is_unseen
    assert "fuel: used 1000000000 of" in found.what


def test_what_cannot_be_loaded_was_not_measured(look):
    quality = look("raise ValueError('no')\n")

    assert quality.grades["performance"] == "not looked at"
    assert "ValueError: no" in quality["performance"].remarks[0].what
