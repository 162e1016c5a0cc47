import pytest
from plugin import is_open, weekly_minutes

from plugwright_sdk import InputError

CAFE = "Mo-Fr 9:00-17:00; Sa 10:00-12:00"
BAR = "Sa 18:00-02:00"


def test_r1_days_and_times():
    assert is_open(CAFE, "We", "12:00") is True
    assert is_open(CAFE, "Sa", "9:30") is False
    assert is_open(CAFE, "Su", "11:00") is False


def test_r1_several_days_and_times():
    hours = "Mo,We-Fr 8:00-12:00,14:00-18:00"
    assert [is_open(hours, day, "15:00") for day in ("Mo", "Tu", "Th")] == [
        True,
        False,
        True,
    ]
    assert is_open(hours, "Mo", "13:00") is False


def test_r1_capitals_do_not_matter():
    assert is_open("MO 8:00-9:00; tu Closed", "mo", "8:00") is True


def test_r2_a_range_of_days_over_sunday():
    assert weekly_minutes("Fr-Mo 8:00-9:00") == 4 * 60
    assert weekly_minutes("We-We 8:00-9:00") == 60


def test_r2_spaces_and_empty_parts():
    assert weekly_minutes(" ; Mo - Tu , Sa  8:00 - 9:00 , 10:00-11:00 ;") == 360
    assert weekly_minutes("") == 0


def test_r3_open_at_the_beginning_and_closed_at_the_end():
    assert is_open(CAFE, "Mo", "9:00") is True
    assert is_open(CAFE, "Mo", "16:59") is True
    assert is_open(CAFE, "Mo", "17:00") is False


def test_r3_past_midnight():
    assert is_open(BAR, "Su", "1:59") is True
    assert is_open(BAR, "Su", "2:00") is False
    assert is_open(BAR, "Sa", "1:00") is False


def test_r4_the_later_part_counts():
    hours = "Mo-Su 9:00-17:00; We closed; Th 10:00-11:00"
    assert is_open(hours, "We", "12:00") is False
    assert is_open(hours, "Th", "9:30") is False
    assert is_open(hours, "Th", "10:30") is True


def test_r4_a_closed_day_after_a_long_night():
    assert is_open("Mo 20:00-4:00; Tu closed", "Tu", "3:00") is True


def test_r5_sunday_night_goes_into_monday():
    assert is_open("Su 22:00-3:00", "Mo", "02:30") is True


def test_r6_minutes_of_a_week():
    assert weekly_minutes(CAFE) == 5 * 480 + 120
    assert weekly_minutes("Mo-Su 0:00-24:00") == 7 * 1440


def test_r6_minutes_that_are_said_twice():
    assert weekly_minutes("Mo 9:00-12:00,11:00-13:00") == 240
    assert weekly_minutes("Mo 20:00-4:00; Tu 2:00-5:00") == 540


@pytest.mark.parametrize(
    "hours",
    ["Mo", "9:00-10:00", "Mo 9-10", "Xx 9:00-10:00", "Mo 9:00-9:00", "Mo 9:60-10:00"],
)
def test_r7_hours_that_cannot_be_read_are_refused(hours):
    with pytest.raises(InputError):
        weekly_minutes(hours)


@pytest.mark.parametrize(
    ("day", "time"), [("Xx", "9:00"), ("Mo", "24:00"), ("Mo", "9")]
)
def test_r7_a_day_or_time_that_cannot_be_read_is_refused(day, time):
    with pytest.raises(InputError):
        is_open(CAFE, day, time)
