import pytest
from plugin import are_linked, circles

from plugwright_sdk import InputError


def letters(*pairs):
    return [{"sender": sender, "receiver": receiver} for sender, receiver in pairs]


def test_r1_two_who_write_belong_together():
    assert circles(["Ann", "Ben"], letters(("Ben", "Ann"))) == [["Ann", "Ben"]]


def test_r1_a_chain_links_over_others():
    found = circles([], letters(("Ann", "Ben"), ("Cem", "Ben"), ("Cem", "Dora")))
    assert found == [["Ann", "Ben", "Cem", "Dora"]]


def test_r1_people_in_letters_need_not_be_pupils():
    assert circles(["Zoe"], letters(("Ann", "Ben"))) == [["Ann", "Ben"], ["Zoe"]]


def test_r1_a_ring_is_one_circle():
    assert circles([], letters(("a", "b"), ("b", "c"), ("c", "a"))) == [["a", "b", "c"]]


def test_r1_nobody_gives_no_circle():
    assert circles([], []) == []


def test_r2_whoever_is_alone_is_a_circle():
    assert circles(["Ann", "Ann"], []) == [["Ann"]]
    assert circles([], letters(("Ben", "Ben"))) == [["Ben"]]


def test_r3_large_circles_come_first():
    found = circles(["a"], letters(("x", "z"), ("z", "y"), ("b", "c")))
    assert found == [["x", "y", "z"], ["b", "c"], ["a"]]


def test_r3_equal_circles_by_first_name():
    assert circles(["c", "b"], letters(("d", "a"))) == [["a", "d"], ["b"], ["c"]]


def test_r4_linked_or_not():
    pairs = letters(("a", "b"), ("c", "b"), ("d", "e"))
    assert are_linked([], pairs, "a", "c") is True
    assert are_linked([], pairs, "a", "d") is False


def test_r4_everybody_is_linked_to_themselves():
    assert are_linked(["a"], [], "a", "a") is True


def test_r4_unknown_names_are_refused():
    with pytest.raises(InputError):
        are_linked(["a"], [], "a", "x")
    with pytest.raises(InputError):
        are_linked(["a"], [], "x", "x")
