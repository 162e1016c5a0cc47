import pytest
from plugin import assign_rooms, rooms_needed

from plugwright_sdk import InputError


def wishes(*spans):
    times = [span.split("-") for span in spans]
    return [
        {"child": str(n), "begin": f"{begin}:00", "end": f"{end}:00"}
        for n, (begin, end) in enumerate(times)
    ]


def rooms(count, *spans):
    return assign_rooms(wishes(*spans), count)


def test_r1_two_at_the_same_time_get_two_rooms():
    assert rooms(3, "14:00-15:00", "14:30-15:30") == [1, 2]


def test_r1_the_answer_has_the_order_of_the_list():
    assert rooms(2, "15:00-17:00", "14:00-16:00") == [2, 1]


def test_r2_who_begins_earlier_goes_first():
    assert rooms(1, "14:30-15:00", "14:00-15:00") == [None, 1]


def test_r2_who_stays_longer_goes_first():
    assert rooms(1, "14:00-15:00", "14:00-16:00") == [None, 1]


def test_r2_the_list_decides_between_equals():
    assert rooms(1, "14:00-15:00", "14:00-15:00") == [1, None]


def test_r3_the_lowest_free_room():
    found = rooms(3, "14:00-15:00", "14:10-16:00", "14:20-16:00", "15:30-16:00")
    assert found == [1, 2, 3, 1]


def test_r3_a_room_is_free_when_its_lesson_ends():
    assert rooms(1, "14:00-15:00", "15:00-16:00") == [1, 1]


def test_r4_who_gets_none_takes_none():
    assert rooms(1, "14:00-15:00", "14:30-18:00", "15:00-16:00") == [1, None, 1]


def test_r5_how_many_are_needed():
    assert rooms_needed(wishes("14:00-15:00", "14:30-16:00", "15:00-17:00")) == 2
    assert rooms_needed(wishes("14:00-15:00", "14:30-16:00", "14:59-17:00")) == 3


def test_r5_nobody_needs_no_room():
    assert rooms_needed([]) == 0


@pytest.mark.parametrize("span", ["14:00-14:00", "14:00-13:00"])
def test_r6_a_wish_without_length_is_refused(span):
    with pytest.raises(InputError):
        rooms(1, span)
    with pytest.raises(InputError):
        rooms_needed(wishes(span))


def test_r6_no_rooms():
    assert rooms(0, "14:00-15:00") == [None]
    with pytest.raises(InputError):
        rooms(-1)
