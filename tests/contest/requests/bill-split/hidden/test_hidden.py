from fractions import Fraction

import pytest
from plugin import split_bill

from plugwright_sdk import InputError


def bill(*dishes):
    return [{"price": price, "shared_by": names.split()} for price, names in dishes]


def paid(dishes, tip=0):
    return [
        (share["name"], share["food"], share["tip"], share["pays"])
        for share in split_bill(dishes, tip)
    ]


def test_r1_order_of_first_appearance():
    found = paid(bill((10, "Zoe"), (10, "Ann Zoe"), (10, "Max Ann")))
    assert [name for name, *_ in found] == ["Zoe", "Ann", "Max"]


def test_r1_one_person_pays_everything():
    assert paid(bill((1234, "Zoe"), (66, "Zoe")), 20) == [("Zoe", 1300, 260, 1560)]


def test_r1_names_are_taken_as_they_are():
    found = paid(bill((2, "zoe Zoe")))
    assert found == [("zoe", 1, 0, 1), ("Zoe", 1, 0, 1)]


def test_r2_even_shares():
    assert paid(bill((900, "Ann Ben Cem"))) == [
        ("Ann", 300, 0, 300),
        ("Ben", 300, 0, 300),
        ("Cem", 300, 0, 300),
    ]


def test_r2_more_sharers_than_cents():
    found = paid(bill((2, "Ann Ben Cem Dan")))
    assert [food for _, food, _, _ in found] == [1, 1, 0, 0]


def test_r2_left_over_cents_go_by_the_order_in_the_dish():
    shares = paid(bill((1, "Ann Ben"), (5, "Cem Ben Ann")))
    found = {name: food for name, food, _, _ in shares}
    assert found == {"Ann": 2, "Ben": 2, "Cem": 2}


def test_r2_left_over_cents_of_several_dishes():
    found = paid(bill((101, "Ann Ben"), (101, "Ann Ben"), (101, "Ben Ann")))
    assert [food for _, food, _, _ in found] == [152, 151]


@pytest.mark.parametrize(
    ("price", "percent", "tip"),
    [
        (10, 5, 1),
        (30, 5, 2),
        (50, 5, 3),
        (49, 5, 2),
        (49, 1, 0),
        (50, 1, 1),
        (150, 1, 2),
    ],
)
def test_r3_tip_of_the_whole_bill(price, percent, tip):
    assert paid(bill((price, "Ann")), percent)[0][2] == tip


def test_r3_the_tip_is_rounded_once_and_not_for_each():
    found = paid(bill((4, "Ann"), (4, "Ben")), 10)
    assert [tip for _, _, tip, _ in found] == [1, 0]


def test_r3_more_than_the_food():
    assert paid(bill((100, "Ann")), 250) == [("Ann", 100, 250, 350)]


def test_r4_parts_without_rounding():
    found = paid(bill((700, "Ann"), (200, "Ben"), (100, "Cem")), 10)
    assert [tip for _, _, tip, _ in found] == [70, 20, 10]


def test_r4_largest_loss_first_even_if_listed_last():
    # 10 cents of tip: 3.3, 3.3 and 3.4.
    found = paid(bill((33, "Ann"), (33, "Ben"), (34, "Cem")), 10)
    assert [tip for _, _, tip, _ in found] == [3, 3, 4]


def test_r4_two_missing_cents():
    # 5 cents of tip: 1.67 each.
    found = paid(bill((10, "Ann"), (10, "Ben"), (10, "Cem")), 15)
    assert [tip for _, _, tip, _ in found] == [2, 2, 1]


def test_r4_who_ate_nothing_tips_nothing():
    found = paid(bill((0, "Ann"), (10, "Ben"), (10, "Cem")), 25)
    assert [tip for _, _, tip, _ in found] == [0, 3, 2]


@pytest.mark.parametrize(
    ("dishes", "tip"),
    [
        (bill((5, "Ann"), (5, "")), 10),
        (bill((5, "Ann"), (5, "Ben Ann Ben")), 10),
        (bill((5, "Ann"), (-5, "Ben")), 10),
        (bill((5, "Ann")), -10),
        ([], -1),
    ],
)
def test_r5_refused(dishes, tip):
    with pytest.raises(InputError):
        split_bill(dishes, tip)


def test_r6_nothing_eaten():
    assert split_bill([], 0) == []
    assert paid(bill((0, "Ann"), (0, "Ben Ann")), 50) == [
        ("Ann", 0, 0, 0),
        ("Ben", 0, 0, 0),
    ]


def test_r4_a_long_evening_adds_up_to_the_cent():
    names = [f"n{n}" for n in range(7)]
    dishes, food = [], dict.fromkeys(names, 0)
    for n in range(40):
        sharers = [names[(n + k * k) % 7] for k in range(1 + n % 3)]
        price = 137 * n % 991
        dishes.append({"price": price, "shared_by": sharers})
        for cent in range(price):
            food[sharers[cent % len(sharers)]] += 1
    total = sum(food.values())
    tip = int(Fraction(total * 17, 100) + Fraction(1, 2))
    expected = {name: tip * part // total for name, part in food.items()}
    found = {name: (ate, tipped) for name, ate, tipped, _ in paid(dishes, 17)}
    assert {name: ate for name, (ate, _) in found.items()} == food
    assert sum(tipped for _, tipped in found.values()) == tip
    assert all(0 <= found[name][1] - expected[name] <= 1 for name in names)
    raised = [n for n in names if found[n][1] > expected[n]]
    lowered = [n for n in names if n not in raised]
    lost = {name: tip * part % total for name, part in food.items()}
    assert min((lost[n] for n in raised), default=0) >= max(lost[n] for n in lowered)
