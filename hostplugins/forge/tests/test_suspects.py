"""A test that asks the plugin what is right is found; a property is left alone."""

from __future__ import annotations

import pytest

from plugwright_forge.suspects import copied


def found(body):
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    start = "import plugin\nfrom plugin import add, plan, plan as it"
    return copied(f"{start}\n\ndef test_it():\n{lines}\n", {"plan", "add"})


@pytest.mark.parametrize(
    "body",
    [
        "assert plan([1]) == plan([1])",
        "expected = plan([1])\nassert plan([1]) == expected",
        "day = [1]\nexpected = plan(day)\nfound = plan(day)\nassert found == expected",
        "assert plan([1]) == plan([1])\nassert plan([2]) == plan([2])",
        "x = plan(1)\nassert x == x",
        "expected: int = plan(1)\nassert plan(1) == expected",
        "one, two = plan(1), plan(1)\nassert one == two",
        "assert (one := plan(1)) == plan(1)",
        "assert plan(1) == pytest.approx(plan(1))",
        "assert plan(a=1, b=2) == plan(b=2, a=1)",
        "assert plugin.plan(1) == it(1)",
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
        "before = plan(1)\nwith raises():\n    add('')\nassert plan(1) == before",
        "before = plan(1)\nsend('day', 1)\nassert plan(1) == before",
        "add(1)\nonce = plan(1)\nadd(1)\nassert plan(1) == once",
    ],
)
def test_a_property_and_a_plain_expectation_prove_something(body):
    assert found(body) == frozenset()


def test_a_name_that_stands_for_itself_comes_to_an_end():
    assert found("x = plan(x)\nassert x == x") == {"test_it"}


def test_names_that_mean_ever_more_come_to_an_end():
    grows = "\n".join(f"x{n + 1} = x{n} + x{n}" for n in range(40))
    assert found(f"x0 = plan(1)\n{grows}\nassert x40 == 1") == frozenset()
