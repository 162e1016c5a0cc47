import pytest
from plugin import put, state, tick

from plugwright_sdk import InputError


def missing():
    return [(row["thing"], row["pieces"]) for row in state()["missing"]]


def test_r1_pieces_are_added_up():
    assert put("socks", 3) == 3
    assert put("socks", 2) == 5
    assert put("hat", 1) == 1


def test_r1_packed_pieces_are_counted_too():
    put("socks", 3)
    tick("socks")
    assert put("socks", 1) == 4


def test_r2_case_and_spaces_do_not_matter():
    put("Hat", 1)
    assert put(" hAT ", 1) == 2
    assert tick("HAT") == 1


def test_r2_the_first_spelling_is_shown():
    put(" Hat ", 1)
    put("HAT", 1)
    assert missing() == [("Hat", 2)]


def test_r3_ticking_leaves_fewer():
    put("socks", 3)
    assert [tick("socks"), tick("socks"), tick("socks")] == [2, 1, 0]


def test_r3_what_is_not_missing_cannot_be_ticked():
    with pytest.raises(InputError):
        tick("hat")
    put("hat", 1)
    tick("hat")
    with pytest.raises(InputError):
        tick("hat")


def test_r4_missing_things_are_listed_as_they_came():
    put("towel", 1)
    put("hat", 1)
    put("book", 2)
    tick("hat")
    tick("book")
    assert missing() == [("towel", 1), ("book", 1)]


def test_r4_a_thing_that_comes_back_has_its_old_place():
    put("towel", 1)
    put("hat", 1)
    tick("towel")
    put("towel", 1)
    assert missing() == [("towel", 1), ("hat", 1)]


@pytest.mark.parametrize(
    ("pieces", "ticks", "percent"), [(3, 1, 33), (3, 2, 66), (4, 2, 50), (2, 2, 100)]
)
def test_r5_percent_is_rounded_down(pieces, ticks, percent):
    put("socks", pieces)
    for _ in range(ticks):
        tick("socks")
    assert state()["percent"] == percent


def test_r5_an_empty_list():
    assert state() == {"missing": [], "percent": 0}


def test_r6_wrong_things_are_refused():
    with pytest.raises(InputError):
        put(" ", 1)
    with pytest.raises(InputError):
        put("hat", 0)
    assert missing() == []
