import pytest
from plugin import count_school_days, nth_school_day

from plugwright_sdk import InputError


def free(first, last):
    return {"first": f"2026-{first}", "last": f"2026-{last}"}


def count(first, last, holidays=(), extra=()):
    days = [f"2026-{day}" for day in extra]
    return count_school_days(f"2026-{first}", f"2026-{last}", list(holidays), days)


def nth(first, n, holidays=(), extra=()):
    days = [f"2026-{day}" for day in extra]
    return nth_school_day(f"2026-{first}", n, list(holidays), days)


def test_r1_a_week_has_five():
    assert count("09-07", "09-13") == 5


def test_r1_an_extra_saturday_counts():
    assert count("09-07", "09-13", extra=["09-12"]) == 6


def test_r1_a_day_counts_once():
    assert count("09-07", "09-13", extra=["09-08", "09-12", "09-12"]) == 6


def test_r1_an_extra_day_in_the_holidays_counts():
    assert count("09-07", "09-11", [free("09-07", "09-11")], ["09-09"]) == 1


def test_r2_both_ends_of_the_holidays_are_free():
    assert count("09-07", "09-11", [free("09-08", "09-10")]) == 2


def test_r2_holidays_may_overlap_and_last_one_day():
    holidays = [free("09-07", "09-08"), free("09-08", "09-09"), free("09-11", "09-11")]
    assert count("09-07", "09-11", holidays) == 1


def test_r2_holidays_the_wrong_way_round_are_refused():
    with pytest.raises(InputError):
        count("09-07", "09-11", [free("09-10", "09-09")])
    with pytest.raises(InputError):
        nth("09-07", 1, [free("09-10", "09-09")])


def test_r3_first_and_last_day_are_counted():
    assert count("09-07", "09-08") == 2
    assert count("09-08", "09-08") == 1


def test_r3_the_wrong_way_round_there_are_none():
    assert count("09-08", "09-07") == 0


def test_r4_the_first_day_is_number_one():
    assert nth("09-07", 1) == "2026-09-07"
    assert nth("09-12", 1) == "2026-09-14"


def test_r4_weekends_and_holidays_are_passed_over():
    assert nth("09-07", 6) == "2026-09-14"
    assert nth("09-07", 3, [free("09-08", "09-14")]) == "2026-09-16"


def test_r5_too_many_are_refused():
    with pytest.raises(InputError):
        nth("09-07", 263)


@pytest.mark.parametrize("n", [0, -1])
def test_r5_there_is_no_day_before_the_first(n):
    with pytest.raises(InputError):
        nth("09-07", n)


def test_r5_the_last_day_that_is_looked_at():
    # Day 366 is Tuesday, 7 September 2027.
    assert nth("09-07", 262) == "2027-09-07"
