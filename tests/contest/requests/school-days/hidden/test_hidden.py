from datetime import date, timedelta

import pytest
from plugin import count_school_days, nth_school_day

from plugwright_sdk import InputError


def breaks(*pairs):
    return [{"first": first, "last": last} for first, last in pairs]


SPRING = breaks(("2027-03-22", "2027-04-02"))


def test_r1_monday_to_friday():
    found = [
        count_school_days(f"2027-02-{n:02}", f"2027-02-{n:02}", [], [])
        for n in range(1, 8)
    ]
    assert found == [1, 1, 1, 1, 1, 0, 0]


def test_r1_an_extra_sunday_in_the_holidays():
    assert count_school_days("2027-03-22", "2027-03-28", SPRING, ["2027-03-28"]) == 1


def test_r1_extra_days_outside_do_not_count():
    extra = ["2027-01-31", "2027-02-08"]
    assert count_school_days("2027-02-01", "2027-02-07", [], extra) == 5


def test_r1_an_extra_day_that_is_one_anyway():
    extra = ["2027-02-02", "2027-02-02"]
    assert count_school_days("2027-02-01", "2027-02-07", [], extra) == 5
    assert nth_school_day("2027-02-01", 3, [], extra) == "2027-02-03"


def test_r2_the_days_around_the_holidays():
    assert count_school_days("2027-03-19", "2027-04-05", SPRING, []) == 2
    assert nth_school_day("2027-03-19", 2, SPRING, []) == "2027-04-05"


def test_r2_the_ends_of_the_holidays():
    short = breaks(("2027-02-02", "2027-02-04"))
    for day, schools in ((1, 1), (2, 0), (3, 0), (4, 0), (5, 1)):
        date_ = f"2027-02-{day:02}"
        assert count_school_days(date_, date_, short, []) == schools


def test_r2_overlapping_holidays():
    holidays = breaks(("2027-02-01", "2027-02-04"), ("2027-02-03", "2027-02-03"))
    assert count_school_days("2027-02-01", "2027-02-14", holidays, []) == 6


def test_r2_holidays_the_wrong_way_round():
    wrong = breaks(("2027-02-01", "2027-02-04"), ("2030-02-02", "2030-02-01"))
    with pytest.raises(InputError):
        count_school_days("2027-02-01", "2027-02-02", wrong, [])
    with pytest.raises(InputError):
        nth_school_day("2027-02-01", 1, wrong, [])


def test_r3_over_the_turn_of_the_year():
    holidays = breaks(("2026-12-24", "2027-01-01"))
    assert count_school_days("2026-12-21", "2027-01-08", holidays, []) == 8


def test_r3_only_a_weekend():
    assert count_school_days("2027-02-06", "2027-02-07", [], []) == 0


def test_r3_last_before_first():
    assert count_school_days("2027-02-05", "2027-02-04", [], ["2027-02-05"]) == 0
    assert count_school_days("2027-02-05", "2020-02-04", [], []) == 0


def test_r4_the_first_one():
    assert nth_school_day("2027-02-05", 1, [], []) == "2027-02-05"
    assert nth_school_day("2027-02-06", 1, [], []) == "2027-02-08"
    assert nth_school_day("2027-02-06", 1, [], ["2027-02-07"]) == "2027-02-07"


def test_r4_later_ones():
    assert nth_school_day("2027-02-05", 2, [], []) == "2027-02-08"
    assert nth_school_day("2027-02-05", 7, [], []) == "2027-02-15"


def test_r5_the_edge_of_the_year():
    closed = breaks(("2027-01-01", "2029-01-01"))
    # 2028 is a leap year, so day 366 from 1 February 2027 on is 1 February 2028.
    day = nth_school_day("2027-02-01", 1, closed, ["2028-02-01"])
    assert day == "2028-02-01"
    with pytest.raises(InputError):
        nth_school_day("2027-02-01", 1, closed, ["2028-02-02"])


@pytest.mark.parametrize("n", [0, -5, 300])
def test_r5_no_such_day(n):
    with pytest.raises(InputError):
        nth_school_day("2027-02-01", n, [], [])


def test_r4_a_year_day_by_day():
    first = date(2026, 9, 1)
    pairs = [
        ("2026-10-12", "2026-10-23"),
        ("2026-12-23", "2027-01-06"),
        *[("2027-03-29", "2027-03-29")],
    ]
    extra = ["2026-10-17", "2026-11-07", "2026-11-10", "2027-01-06"]
    schools = []
    for n in range(300):
        day = (first + timedelta(days=n)).isoformat()
        weekday = (first + timedelta(days=n)).strftime("%a")
        closed = weekday in ("Sat", "Sun") or any(a <= day <= b for a, b in pairs)
        if day in extra or not closed:
            schools.append(day)
    last = (first + timedelta(days=299)).isoformat()
    holidays = breaks(*pairs)
    assert count_school_days("2026-09-01", last, holidays, extra) == len(schools)
    for n in (1, 50, 100, 150, len(schools)):
        found = nth_school_day("2026-09-01", n, holidays, extra)
        assert found == schools[n - 1]
