import pytest
from plugin import borrow, bring_back, toys_of

from plugwright_sdk import InputError


def test_r1_a_toy_on_the_shelf_is_lent():
    assert borrow("train", "Kim") == "lent"
    assert toys_of("Kim") == ["train"]


def test_r1_a_toy_that_is_out_is_waited_for():
    borrow("train", "Kim")
    assert borrow("train", "Lou") == "waiting"
    assert toys_of("Lou") == []


def test_r2_two_toys_are_the_most():
    borrow("train", "Kim")
    borrow("doll", "Kim")
    with pytest.raises(InputError):
        borrow("ball", "Kim")


def test_r2_waiting_is_allowed_with_two():
    borrow("train", "Kim")
    borrow("doll", "Kim")
    borrow("ball", "Lou")
    assert borrow("ball", "Kim") == "waiting"


def test_r3_the_toy_goes_to_the_first_who_waits():
    for child in ("Kim", "Lou", "Max"):
        borrow("train", child)
    assert bring_back("train") == "Lou"
    assert toys_of("Kim") == []
    assert toys_of("Lou") == ["train"]
    assert bring_back("train") == "Max"


def test_r3_who_has_two_is_passed_over_and_keeps_the_place():
    borrow("train", "Kim")
    borrow("doll", "Lou")
    borrow("ball", "Lou")
    for child in ("Lou", "Max", "Noa"):
        borrow("train", child)
    assert bring_back("train") == "Max"
    bring_back("doll")
    assert bring_back("train") == "Lou"
    assert bring_back("train") == "Noa"


def test_r4_without_a_line_the_toy_is_on_the_shelf():
    borrow("train", "Kim")
    assert bring_back("train") is None
    assert borrow("train", "Lou") == "lent"


def test_r4_a_toy_nobody_may_take_goes_to_whoever_borrows_it():
    borrow("train", "Kim")
    borrow("doll", "Lou")
    borrow("ball", "Lou")
    borrow("train", "Lou")
    assert bring_back("train") is None
    assert borrow("train", "Max") == "lent"


def test_r5_a_child_cannot_borrow_or_wait_twice():
    borrow("train", "Kim")
    with pytest.raises(InputError):
        borrow("train", "Kim")
    borrow("train", "Lou")
    with pytest.raises(InputError):
        borrow("train", "Lou")


def test_r5_a_toy_on_the_shelf_cannot_be_brought_back():
    with pytest.raises(InputError):
        bring_back("train")


def test_r6_toys_are_listed_as_they_came():
    borrow("train", "Kim")
    borrow("ball", "Kim")
    bring_back("train")
    borrow("train", "Kim")
    assert toys_of("Kim") == ["ball", "train"]
    assert toys_of("Nobody") == []


def test_r7_names_count_as_written():
    assert borrow("train", "Kim") == "lent"
    assert borrow("Train", "Kim") == "lent"
    assert toys_of("kim") == []
