import pytest
from plugin import practised, streak, week

from plugwright_sdk import InputError


def practise(*days, minutes=10):
    for day in days:
        practised(f"2026-01-{day:02}", minutes)


def test_r1_minutes_of_a_day_are_added_up():
    assert practised("2026-01-05", 20) == 20
    assert practised("2026-01-05", 15) == 35
    assert practised("2026-01-06", 5) == 5


def test_r1_days_come_in_any_order():
    practise(7, 5, 6)
    assert streak("2026-01-07")["current"] == 3


def test_r2_ten_minutes_count_and_nine_do_not():
    practise(5)
    assert streak("2026-01-05")["current"] == 1
    practise(8, minutes=9)
    assert streak("2026-01-08")["current"] == 0


def test_r2_all_notes_of_a_day_count_together():
    practise(5, 5, minutes=5)
    assert streak("2026-01-05") == {"current": 1, "longest": 1}


def test_r3_the_row_holds_until_the_end_of_the_next_day():
    practise(5, 6)
    assert streak("2026-01-06")["current"] == 2
    assert streak("2026-01-07")["current"] == 2
    assert streak("2026-01-08")["current"] == 0


def test_r3_a_gap_ends_the_row():
    practise(3, 5, 6)
    assert streak("2026-01-06")["current"] == 2


def test_r3_rows_go_over_the_end_of_a_month():
    practised("2026-02-28", 10)
    practised("2026-03-01", 10)
    assert streak("2026-03-01")["current"] == 2


def test_r4_the_longest_row_is_kept():
    practise(1, 2, 3, 5, 6)
    assert streak("2026-01-06") == {"current": 2, "longest": 3}


def test_r4_later_days_do_not_matter():
    practise(1, 2, 3)
    assert streak("2026-01-02") == {"current": 2, "longest": 2}


def test_r5_a_week_from_monday_to_sunday():
    practise(5, minutes=3)
    practise(11, minutes=20)
    practise(4, 12)
    assert week("2026-01-07") == [3, 0, 0, 0, 0, 0, 20]
    assert week("2026-01-11") == [3, 0, 0, 0, 0, 0, 20]


def test_r6_practice_takes_time():
    with pytest.raises(InputError):
        practised("2026-01-05", 0)


@pytest.mark.parametrize("day", ["2026-02-29", "today"])
def test_r6_what_is_no_day_is_refused(day):
    with pytest.raises(InputError):
        practised(day, 10)
    with pytest.raises(InputError):
        streak(day)
    with pytest.raises(InputError):
        week(day)
