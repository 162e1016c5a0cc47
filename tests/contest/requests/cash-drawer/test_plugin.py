import pytest
from plugin import make_change

from plugwright_sdk import InputError


def drawer(**kinds):
    return [{"value": int(name[1:]), "count": count} for name, count in kinds.items()]


def change(amount, **kinds):
    return [(c["value"], c["count"]) for c in make_change(amount, drawer(**kinds))]


def test_r1_the_fewest_coins():
    assert change(30, c5=9, c10=9, c20=9) == [(20, 1), (10, 1)]


def test_r1_the_largest_coin_is_not_always_right():
    assert change(60, c50=1, c20=3) == [(20, 3)]
    assert change(30, c25=1, c10=3, c1=5) == [(10, 3)]


def test_r1_no_more_than_there_are():
    assert change(50, c20=1, c10=2, c5=2) == [(20, 1), (10, 2), (5, 2)]


def test_r2_of_equally_few_the_one_with_the_largest_coin():
    assert change(18, c9=2, c10=1, c8=1) == [(10, 1), (8, 1)]


def test_r3_the_largest_first_and_only_what_is_needed():
    assert change(7, c1=0, c2=3, c5=1, c50=2) == [(5, 1), (2, 1)]


def test_r4_no_change():
    assert change(0, c5=1) == []
    assert make_change(0, []) == []


@pytest.mark.parametrize("amount", [3, 15, -5])
def test_r5_what_cannot_be_made_is_refused(amount):
    with pytest.raises(InputError):
        change(amount, c5=2, c50=1)


def test_r6_coins_that_cannot_be_are_refused():
    with pytest.raises(InputError):
        change(5, c5=1, c0=1)
    with pytest.raises(InputError):
        change(5, c5=1, c1=-1)


def test_r6_a_value_that_is_there_twice_is_refused():
    with pytest.raises(InputError):
        make_change(5, [{"value": 5, "count": 1}, {"value": 5, "count": 2}])


def test_r6_a_kind_may_have_run_out():
    assert change(5, c5=0, c1=5) == [(1, 5)]
