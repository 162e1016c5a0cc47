"""What counts as the same, and what is only alike."""

from __future__ import annotations

import pytest

from plugwright.judging import Verdict
from plugwright_forge.guard import Outcome
from plugwright_forge.guard.fingerprints import (
    normalised,
    of_code,
    of_outcomes,
    of_text,
)

SAME = [
    ("at 0x7f12ab says", "at 0x55ee01 says"),
    (
        'File "/tmp/a1/plugin.py", line 12, in f',
        'File "/srv/b/plugin.py", line 7, in f',
    ),
    ("C:\\Users\\ann\\plugin.py:3: no", "/opt/x/plugin.py:44:2: no"),
    ("at 2026-11-21T20:14:03.120Z: lost", "at 2025-01-02 03:04:05: lost"),
    ("took 0.31s at 10:11:12", "took 12 ms at 23:00:01"),
    ("assert 3 == 5", "assert 41 == 5.5"),
    ("IndexError:  list\n  index", "IndexError: list index"),
    ("\x1b[31mred\x1b[0m", "red"),
]
DIFFERENT = [
    ("KeyError: 'day'", "KeyError: 'week'"),
    ("status 404", "status 500"),
    ("test_r1 failed", "test_r2 failed"),
    ("/tmp/a/plugin.py broke", "/tmp/a/lessons.py broke"),
    ("NameError: x1", "NameError: x2"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_differs_by_chance_is_the_same(one, other):
    assert normalised(one) == normalised(other)
    assert of_text(one) == of_text(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_names_the_error_stays(one, other):
    assert of_text(one) != of_text(other)


PROGRAM = """
import json

def plan(week):
    total = 0
    for lesson in week:
        total += lesson
    return json.dumps(total)
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total", "summed"),
        ("lesson", "x"),
        ("\n\ndef", "\n\n# why\n\n\ndef"),
        ("    total = 0", '    """Add up."""\n    total = 0'),
        ("total += lesson", "total  +=  lesson  # add"),
    ],
)
def test_another_layout_or_inner_name_is_the_same_program(old, new):
    assert of_code(PROGRAM.replace(old, new)) == of_code(PROGRAM)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("plan(", "plan_week("),
        ("week", "days"),
        ("+=", "-="),
        ("dumps", "loads"),
        ("total = 0", "total = 1"),
    ],
)
def test_what_others_can_see_or_what_it_does_makes_another_program(old, new):
    assert of_code(PROGRAM.replace(old, new)) != of_code(PROGRAM)


def test_two_names_swapped_are_not_the_same_as_one_used_twice():
    assert of_code("def f(a, b):\n    x = a\n    y = b\n    return x") != of_code(
        "def f(a, b):\n    x = a\n    y = b\n    return y"
    )


@pytest.mark.parametrize(
    "source", ["def f(:", "\0", "(" * 5000, "'\ud800'", "x = '\\d'"]
)
def test_what_is_no_python_has_a_fingerprint_too(source):
    assert of_code(source) == of_code(source + "\n")
    assert of_code(source) != of_code(source + " x")


def test_outcomes_are_compared_as_verdicts_in_any_order():
    a = Outcome(test="a", verdict=Verdict.AC)
    b = Outcome(test="b", verdict=Verdict.WA, message="0 is not 1")
    other = Outcome(test="b", verdict=Verdict.WA, message="0 is not 2")
    slow = Outcome(test="b", verdict=Verdict.TLE)

    assert of_outcomes([a, b]) == of_outcomes([other, a])
    assert of_outcomes([a, b]) != of_outcomes([a, slow])
