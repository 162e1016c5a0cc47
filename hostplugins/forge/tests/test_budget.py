"""A session spends what it may, and keeps a part for its last judging."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from plugwright_forge.budget import UNITS, Amounts, Budget, OutOfBudget, Purse

amounts = st.builds(
    Amounts,
    calls=st.integers(0, 9),
    tokens=st.integers(0, 900),
    seconds=st.floats(0, 9),
    wall=st.floats(0, 90),
    money=st.floats(0, 0.3),
)


def test_an_amount_is_lacking_when_the_next_step_would_take_too_much():
    purse = Purse(Budget(calls=10, reserve=0))
    purse.spend(Amounts(calls=9))
    assert purse.lacks(Amounts(calls=1)) == ""
    assert purse.lacks(Amounts(calls=2)) == "calls"


def test_the_reserve_is_for_the_last_judging_alone():
    purse = Purse(Budget(seconds=100, reserve=0.1))
    purse.spend(Amounts(seconds=85))
    assert purse.lacks(Amounts(seconds=10)) == "seconds"
    assert purse.lacks(Amounts(seconds=10), last=True) == ""
    assert purse.lacks(Amounts(seconds=16), last=True) == "seconds"


def test_without_money_nothing_may_cost():
    purse = Purse(Budget(money=0))
    assert purse.lacks(Amounts(calls=1)) == ""
    assert purse.lacks(Amounts(money=0.001), last=True) == "money"


def test_the_clock_is_read_and_not_added_up():
    purse = Purse(Budget())
    purse.spend(Amounts(wall=5))
    purse.spend(Amounts(wall=7))
    purse.spend(Amounts(wall=6))
    assert purse.spent.wall == 7


def test_what_ran_out_is_said_in_words():
    purse = Purse(Budget(tokens=600_000))
    purse.spend(Amounts(tokens=598_000))
    assert purse.in_words("tokens") == "598,000 of 600,000 tokens are spent"


def test_that_the_rest_is_kept_is_said():
    purse = Purse(Budget(calls=10))
    purse.spend(Amounts(calls=9))
    with pytest.raises(OutOfBudget, match="models are spent; the rest is kept"):
        purse.need(Amounts(calls=1))
    purse.spend(Amounts(calls=1))
    with pytest.raises(OutOfBudget, match="10 of 10 calls of models are spent "):
        purse.need(Amounts(calls=1))


def test_every_amount_has_words():
    assert set(UNITS) == set(Amounts.__dataclass_fields__)


@pytest.mark.parametrize(
    "wrong",
    [{"calls": 0}, {"money": -1}, {"seconds": float("nan")}, {"reserve": 0.6}],
)
def test_nonsense_is_no_budget(wrong):
    with pytest.raises(ValidationError):
        TypeAdapter(Budget).validate_python(wrong)


@given(st.lists(amounts, max_size=30))
def test_whoever_asks_first_never_spends_more_than_the_budget(wanted):
    budget = Budget(calls=20, tokens=2000, seconds=20, wall=200, money=1)
    purse = Purse(budget)
    for each in wanted:
        if not purse.lacks(each):
            purse.spend(each)
    assert purse.spent.calls <= 18
    assert purse.spent.tokens <= 1800
    assert purse.spent.seconds <= 18
    assert purse.spent.wall <= 180
    assert purse.spent.money <= 1
