import pytest
from plugin import split_bill

from plugwright_sdk import InputError


def dish(price, *names):
    return {"price": price, "shared_by": list(names)}


def column(field, dishes, tip=0):
    return {share["name"]: share[field] for share in split_bill(dishes, tip)}


def test_r1_everybody_has_a_share_in_the_order_of_the_bill():
    shares = split_bill([dish(500, "Ben"), dish(1000, "Ann", "Ben")], 0)
    assert [share["name"] for share in shares] == ["Ben", "Ann"]


def test_r1_a_share_says_food_tip_and_sum():
    assert split_bill([dish(1000, "Ann"), dish(500, "Ben")], 10) == [
        {"name": "Ann", "food": 1000, "tip": 100, "pays": 1100},
        {"name": "Ben", "food": 500, "tip": 50, "pays": 550},
    ]


def test_r2_the_first_sharers_pay_the_cents_left_over():
    assert column("food", [dish(1001, "Cem", "Ann", "Ben")]) == {
        "Cem": 334,
        "Ann": 334,
        "Ben": 333,
    }


def test_r2_each_dish_has_its_own_first_sharer():
    dishes = [dish(3, "Ann", "Ben"), dish(3, "Ben", "Ann")]
    assert column("food", dishes) == {"Ann": 3, "Ben": 3}


@pytest.mark.parametrize(("price", "tip"), [(4, 0), (5, 1), (14, 1), (15, 2)])
def test_r3_the_tip_is_rounded_half_up(price, tip):
    assert column("tip", [dish(price, "Ann")], 10) == {"Ann": tip}


def test_r4_the_tip_follows_the_food():
    assert column("tip", [dish(300, "Ann"), dish(100, "Ben")], 10) == {
        "Ann": 30,
        "Ben": 10,
    }


def test_r4_who_lost_most_pays_the_missing_cent():
    # 2 cents of tip: 0.2 for Ann, 1.8 for Ben.
    assert column("tip", [dish(2, "Ann"), dish(18, "Ben")], 10) == {"Ann": 0, "Ben": 2}


def test_r4_who_lost_the_same_and_is_listed_first_pays():
    dishes = [dish(10, "Ben"), dish(10, "Ann"), dish(10, "Cem")]
    assert column("tip", dishes, 13) == {"Ben": 2, "Ann": 1, "Cem": 1}


@pytest.mark.parametrize(
    ("dishes", "tip"),
    [
        ([dish(100)], 0),
        ([dish(100, "Ann", "Ann")], 0),
        ([dish(-1, "Ann")], 0),
        ([dish(100, "Ann")], -1),
    ],
)
def test_r5_what_cannot_be_is_refused(dishes, tip):
    with pytest.raises(InputError):
        split_bill(dishes, tip)


def test_r6_an_empty_bill():
    assert split_bill([], 10) == []


def test_r6_a_bill_that_costs_nothing():
    assert column("pays", [dish(0, "Ann", "Ben")], 10) == {"Ann": 0, "Ben": 0}
