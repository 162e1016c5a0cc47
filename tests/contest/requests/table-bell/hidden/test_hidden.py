import pytest
from plugin import cancel, cooked, waiting

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, send


def happen(text):
    """`3:tea,cake` is an order of table 3, `tea` a cooked dish."""
    for word in text.split():
        if ":" in word:
            table, dishes = word.split(":")
            wanted = [dish for dish in dishes.split(",") if dish]
            send("order-placed", {"table": int(table), "dishes": wanted})
        else:
            send("dish-cooked", {"dish": word})


def missing():
    return " ".join(f"{w['table']}:{','.join(w['missing'])}" for w in waiting())


def rung():
    assert all(event["name"] == "table-ready" for event in emitted())
    data = [event["data"] for event in emitted()]
    return " ".join(f"{each['table']}:{','.join(each['dishes'])}" for each in data)


def test_r1_orders_by_time_not_by_number():
    happen("9:tea 2:cake 5:tea")
    assert missing() == "9:tea 2:cake 5:tea"


def test_r1_added_dishes_keep_the_place():
    happen("9:tea 2:tea 9:cake,tea tea tea")
    assert missing() == "9:cake 2:tea"


def test_r1_without_dishes():
    happen("1: tea")
    assert missing() == ""
    assert rung() == ""
    happen("1:cake 1: cake")
    assert rung() == "1:cake"


def test_r1_a_table_can_order_again_when_it_was_served():
    happen("1:tea 2:tea tea 1:tea")
    assert missing() == "2:tea 1:tea"


def test_r2_oldest_first():
    happen("3:tea,cake 1:tea 2:tea tea tea")
    assert rung() == "1:tea"
    assert missing() == "3:cake 2:tea"


def test_r2_the_oldest_that_misses_it():
    happen("3:tea,cake 1:tea,pie 2:tea tea tea pie")
    assert missing() == "3:cake 2:tea"
    assert rung() == "1:tea,pie"


def test_r2_pieces():
    happen("1:tea,tea,tea tea tea")
    assert missing() == "1:tea"
    assert rung() == ""


def test_r2_exact_names():
    happen("1:Tea tea")
    assert missing() == "1:Tea"


def test_r3_dishes_as_ordered():
    happen("1:b,a,b b b a")
    assert rung() == "1:b,a,b"
    assert emitted()[0]["data"]["table"] == 1


def test_r3_with_added_dishes():
    happen("1:b 1:a,c c a b b")
    assert rung() == "1:b,a,c"


def test_r4_kept_dishes():
    happen("tea cake 1:tea")
    assert rung() == "1:tea"
    happen("2:tea,cake")
    assert missing() == "2:tea"


def test_r4_kept_dishes_are_used_once():
    happen("tea 1:tea,tea")
    assert missing() == "1:tea"
    happen("2:tea tea tea")
    assert rung() == "1:tea,tea 2:tea"


def test_r4_an_added_dish_takes_a_kept_one():
    happen("1:tea cake 1:cake tea")
    assert rung() == "1:tea,cake"


def test_r5_nothing():
    assert waiting() == []


def test_r5_missing_in_order():
    happen("1:a,b,a,c a")
    assert missing() == "1:b,a,c"


def test_r6_other_tables_get_the_dishes():
    happen("1:a,b,c 2:c,a 3:a a c")
    assert cancel(1) == ["a", "c"]
    assert rung() == "2:c,a"
    assert missing() == "3:a"


def test_r6_in_the_order_in_which_they_were_ordered():
    happen("1:b,a,z 2:a,x 3:b,x a b")
    assert cancel(1) == ["b", "a"]
    assert missing() == "2:x 3:x"
    happen("4:a,y 5:b,a 4:b b")
    assert cancel(4) == ["b"]
    happen("a")
    assert rung() == "5:b,a"


def test_r6_two_bells_by_the_order_of_dishes():
    happen("1:b,a,z 2:a 3:b a b")
    assert rung() == ""
    assert cancel(1) == ["b", "a"]
    assert rung() == "3:b 2:a"


def test_r6_nothing_was_cooked():
    happen("1:a 2:b")
    assert cancel(1) == []
    assert missing() == "2:b"


def test_r6_what_nobody_wants_is_kept():
    happen("1:a,b a")
    cancel(1)
    happen("2:a")
    assert rung() == "2:a"


@pytest.mark.parametrize("before", ["", "1:a", "2:a a", "2:"])
def test_r6_no_open_order(before):
    happen(before)
    with pytest.raises(InputError):
        cancel(2)


def test_r7_where_it_went():
    happen("4:a,b 2:a")
    assert [cooked(dish) for dish in ("a", "a", "a", "c", "b")] == [4, 2, None, None, 4]
    assert rung() == "2:a 4:a,b"
    happen("5:c 6:a")
    assert rung() == "2:a 4:a,b 5:c 6:a"


def test_r2_a_full_evening():
    orders, counter, bells = [], [], []

    def give(dish):
        for order in orders:
            if dish in order["open"]:
                order["open"].remove(dish)
                if not order["open"]:
                    orders.remove(order)
                    bells.append(f"{order['table']}:{','.join(order['all'])}")
                return
        counter.append(dish)

    for n in range(160):
        table, dish = n * n % 11, "abcd"[(n * 3 + n // 4) % 4]
        if n % 3:
            happen(dish)
            give(dish)
            continue
        dishes = [dish, "abcd"[n // 2 % 4], "abcd"[n // 6 % 4]][: 1 + n // 3 % 3]
        happen(f"{table}:{','.join(dishes)}")
        order = next((each for each in orders if each["table"] == table), None)
        if order is None:
            order = {"table": table, "all": [], "open": []}
            orders.append(order)
        order["all"] += dishes
        for each in dishes:
            if each in counter:
                counter.remove(each)
            else:
                order["open"].append(each)
        if not order["open"]:
            orders.remove(order)
            bells.append(f"{table}:{','.join(order['all'])}")
    assert rung() == " ".join(bells)
    assert [each["table"] for each in waiting()] == [each["table"] for each in orders]
