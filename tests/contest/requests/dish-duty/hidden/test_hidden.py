import pytest
from plugin import move_in, move_out, next_turn

from plugwright_sdk import InputError


def flat(names):
    for name in names.split():
        move_in(name)


def turns(count):
    return " ".join(next_turn() for _ in range(count))


def test_r1_three_people():
    flat("Ada Bo Cy")
    assert turns(7) == "Ada Bo Cy Ada Bo Cy Ada"


def test_r1_turns_are_by_moving_in_not_by_name():
    flat("Zed Ann")
    assert turns(3) == "Zed Ann Zed"


def test_r1_alone():
    flat("Ada")
    assert turns(3) == "Ada Ada Ada"


def test_r2_the_line_grows():
    assert move_in("Ada") == ["Ada"]
    assert move_in("Bo") == ["Ada", "Bo"]
    assert move_in("Cy") == ["Ada", "Bo", "Cy"]


def test_r2_moving_in_after_turns():
    flat("Ada Bo Cy")
    turns(2)
    assert move_in("Di") == ["Cy", "Ada", "Bo", "Di"]
    assert turns(5) == "Cy Ada Bo Di Cy"


def test_r2_the_one_who_just_had_a_turn_leaves():
    flat("Ada Bo Cy")
    turns(1)
    assert move_out("Ada") == ["Bo", "Cy"]
    assert turns(3) == "Bo Cy Bo"


def test_r2_the_one_in_the_middle_leaves():
    flat("Ada Bo Cy Di")
    turns(1)
    assert move_out("Cy") == ["Bo", "Di", "Ada"]
    assert turns(4) == "Bo Di Ada Bo"


def test_r2_everybody_leaves():
    flat("Ada Bo")
    assert move_out("Bo") == ["Ada"]
    assert move_out("Ada") == []


def test_r3_spelling():
    assert move_in("  jO ") == ["jO"]
    move_in("Al")
    assert turns(3) == "jO Al jO"
    assert move_out(" JO") == ["Al"]


def test_r3_letters_with_dots():
    flat("Ömer")
    with pytest.raises(InputError):
        move_in("ömer")


def test_r3_inner_spaces_count():
    move_in("Ann Lee")
    assert move_in("AnnLee") == ["Ann Lee", "AnnLee"]


def test_r4_twice():
    flat("Ada Bo")
    for name in ("Ada", "BO", " ada "):
        with pytest.raises(InputError):
            move_in(name)
    assert turns(3) == "Ada Bo Ada"


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_r4_no_name(name):
    with pytest.raises(InputError):
        move_in(name)
    with pytest.raises(InputError):
        next_turn()


def test_r4_moving_out_of_nowhere():
    flat("Ada")
    for name in ("Bo", "", "Ad"):
        with pytest.raises(InputError):
            move_out(name)
    assert turns(1) == "Ada"


def test_r4_nobody_left():
    flat("Ada")
    move_out("Ada")
    with pytest.raises(InputError):
        next_turn()
    with pytest.raises(InputError):
        move_out("Ada")


def test_r5_out_and_in_again():
    flat("Ada Bo Cy")
    turns(1)
    move_out("Bo")
    assert move_in("BO") == ["Cy", "Ada", "BO"]
    assert turns(3) == "Cy Ada BO"


def test_r5_a_long_year():
    people = [f"P{n}" for n in range(9)]
    flat(" ".join(people))
    line = list(people)
    for week in range(40):
        for _ in range(week % 4 if line else 0):
            assert next_turn() == line[0]
            line = line[1:] + line[:1]
        name = people[(week * 5) % 9]
        if name in line:
            line.remove(name)
            assert move_out(name.lower()) == line
        else:
            line.append(name)
            assert move_in(name) == line
