from datetime import date, timedelta

import pytest
from plugin import coming_up

from plugwright_sdk import InputError


def choir(**born):
    return [{"name": name, "born": day} for name, day in born.items()]


def shortly(found):
    return [(one["name"], one["date"], one["age"], one["in_days"]) for one in found]


def test_r1_nobody():
    assert coming_up([], "2026-07-01", 30) == []


def test_r1_just_inside_and_just_outside():
    people = choir(In="1980-07-08", Out="1980-07-09")
    assert shortly(coming_up(people, "2026-07-01", 7)) == [("In", "2026-07-08", 46, 7)]


def test_r1_only_today():
    people = choir(Today="1980-07-01", Tomorrow="1980-07-02", Yesterday="1980-06-30")
    assert shortly(coming_up(people, "2026-07-01", 0)) == [
        ("Today", "2026-07-01", 46, 0)
    ]


def test_r1_yesterdays_birthday_is_a_year_ahead():
    people = choir(Ada="1980-06-30")
    assert coming_up(people, "2026-07-01", 363) == []
    assert shortly(coming_up(people, "2026-07-01", 364)) == [
        ("Ada", "2027-06-30", 47, 364)
    ]


def test_r2_over_the_turn_of_the_year():
    people = choir(Eve="1999-12-31", New="2000-01-01")
    assert shortly(coming_up(people, "2029-12-31", 1)) == [
        ("Eve", "2029-12-31", 30, 0),
        ("New", "2030-01-01", 30, 1),
    ]


def test_r2_days_are_counted_over_a_leap_day():
    assert shortly(coming_up(choir(Ada="1999-03-01"), "2028-02-28", 5)) == [
        ("Ada", "2028-03-01", 29, 2)
    ]


def test_r3_first_of_march_in_a_common_year():
    people = choir(Leap="2004-02-29")
    assert shortly(coming_up(people, "2027-02-28", 1)) == [
        ("Leap", "2027-03-01", 23, 1)
    ]
    assert coming_up(people, "2027-02-28", 0) == []


def test_r3_on_the_first_of_march_itself():
    people = choir(Leap="2004-02-29")
    assert shortly(coming_up(people, "2027-03-01", 0)) == [
        ("Leap", "2027-03-01", 23, 0)
    ]


def test_r3_the_next_one_is_a_real_leap_day():
    people = choir(Leap="2004-02-29")
    assert shortly(coming_up(people, "2027-03-02", 366)) == [
        ("Leap", "2028-02-29", 24, 364)
    ]


def test_r3_a_century_without_a_leap_day():
    assert shortly(coming_up(choir(Leap="2096-02-29"), "2100-02-01", 28)) == [
        ("Leap", "2100-03-01", 4, 28)
    ]


def test_r4_the_leap_day_stands_among_those_of_the_first_of_march():
    people = choir(
        Zed="2001-03-01", Leap="2004-02-29", Abe="2003-03-01", Y="2001-02-28"
    )
    found = shortly(coming_up(people, "2026-02-27", 3))
    assert [name for name, *_ in found] == ["Y", "Abe", "Leap", "Zed"]


def test_r4_capitals_make_no_difference():
    people = choir(
        zoe="1990-05-05", Yan="1991-05-05", abe="1992-05-05", Bob="1993-05-05"
    )
    found = shortly(coming_up(people, "2026-05-05", 0))
    assert [name for name, *_ in found] == ["abe", "Bob", "Yan", "zoe"]


def test_r4_what_is_equal_keeps_its_order():
    people = [
        {"name": name, "born": f"19{year}-05-05"}
        for name, year in (("ann", 90), ("ANN", 91), ("Ann", 89))
    ]
    found = coming_up(people, "2026-05-01", 9)
    assert [one["age"] for one in found] == [36, 35, 37]


def test_r5_once_in_ten_years():
    assert shortly(
        coming_up(choir(A="1990-01-01", L="1992-02-29"), "2026-01-02", 3650)
    ) == [
        ("L", "2026-03-01", 34, 58),
        ("A", "2027-01-01", 37, 364),
    ]


@pytest.mark.parametrize("days", [-1, -100])
def test_r6_negative_days(days):
    with pytest.raises(InputError):
        coming_up(choir(A="1990-01-01"), "2026-01-02", days)


def test_r6_one_who_is_born_later_spoils_the_list():
    with pytest.raises(InputError):
        coming_up(choir(A="1990-01-01", B="2026-01-03"), "2026-01-02", 10)


def test_r6_born_today():
    assert shortly(coming_up(choir(B="2024-02-29"), "2024-02-29", 0)) == [
        ("B", "2024-02-29", 0, 0)
    ]


def test_r1_a_large_choir_day_by_day():
    first = date(1950, 1, 1)
    born = [first + timedelta(days=97 * n) for n in range(150)]
    people = [
        {"name": f"n{n:03}", "born": day.isoformat()} for n, day in enumerate(born)
    ]
    start = date(2026, 11, 20)
    expected = []
    for ahead in range(91):
        day = start + timedelta(days=ahead)
        for n, each in enumerate(born):
            leaps = (each.month, each.day) == (2, 29) and (day.month, day.day) == (3, 1)
            if leaps or (each.month, each.day) == (day.month, day.day):
                age = day.year - each.year
                expected.append((f"n{n:03}", day.isoformat(), age, ahead))
    assert len(expected) > 20
    assert shortly(coming_up(people, "2026-11-20", 90)) == expected
