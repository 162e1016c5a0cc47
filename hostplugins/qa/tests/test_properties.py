"""Tests with hypothesis, and tests of fuel, in the sandbox."""

from __future__ import annotations

from plugwright.judging import Verdict

PLUGIN = """
from plugwright_sdk import command

@command
def turned(xs: list[int]) -> list[int]:
    return xs[::-1]

@command
def once(xs: list[str]) -> list[str]:
    return sorted(set(xs))

@command
def pairs(n: int) -> int:
    return sum(1 for a in range(n) for b in range(n))
"""
HEAD = """
from hypothesis import given, strategies as st
from plugin import once, pairs, turned
from plugwright_sdk.testing import fuel
"""
HOLDS = """
@given(st.lists(st.integers()))
def test_turned_twice(xs):
    assert turned(turned(xs)) == xs
"""
FAILS = """
@given(st.lists(st.text(), max_size=5))
def test_nothing_is_lost(xs):
    assert len(once(xs)) == len(xs)
"""


def test_a_property_that_holds_is_accepted(judge):
    [result] = judge(PLUGIN, HEAD + HOLDS).results

    assert result.verdict is Verdict.AC


def test_what_is_drawn_without_limits_can_be_given_to_a_plugin(judge):
    test = """
@given(st.lists(st.integers()), st.floats(), st.integers(min_value=5))
def test_it(xs, number, five):
    assert turned(xs) == xs[::-1]
    assert number == number and five >= 5 and pairs(0) == 0
"""

    [result] = judge(PLUGIN, HEAD + test).results

    assert result.verdict is Verdict.AC, result.message


def test_a_property_that_does_not_hold_comes_with_the_smallest_input(judge):
    [result] = judge(PLUGIN, HEAD + FAILS).results

    assert result.verdict is Verdict.WA
    assert "Falsifying example: test_nothing_is_lost(" in result.message
    assert "xs=['', '']" in result.message


def test_the_same_inputs_are_tried_every_time(judge):
    assert judge(PLUGIN, HEAD + HOLDS + FAILS) == judge(PLUGIN, HEAD + HOLDS + FAILS)


def test_the_plugin_itself_has_no_hypothesis(judge):
    report = judge("import hypothesis\n" + PLUGIN, HEAD + HOLDS)

    assert {result.verdict for result in report.results} <= {Verdict.CE, Verdict.SV}


def test_what_hypothesis_does_while_rubbish_is_collected_is_not_the_plugins_doing(
    judge,
):
    many = """
@command
def tidy() -> int:
    for _ in range(20_000):
        one = []
        one.append(one)
    return 0
"""
    test = "from plugin import tidy\n\ndef test_it():\n    assert tidy() == 0\n"

    report = judge(PLUGIN + many, test)

    assert report.passed
    assert report.denied == ()


def test_a_test_can_compare_fuel_with_size(judge):
    test = """
def test_fuel():
    pairs(1)
    before = fuel()
    pairs(20)
    few = fuel() - before
    pairs(80)
    many = fuel() - before - few
    assert 4 < many / few < 17, (few, many)
"""

    [result] = judge(PLUGIN, HEAD + test).results

    assert result.verdict is Verdict.AC, result.message
