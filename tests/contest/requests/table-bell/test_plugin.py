import pytest
from plugin import cancel, cooked, waiting

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, send


def order(table, *dishes):
    send("order-placed", {"table": table, "dishes": list(dishes)})


def kitchen(*dishes):
    for dish in dishes:
        send("dish-cooked", {"dish": dish})


def ready():
    return [event["data"]["table"] for event in emitted()]


def test_r1_an_order_waits():
    order(1, "soup", "pie")
    assert waiting() == [{"table": 1, "missing": ["soup", "pie"]}]


def test_r1_a_second_order_of_a_table_is_added():
    order(1, "soup")
    order(2, "pie")
    order(1, "tea")
    assert waiting() == [
        {"table": 1, "missing": ["soup", "tea"]},
        {"table": 2, "missing": ["pie"]},
    ]


def test_r1_an_order_without_dishes_is_ignored():
    order(1)
    order(2, "pie")
    assert waiting() == [{"table": 2, "missing": ["pie"]}]
    assert emitted() == []


def test_r2_the_oldest_order_gets_the_dish():
    order(7, "soup", "pie")
    order(2, "soup")
    kitchen("soup")
    assert waiting() == [
        {"table": 7, "missing": ["pie"]},
        {"table": 2, "missing": ["soup"]},
    ]


def test_r2_one_piece_for_one():
    order(1, "soup", "soup")
    kitchen("soup")
    assert waiting() == [{"table": 1, "missing": ["soup"]}]


def test_r3_the_bell_rings_when_all_is_there():
    order(1, "soup", "pie")
    kitchen("pie")
    assert emitted() == []
    kitchen("soup")
    assert emitted() == [
        {"name": "table-ready", "data": {"table": 1, "dishes": ["soup", "pie"]}}
    ]
    assert waiting() == []


def test_r4_a_dish_too_many_is_kept_for_the_next_order():
    kitchen("soup", "soup")
    order(1, "soup")
    assert ready() == [1]
    order(2, "soup", "soup")
    assert waiting() == [{"table": 2, "missing": ["soup"]}]


def test_r5_missing_dishes_are_listed_as_ordered():
    order(1, "tea", "soup", "pie", "soup")
    kitchen("soup")
    assert waiting()[0]["missing"] == ["tea", "pie", "soup"]


def test_r6_cooked_dishes_of_a_cancelled_order_go_to_others():
    order(1, "soup", "pie")
    order(2, "soup")
    kitchen("soup")
    assert cancel(1) == ["soup"]
    assert ready() == [2]
    assert waiting() == []


def test_r6_or_they_are_kept():
    order(1, "soup", "pie")
    kitchen("soup")
    cancel(1)
    order(2, "soup")
    assert ready() == [2]


def test_r6_without_an_order_there_is_nothing_to_cancel():
    with pytest.raises(InputError):
        cancel(1)


def test_r7_by_hand_it_says_where_the_dish_goes():
    order(4, "soup", "pie")
    assert [cooked("soup"), cooked("soup"), cooked("pie")] == [4, None, 4]
    assert ready() == [4]
