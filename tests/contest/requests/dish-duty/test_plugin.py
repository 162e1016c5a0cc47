import pytest
from plugin import move_in, move_out, next_turn

from plugwright_sdk import InputError


def flat(*names):
    for name in names:
        move_in(name)


def test_r1_turns_go_round():
    flat("Mia", "Tom")
    assert [next_turn() for _ in range(5)] == ["Mia", "Tom", "Mia", "Tom", "Mia"]


def test_r1_one_person_always_has_the_turn():
    flat("Mia")
    assert [next_turn(), next_turn()] == ["Mia", "Mia"]


def test_r2_a_new_person_is_last():
    flat("Mia", "Tom")
    next_turn()
    assert move_in("Zoe") == ["Tom", "Mia", "Zoe"]


def test_r2_the_order_of_the_others_stays():
    flat("Mia", "Tom", "Zoe")
    assert move_out("Tom") == ["Mia", "Zoe"]
    assert next_turn() == "Mia"


def test_r2_if_the_next_one_leaves_the_one_after_is_next():
    flat("Mia", "Tom", "Zoe")
    assert move_out("Mia") == ["Tom", "Zoe"]
    assert next_turn() == "Tom"


def test_r3_case_and_spaces_do_not_matter():
    flat(" Mia ", "Tom")
    assert move_out("MIA") == ["Tom"]


def test_r3_names_are_shown_as_at_move_in():
    assert move_in(" mIa ") == ["mIa"]
    assert next_turn() == "mIa"


def test_r4_nobody_moves_in_twice():
    flat("Mia")
    with pytest.raises(InputError):
        move_in(" mia")


def test_r4_an_empty_name_is_refused():
    with pytest.raises(InputError):
        move_in("  ")


def test_r4_only_who_lives_here_moves_out():
    with pytest.raises(InputError):
        move_out("Mia")


def test_r4_nobody_has_no_turn():
    with pytest.raises(InputError):
        next_turn()


def test_r5_who_comes_back_is_last():
    flat("Mia", "Tom")
    move_out("Mia")
    assert move_in("Mia") == ["Tom", "Mia"]
