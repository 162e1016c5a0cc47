"""A test that asks the plugin what is right is found; a property is left alone."""

from __future__ import annotations

import pytest

from plugwright_forge.suspects import copied


def found(body):
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    return copied(f"from plugin import plan\n\ndef test_it():\n{lines}\n", {"plan"})


@pytest.mark.parametrize(
    "body",
    [
        "assert plan([1]) == plan([1])",
        "expected = plan([1])\nassert plan([1]) == expected",
        "day = [1]\nexpected = plan(day)\nfound = plan(day)\nassert found == expected",
        "assert plan([1]) == plan([1])\nassert plan([2]) == plan([2])",
        "x = plan(1)\nassert x == x",
    ],
)
def test_the_same_call_on_both_sides_proves_nothing(body):
    assert found(body) == {"test_it"}


@pytest.mark.parametrize(
    "body",
    [
        "assert plan([1]) == [1]",
        "assert plan(plan([1])) == plan([1])",
        "assert plan([1, 2]) == plan([2, 1])",
        "first = plan([1])\nassert first == [1]",
        "assert plan([1]) == plan([1])\nassert plan([2]) == [2]",
        "x = 1\nassert x == x",
        "assert plan([1])",
        "plan([1])",
        "x = x0 = 1\nx = plan(x)\nassert x == 2",
    ],
)
def test_a_property_and_a_plain_expectation_prove_something(body):
    assert found(body) == frozenset()


def test_a_name_that_stands_for_itself_comes_to_an_end():
    assert found("x = plan(x)\nassert x == x") == {"test_it"}
