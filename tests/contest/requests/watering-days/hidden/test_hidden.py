from datetime import date, timedelta

import pytest
from plugin import watering_days

from plugwright_sdk import InputError


def may(first, last, every, *away):
    days = [f"2027-05-{n:02}" for n in (first, last)]
    found = watering_days(*days, every, [f"2027-05-{n:02}" for n in away])
    return [int(each.removeprefix("2027-05-")) for each in found]


def test_r1_each_week():
    assert may(3, 31, 7) == [3, 10, 17, 24, 31]


def test_r1_over_the_end_of_a_leap_february():
    assert watering_days("2028-02-26", "2028-03-04", 2, []) == [
        "2028-02-26",
        "2028-02-28",
        "2028-03-01",
        "2028-03-03",
    ]


def test_r1_over_the_turn_of_the_year():
    assert watering_days("2026-12-30", "2027-01-08", 6, []) == [
        "2026-12-30",
        "2027-01-05",
    ]


def test_r2_one_day_short():
    assert may(1, 10, 10) == [1]
    assert may(1, 11, 10) == [1, 11]


def test_r2_the_first_day_is_the_last():
    assert may(9, 9, 1) == [9]


def test_r3_away_on_the_first_day():
    assert may(1, 10, 4, 1) == [2, 6, 10]


def test_r3_away_on_two_waterings():
    assert may(1, 14, 3, 4, 8) == [1, 5, 9, 12]


def test_r3_a_long_absence():
    assert may(1, 20, 2, *range(3, 16)) == [1, 16, 18, 20]


def test_r3_away_on_the_last_day():
    assert may(1, 7, 3, 7) == [1, 4]


def test_r3_always_away():
    assert may(1, 3, 1, 1, 2, 3) == []


def test_r4_any_order():
    assert may(1, 9, 3, 5, 4) == [1, 6, 9]
    assert may(1, 9, 3, 4, 5, 4, 5) == [1, 6, 9]


def test_r4_days_outside():
    away = ["2026-05-04", "2028-05-04", "2027-05-12"]
    found = watering_days("2027-05-01", "2027-05-09", 3, away)
    assert found == ["2027-05-01", "2027-05-04", "2027-05-07"]


@pytest.mark.parametrize("every", [0, -1, -7])
def test_r5_refused(every):
    with pytest.raises(InputError):
        may(1, 9, every)
    with pytest.raises(InputError):
        may(9, 1, every)


def test_r5_each_day():
    assert may(4, 8, 1) == [4, 5, 6, 7, 8]


def test_r5_nothing_to_do():
    assert may(9, 8, 3) == []


def test_r3_a_year_day_by_day():
    first = date(2027, 1, 1)
    year = [first + timedelta(days=n) for n in range(365)]
    away = [day for n, day in enumerate(year) if n * n % 11 in (1, 3)]
    expected, waited = [], 5
    for day in year:
        if waited >= 5 and day not in away:
            expected.append(day.isoformat())
            waited = 0
        waited += 1
    found = watering_days("2027-01-01", "2027-12-31", 5, [d.isoformat() for d in away])
    assert found == expected
