import pytest
from plugin import rent_dates

from plugwright_sdk import InputError


def test_r1_one_date_for_each_month():
    assert rent_dates("2026-09-01", 15, 3) == ["2026-09-15", "2026-10-15", "2026-11-16"]


def test_r1_a_date_that_is_over_is_not_listed():
    assert rent_dates("2026-09-16", 15, 1) == ["2026-10-15"]


def test_r1_the_starting_day_counts():
    assert rent_dates("2026-09-15", 15, 1) == ["2026-09-15"]


def test_r1_over_the_turn_of_the_year():
    assert rent_dates("2026-12-01", 10, 2) == ["2026-12-10", "2027-01-11"]


@pytest.mark.parametrize(
    ("start", "due"), [("2026-04-01", "2026-04-30"), ("2028-02-01", "2028-02-29")]
)
def test_r2_the_last_day_of_a_short_month(start, due):
    assert rent_dates(start, 31, 1) == [due]


@pytest.mark.parametrize(("start", "day"), [("2026-08-01", 1), ("2026-08-01", 2)])
def test_r3_a_weekend_moves_to_monday(start, day):
    assert rent_dates(start, day, 1) == ["2026-08-03"]


@pytest.mark.parametrize("day", [30, 31])
def test_r4_but_not_into_the_next_month(day):
    assert rent_dates("2026-05-01", day, 1) == ["2026-05-29"]


def test_r5_a_short_month_changes_nothing_later():
    assert rent_dates("2026-01-30", 31, 3) == ["2026-01-30", "2026-02-27", "2026-03-31"]


def test_r6_the_moved_date_counts_for_the_start():
    assert rent_dates("2026-08-03", 1, 1) == ["2026-08-03"]
    assert rent_dates("2026-05-30", 31, 1) == ["2026-06-30"]


@pytest.mark.parametrize(("day", "count"), [(0, 1), (32, 1), (1, -1)])
def test_r7_what_cannot_be_is_refused(day, count):
    with pytest.raises(InputError):
        rent_dates("2026-01-01", day, count)


def test_r7_no_dates():
    assert rent_dates("2026-01-01", 31, 0) == []
