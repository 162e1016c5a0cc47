"""Pairs of fuel say better, worse, or that nobody knows yet."""

from __future__ import annotations

import pytest

from plugwright_forge.optimising import Answer, weighed
from plugwright_forge.optimising.evidence import chance


def test_less_on_every_input_is_better_and_says_by_how_much():
    found = weighed([(1000 * n, 600 * n) for n in range(1, 11)])

    assert found.answer is Answer.BETTER
    assert found.ratio == pytest.approx(0.6)
    assert "10 inputs 10 got cheaper, 0 dearer" in found.in_words()


def test_more_on_every_input_is_worse():
    assert weighed([(1000, 1200)] * 10).answer is Answer.WORSE


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(1000, 1000)] * 10,
        [(1000, 990)] * 10,  # cheaper each time, and not worth it
        [(1000, 500)] * 3,  # three could be chance
        [(1000, 1100)] * 9 + [(100_000, 50_000)],  # one input makes the sum
        [(1000, 500), (1000, 1500)] * 5,
    ],
)
def test_what_could_be_chance_or_is_worth_nothing_is_not_sure(pairs):
    assert weighed(pairs).answer is Answer.NOT_SURE


def test_small_inputs_may_not_pay_for_large_ones():
    large, paid = [(1000, 500)] * 10, [(100, 110)] * 10

    assert weighed(large, paid).answer is Answer.NOT_SURE
    assert weighed(large, [(100, 103)] * 10).answer is Answer.BETTER


def test_chance_is_that_of_a_fair_coin():
    assert chance(0, 0) == 1
    assert chance(7, 0) == 1 / 128
    assert chance(2, 1) == 0.5
