from itertools import product

import pytest
from plugin import make_change

from plugwright_sdk import InputError


def change(amount, **kinds):
    drawer = [{"value": int(name[1:]), "count": n} for name, n in kinds.items()]
    return [(coins["value"], coins["count"]) for coins in make_change(amount, drawer)]


def test_r1_one_coin():
    assert change(50, c10=5, c50=1, c20=2) == [(50, 1)]


def test_r1_everything_in_the_drawer():
    assert change(38, c10=2, c5=2, c2=4) == [(10, 2), (5, 2), (2, 4)]


def test_r1_the_large_coin_leads_into_a_dead_end():
    assert change(12, c10=1, c6=2, c5=1) == [(6, 2)]
    assert change(8, c5=1, c2=4) == [(2, 4)]


def test_r1_the_large_coin_costs_more_small_ones():
    assert change(40, c25=1, c20=2, c1=20) == [(20, 2)]


def test_r1_a_coin_that_ran_out_changes_the_way():
    assert change(40, c25=1, c20=1, c1=20, c5=3) == [(25, 1), (5, 3)]


def test_r2_more_of_the_largest():
    assert change(14, c7=2, c8=1, c6=1) == [(8, 1), (6, 1)]


def test_r2_more_of_the_next_largest():
    # Both ways have three coins and one 20.
    assert change(40, c20=1, c10=2, c12=1, c8=1) == [(20, 1), (12, 1), (8, 1)]


def test_r2_fewer_coins_matter_more_than_large_ones():
    assert change(16, c10=1, c3=2, c8=2) == [(8, 2)]


def test_r3_the_order_of_the_drawer_does_not_matter():
    assert change(36, c1=1, c20=1, c5=1, c10=1) == [(20, 1), (10, 1), (5, 1), (1, 1)]


def test_r3_kinds_that_are_not_needed():
    assert change(3, c100=1, c2=1, c1=1, c3=0) == [(2, 1), (1, 1)]


def test_r4_nothing():
    assert change(0) == []
    assert change(0, c1=3, c2=0) == []


@pytest.mark.parametrize(
    ("amount", "kinds"),
    [
        (1, {}),
        (10, {"c1": 9}),
        (7, {"c2": 9, "c4": 9}),
        (100, {"c50": 1, "c20": 2}),
        (-1, {"c1": 9}),
        (5, {"c5": 0}),
    ],
)
def test_r5_impossible(amount, kinds):
    with pytest.raises(InputError):
        change(amount, **kinds)


def test_r6_impossible_coins():
    with pytest.raises(InputError):
        change(0, c0=0)
    with pytest.raises(InputError):
        change(10, c10=1, c5=-1)
    with pytest.raises(InputError):
        make_change(10, [{"value": -10, "count": 1}, {"value": 10, "count": 2}])


def test_r6_twice_in_the_drawer():
    twice = [{"value": 2, "count": 1}, {"value": 1, "count": 1}]
    with pytest.raises(InputError):
        make_change(0, [*twice, {"value": 2, "count": 0}])


def test_r6_none_of_a_kind():
    assert change(4, c4=0, c2=2) == [(2, 2)]


def test_r2_every_amount_by_trying_all_ways():
    values, counts = (11, 8, 5, 3, 2), (2, 2, 3, 2, 2)
    best = {}
    for way in product(*(range(n + 1) for n in counts)):
        amount = sum(value * n for value, n in zip(values, way, strict=True))
        rank = (sum(way), [-n for n in way])
        if amount not in best or rank < best[amount][0]:
            best[amount] = rank, [x for x in zip(values, way, strict=True) if x[1]]
    for amount in range(0, 64, 3):
        if amount in best:
            assert change(amount, c3=2, c8=2, c11=2, c2=2, c5=3) == best[amount][1]
