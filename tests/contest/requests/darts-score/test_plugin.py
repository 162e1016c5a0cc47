import pytest
from plugin import standing, start, throw

from plugwright_sdk import InputError


def test_r1_the_first_in_the_list_begins():
    assert start(["Bob", "Ann"], 501) == "Bob"
    assert throw(60)["player"] == "Bob"


def test_r1_a_new_start_forgets_the_old_game():
    start(["Ann", "Bob"], 501)
    throw(100)
    start(["Cem"], 301)
    assert standing() == [{"player": "Cem", "left": 301, "throws": 0}]


def test_r2_the_score_is_taken_off():
    start(["Ann", "Bob"], 101)
    assert throw(60) == {"player": "Ann", "left": 41, "counted": True, "next": "Bob"}


def test_r2_turns_go_round():
    start(["Ann", "Bob", "Cem"], 501)
    assert [throw(1)["player"] for _ in range(4)] == ["Ann", "Bob", "Cem", "Ann"]


def test_r3_too_much_does_not_count():
    start(["Ann", "Bob"], 50)
    assert throw(51) == {"player": "Ann", "left": 50, "counted": False, "next": "Bob"}


def test_r3_one_must_not_be_left():
    start(["Ann", "Bob"], 50)
    assert throw(49)["counted"] is False
    assert throw(48)["left"] == 2


def test_r4_who_is_at_none_has_won():
    start(["Ann", "Bob"], 60)
    assert throw(60) == {"player": "Ann", "left": 0, "counted": True, "next": None}
    with pytest.raises(InputError):
        throw(1)


def test_r4_a_new_game_can_begin_after_the_end():
    start(["Ann"], 60)
    throw(60)
    start(["Ann"], 60)
    assert throw(20)["left"] == 40


@pytest.mark.parametrize("score", [-1, 181])
def test_r5_impossible_scores_are_refused(score):
    start(["Ann", "Bob"], 501)
    with pytest.raises(InputError):
        throw(score)
    assert throw(180)["player"] == "Ann"


def test_r5_there_is_no_throw_before_the_start():
    with pytest.raises(InputError):
        throw(20)


@pytest.mark.parametrize(
    ("players", "points"), [([], 501), (["Ann", "Ann"], 501), (["Ann"], 1)]
)
def test_r5_wrong_starts_are_refused(players, points):
    with pytest.raises(InputError):
        start(players, points)


def test_r6_fewest_left_come_first():
    start(["Ann", "Bob", "Cem"], 100)
    throw(10)
    throw(30)
    throw(200 - 190)
    assert standing() == [
        {"player": "Bob", "left": 70, "throws": 1},
        {"player": "Ann", "left": 90, "throws": 1},
        {"player": "Cem", "left": 90, "throws": 1},
    ]


def test_r6_before_the_first_start_it_is_empty():
    assert standing() == []
