from datetime import date, timedelta

import pytest
from plugin import rent_dates

from plugwright_sdk import InputError


def test_r1_in_order():
    assert rent_dates("2027-01-01", 20, 4) == [
        "2027-01-20",
        "2027-02-22",
        "2027-03-22",
        "2027-04-20",
    ]


def test_r1_the_day_before_the_day_itself_and_the_day_after():
    assert rent_dates("2027-01-19", 20, 1) == ["2027-01-20"]
    assert rent_dates("2027-01-20", 20, 1) == ["2027-01-20"]
    assert rent_dates("2027-01-21", 20, 1) == ["2027-02-22"]


def test_r1_from_december_on():
    assert rent_dates("2026-12-16", 15, 1) == ["2027-01-15"]
    assert rent_dates("2026-11-02", 1, 3) == ["2026-11-02", "2026-12-01", "2027-01-01"]


def test_r2_thirty_days_in_november():
    assert rent_dates("2026-11-05", 31, 1) == ["2026-11-30"]


def test_r2_february():
    assert rent_dates("2027-02-01", 29, 1) == ["2027-02-26"]
    assert rent_dates("2028-02-01", 30, 1) == ["2028-02-29"]
    assert rent_dates("2029-02-01", 30, 1) == ["2029-02-28"]


def test_r2_day_and_month_are_equally_long():
    assert rent_dates("2027-03-01", 31, 2) == ["2027-03-31", "2027-04-30"]


def test_r3_saturday_and_sunday():
    assert rent_dates("2027-02-01", 6, 1) == ["2027-02-08"]
    assert rent_dates("2027-02-01", 7, 1) == ["2027-02-08"]


def test_r3_friday_and_monday_stay():
    assert rent_dates("2027-02-01", 5, 1) == ["2027-02-05"]
    assert rent_dates("2027-02-01", 8, 1) == ["2027-02-08"]


def test_r3_monday_may_be_the_last_of_the_month():
    assert rent_dates("2026-08-01", 29, 1) == ["2026-08-31"]
    assert rent_dates("2026-08-01", 30, 1) == ["2026-08-31"]


def test_r4_a_sunday_at_the_end():
    assert rent_dates("2027-02-10", 28, 1) == ["2027-02-26"]
    assert rent_dates("2027-01-10", 31, 1) == ["2027-01-29"]


def test_r4_a_saturday_at_the_end():
    assert rent_dates("2026-10-10", 31, 1) == ["2026-10-30"]
    assert rent_dates("2026-01-10", 31, 1) == ["2026-01-30"]


def test_r4_in_december():
    assert rent_dates("2028-12-01", 31, 2) == ["2028-12-29", "2029-01-31"]


def test_r5_the_day_comes_back():
    assert rent_dates("2026-01-31", 30, 3) == ["2026-02-27", "2026-03-30", "2026-04-30"]
    assert rent_dates("2026-05-30", 31, 2) == ["2026-06-30", "2026-07-31"]


def test_r6_a_date_that_moved_back_is_over():
    assert rent_dates("2026-10-30", 31, 1) == ["2026-10-30"]
    assert rent_dates("2026-10-31", 31, 1) == ["2026-11-30"]


def test_r6_a_date_that_moved_ahead_is_not():
    assert rent_dates("2027-02-07", 6, 1) == ["2027-02-08"]
    assert rent_dates("2027-02-08", 6, 1) == ["2027-02-08"]
    assert rent_dates("2027-02-09", 6, 1) == ["2027-03-08"]


@pytest.mark.parametrize(("day", "count"), [(0, 0), (-3, 2), (32, 0), (99, 1), (5, -2)])
def test_r7_refused(day, count):
    with pytest.raises(InputError):
        rent_dates("2027-02-09", day, count)


def test_r7_the_ends_are_possible():
    assert rent_dates("2027-04-01", 1, 0) == []
    assert rent_dates("2027-04-01", 1, 1) == ["2027-04-01"]
    assert rent_dates("2027-03-31", 31, 1) == ["2027-03-31"]


def test_r3_forty_months_day_by_day():
    expected, day = [], date(2026, 3, 1)
    while len(expected) < 40:
        month = [day]
        while (month[-1] + timedelta(days=1)).day != 1:
            month.append(month[-1] + timedelta(days=1))
        working = [each for each in month if each.strftime("%a") not in ("Sat", "Sun")]
        near = [each for each in working if each.day >= 29] or working[-1:]
        expected.append(near[0].isoformat())
        day = month[-1] + timedelta(days=1)
    assert rent_dates("2026-03-01", 29, 40) == expected
