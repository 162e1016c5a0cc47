"""Tests of the tests: what is refused, what is trusted, what can be set aside."""

from __future__ import annotations

import json

import pytest

from plugwright.errors import NotLoaded
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.product import Product
from plugwright_forge.team import Unusable

PARAMETERS = """\
import pytest
from plugin import longest_lesson


@pytest.mark.parametrize("minutes", [1, 2])
def test_r1_the_longest(minutes):
    assert longest_lesson([])


def helper():
    return 1


@pytest.mark.parametrize(
    "count",
    [1],
)
def test_r2_the_count(count):
    assert helper()
"""


@pytest.mark.parametrize(
    ("tests", "problem"),
    [
        ("def test_r1_x(:\n", "the file is not Python"),
        ("x = 1\n", "there is no test in the file"),
        ("def test_sum():\n    pass\n", "does not begin with a requirement"),
        ("def test_r9_x():\n    pass\n", "does not begin with a requirement"),
        ("def test_r1_x(): 1\ndef test_r1_x(): 2\n", "two tests named `test_r1_x`"),
        ("class TestR1:\n    def test_r1(self): 1\n", "`TestR1`: tests are plain"),
        ("class R1(unittest.TestCase): 1\ndef test_r1(): 1\n", "`R1`: tests are"),
        ("def test_r1(): 1\nasync def test_r2_x(): 1\n", "`test_r2_x`: tests are"),
        ("def test_r1(): 1\nif 1:\n    def test_x(): 1\n", "`test_x`: tests are"),
        ("def test_r1(): 1\ntest_x = test_r1\n", "`test_x`: tests are"),
        ("def test_r1(): 1\ntest_x = lambda: 1\n", "`test_x`: tests are"),
        ("def test_r1(): 1\ntest_x: object = test_r1\n", "`test_x`: tests are"),
        ("def test_r1(): 1\na = test_x = test_r1\n", "`test_x`: tests are"),
        ("def test_r1(): 1\na, test_x = 1, test_r1\n", "`test_x`: tests are"),
        ("def test_r1(): 1\nclass A: 1\nTestA = A\n", "`TestA`: tests are"),
        ("from plugin import nothing\ndef test_r1(): 1\n", "no command function"),
        (
            "def test_r1_nothing(): 1\ndef test_r2_nothing(): 1\n",
            "every test passes on a plugin that does nothing",
        ),
    ],
)
def test_bad_tests_are_refused_twice_and_then_said_why(world, story, tests, problem):
    here = world(test_engineer=story.fenced(tests))

    with pytest.raises(Unusable, match=problem):
        here.run()

    assert len(here.script.asked("test-engineer")) == 2
    assert not here.script.asked("integration-specialist")


def test_a_requirement_without_a_test_is_asked_for_once(world, story):
    partial = story.fenced("def test_r1_x():\n    assert x\n")
    here = world(test_engineer=[partial, partial], options={"threshold": 50})

    assert isinstance(here.run(), Product)
    again = here.script.asked("test-engineer")[1].messages[1].content
    assert "R2 has no test: Counts all lessons." in again


def test_an_interface_that_does_not_load_goes_back_to_the_architect(world, story):
    def describe(name, files):
        if "Lesson(TypedDict)" in files["plugin.py"]:
            return {"commands": {}, "events": [], "initialiser": False}
        raise NotLoaded(name, "NameError: Lesson")

    loose = story.specified(types="from typing import TypedDict as Lesson")
    here = world(architect=[loose, json.dumps(story.specification)], describe=describe)

    here.run()

    again = here.script.asked("architect")[1].messages[1].content
    assert "the interface does not load: NameError: Lesson" in again


def test_tests_can_be_set_aside_with_their_decorators():
    whole = Acceptance(
        source=PARAMETERS,
        functions=("test_r1_the_longest", "test_r2_the_count"),
        trusted=frozenset({"test_r1_the_longest", "test_r2_the_count"}),
    )

    part = whole.without({"test_r2_the_count"})

    assert part.functions == ("test_r1_the_longest",)
    assert part.trusted == {"test_r1_the_longest"}
    assert part.source == PARAMETERS.partition("@pytest.mark.parametrize(\n")[0]
    assert whole.without(()).source == PARAMETERS
