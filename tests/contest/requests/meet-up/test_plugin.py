import pytest
from plugin import free_times

from plugwright_sdk import InputError


def busy(*spans):
    return [dict(zip(("start", "end"), span.split("-"), strict=True)) for span in spans]


def free(*people, earliest="10:00", latest="22:00", minutes=60):
    found = free_times(list(people), earliest, latest, minutes)
    return [f"{gap['start']}-{gap['end']}" for gap in found]


def test_r1_what_is_left_between_two_appointments():
    found = free(busy("12:00-14:00", "18:00-19:30"))
    assert found == ["10:00-12:00", "14:00-18:00", "19:30-22:00"]


def test_r1_everybody_has_to_be_free():
    found = free(busy("12:00-14:00"), busy("10:00-11:00", "16:00-22:00"))
    assert found == ["11:00-12:00", "14:00-16:00"]


def test_r2_exactly_long_enough():
    people = busy("11:00-20:00")
    assert free(people, minutes=120) == ["20:00-22:00"]
    assert free(people, minutes=60) == ["10:00-11:00", "20:00-22:00"]
    assert free(people, minutes=121) == []


def test_r3_a_short_time_within_a_long_one():
    assert free(busy("11:00-20:00", "12:00-13:00")) == ["10:00-11:00", "20:00-22:00"]


def test_r3_times_that_touch_leave_no_gap():
    assert free(busy("10:00-12:00"), busy("12:00-21:00")) == ["21:00-22:00"]


def test_r3_times_beyond_the_day():
    assert free(busy("08:00-11:00", "20:00-23:00", "06:00-07:00")) == ["11:00-20:00"]
    assert free(busy("08:00-23:00")) == []


def test_r4_nobody_is_busy():
    assert free() == ["10:00-22:00"]
    assert free([], []) == ["10:00-22:00"]


def test_r5_the_whole_day():
    assert free(busy("00:00-23:00"), earliest="00:00", latest="24:00") == [
        "23:00-24:00"
    ]


@pytest.mark.parametrize("wrong", ["9:00", "24:01", "10:60", "ten", "10:00:00", ""])
def test_r5_what_is_no_time_is_refused(wrong):
    with pytest.raises(InputError):
        free([{"start": "08:00", "end": wrong}])


@pytest.mark.parametrize("span", ["11:00-11:00", "23:00-01:00"])
def test_r6_what_has_no_length_is_refused(span):
    with pytest.raises(InputError):
        free(busy(span))


def test_r6_a_day_or_a_game_without_length_is_refused():
    with pytest.raises(InputError):
        free(earliest="22:00")
    with pytest.raises(InputError):
        free(minutes=0)
