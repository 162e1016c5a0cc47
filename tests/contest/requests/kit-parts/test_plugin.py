import pytest
from plugin import kits_with, parts

from plugwright_sdk import InputError


def lines(text):
    pairs = (word.split("*") for word in text.split())
    return [{"item": item, "number": int(number)} for item, number in pairs]


def kits(**contents):
    return [{"name": name, "contents": lines(text)} for name, text in contents.items()]


def needed(given, orders):
    return {line["item"]: line["number"] for line in parts(given, lines(orders))}


SKY = kits(star="stick*6", sky="star*2 thread*1")


def test_r1_a_kit_is_taken_apart():
    assert needed(SKY, "star*1") == {"stick": 6}


def test_r1_what_is_no_kit_is_a_single_part():
    assert needed(SKY, "bead*3 star*1") == {"bead": 3, "stick": 6}


def test_r2_numbers_multiply():
    assert needed(SKY, "sky*3") == {"stick": 36, "thread": 3}


def test_r2_numbers_are_added_up():
    given = kits(a="x*1 x*2", b="a*1 x*1")
    assert needed(given, "b*1 a*1 b*1") == {"x": 11}


def test_r3_rows_are_in_order():
    found = parts(kits(a="z*1 b*1"), lines("a*1 m*1"))
    assert [line["item"] for line in found] == ["b", "m", "z"]


def test_r3_no_orders_no_parts():
    assert parts(SKY, []) == []


@pytest.mark.parametrize(
    "given",
    [kits(a="a*1"), kits(a="b*1", b="c*1", c="a*1"), kits(x="y*1", y="x*1 z*1")],
)
def test_r4_a_kit_that_contains_itself_is_refused(given):
    with pytest.raises(InputError):
        parts(given, lines("other*1"))


def test_r4_sharing_a_kit_is_no_circle():
    given = kits(a="b*1 c*1", b="d*1", c="d*1", d="x*1")
    assert needed(given, "a*1") == {"x": 2}


def test_r5_numbers_begin_at_one():
    with pytest.raises(InputError):
        parts(kits(a="x*0"), lines("b*1"))
    with pytest.raises(InputError):
        parts(kits(a="x*1"), lines("a*0"))


def test_r5_two_kits_of_one_name_are_refused():
    with pytest.raises(InputError):
        parts(kits(a="x*1") + kits(a="x*1"), [])


def test_r5_an_empty_kit_needs_nothing():
    assert parts(kits(a=""), lines("a*5")) == []


def test_r6_kits_are_found_over_others():
    assert kits_with(SKY, "stick") == ["sky", "star"]
    assert kits_with(SKY, "thread") == ["sky"]


def test_r6_a_kit_is_not_listed_for_itself():
    assert kits_with(SKY, "star") == ["sky"]
    assert kits_with(SKY, "sky") == []
