from datetime import date, timedelta

import pytest
from plugin import practised, streak, week

from plugwright_sdk import InputError


def note(text):
    for word in text.split():
        day, minutes = word.split("=")
        practised(day, int(minutes))


def row(today):
    found = streak(today)
    return found["current"], found["longest"]


def test_r1_totals():
    assert practised("2026-04-01", 1) == 1
    assert practised("2026-04-02", 30) == 30
    assert practised("2026-04-01", 8) == 9


def test_r1_late_notes_close_a_gap():
    note("2026-04-01=10 2026-04-03=10")
    assert row("2026-04-03") == (1, 1)
    note("2026-04-02=10")
    assert row("2026-04-03") == (3, 3)


def test_r2_nine_then_one_more():
    note("2026-04-01=9")
    assert row("2026-04-01") == (0, 0)
    note("2026-04-01=1")
    assert row("2026-04-01") == (1, 1)


def test_r2_a_day_of_nine_breaks_a_row():
    note("2026-04-01=10 2026-04-02=9 2026-04-03=11")
    assert row("2026-04-03") == (1, 1)


def test_r3_today_yesterday_and_before():
    note("2026-04-01=10 2026-04-02=10 2026-04-03=10")
    assert row("2026-04-03") == (3, 3)
    assert row("2026-04-04") == (3, 3)
    assert row("2026-04-05") == (0, 3)


def test_r3_too_little_today_breaks_nothing():
    note("2026-04-01=10 2026-04-02=9")
    assert row("2026-04-02") == (1, 1)
    assert row("2026-04-03") == (0, 1)


def test_r3_only_today():
    note("2026-04-02=10")
    assert row("2026-04-02") == (1, 1)


def test_r3_no_notes():
    assert row("2026-04-02") == (0, 0)


def test_r3_leap_day():
    note("2024-02-28=10 2024-02-29=10 2024-03-01=10")
    assert row("2024-03-02") == (3, 3)
    note("2023-02-28=10 2023-03-01=10")
    assert row("2023-03-01") == (2, 2)


def test_r3_new_year():
    note("2025-12-30=10 2025-12-31=10 2026-01-01=10")
    assert row("2026-01-01") == (3, 3)


def test_r4_the_best_row_in_the_past():
    note(" ".join(f"2026-04-{n:02}=15" for n in (1, 2, 3, 4, 6, 7, 10)))
    assert row("2026-04-10") == (1, 4)
    assert row("2026-04-20") == (0, 4)


def test_r4_looking_back():
    note(" ".join(f"2026-04-{n:02}=15" for n in (1, 3, 4, 5, 6)))
    assert row("2026-04-04") == (2, 2)
    assert row("2026-04-01") == (1, 1)
    assert row("2026-03-31") == (0, 0)


def test_r5_each_day_of_the_week():
    note(" ".join(f"2026-04-{n:02}={n}" for n in range(5, 15)))
    wanted = [6, 7, 8, 9, 10, 11, 12]
    assert [week(f"2026-04-{n:02}") for n in range(6, 13)] == [wanted] * 7
    assert week("2026-04-05") == [0, 0, 0, 0, 0, 0, 5]
    assert week("2026-04-13") == [13, 14, 0, 0, 0, 0, 0]


def test_r5_a_week_over_new_year():
    note("2025-12-29=4 2026-01-04=6")
    assert week("2026-01-01") == [4, 0, 0, 0, 0, 0, 6]


def test_r5_without_notes():
    assert week("2026-04-05") == [0] * 7


@pytest.mark.parametrize("minutes", [0, -1, -10])
def test_r6_minutes(minutes):
    note("2026-04-01=10")
    with pytest.raises(InputError):
        practised("2026-04-01", minutes)
    assert practised("2026-04-01", 1) == 11


@pytest.mark.parametrize("day", ["2026-02-29", "2026-04-31", "1.4.2026", ""])
def test_r6_days(day):
    with pytest.raises(InputError):
        practised(day, 10)
    with pytest.raises(InputError):
        streak(day)
    with pytest.raises(InputError):
        week(day)


def test_r4_a_year_of_practice():
    start = date(2025, 9, 1)
    minutes = [(n * n * 7 + n // 9) % 40 for n in range(200)]
    for n in range(199, -1, -1):
        if minutes[n]:
            practised((start + timedelta(days=n)).isoformat(), minutes[n])
    for n in range(0, 200, 7):
        marks = "".join("x" if m >= 10 else "." for m in minutes[: n + 1])
        rows = [len(part) for part in marks.split(".")]
        current = rows[-1] or (rows[-2] if marks[-2:-1] == "x" else 0)
        today = start + timedelta(days=n)
        assert row(today.isoformat()) == (current, max(rows))
        # The first day was a Monday.
        assert week(today.isoformat()) == [*minutes, *[0] * 7][n : n + 7]
