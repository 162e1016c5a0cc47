import pytest
from plugin import coming_up

from plugwright_sdk import InputError


def person(name, born):
    return {"name": name, "born": born}


def names(people, today, days):
    return [each["name"] for each in coming_up(people, today, days)]


def test_r1_a_birthday_within_the_days_is_listed_and_a_later_one_is_not():
    people = [person("Ada", "1990-03-24"), person("Bo", "1990-04-24")]
    assert names(people, "2026-03-10", 20) == ["Ada"]


def test_r1_the_last_day_counts_and_the_day_after_does_not():
    assert names([person("Ada", "1990-03-24")], "2026-03-10", 14) == ["Ada"]
    assert names([person("Ada", "1990-03-24")], "2026-03-10", 13) == []


def test_r1_today_counts_and_yesterday_does_not():
    people = [person("Ada", "1990-03-10"), person("Bo", "1990-03-09")]
    assert names(people, "2026-03-10", 7) == ["Ada"]


def test_r2_an_entry_says_everything():
    assert coming_up([person("Ada", "1990-03-24")], "2026-03-10", 14) == [
        {"name": "Ada", "date": "2026-03-24", "age": 36, "in_days": 14}
    ]


def test_r2_the_next_birthday_may_be_in_the_next_year():
    assert coming_up([person("Ada", "1990-01-02")], "2026-12-28", 10) == [
        {"name": "Ada", "date": "2027-01-02", "age": 37, "in_days": 5}
    ]


@pytest.mark.parametrize(
    ("today", "date"), [("2026-02-20", "2026-03-01"), ("2028-02-20", "2028-02-29")]
)
def test_r3_the_leap_day(today, date):
    (found,) = coming_up([person("Leap", "2000-02-29")], today, 30)
    assert found["date"] == date


def test_r4_by_date_and_then_by_name():
    people = [
        person("Zoe", "1990-05-04"),
        person("bea", "1990-05-05"),
        person("Ann", "1992-05-05"),
    ]
    assert names(people, "2026-05-01", 10) == ["Zoe", "Ann", "bea"]


def test_r4_equal_names_stay_in_order():
    people = [person("BEA", "1990-05-05"), person("bea", "1991-05-05")]
    assert names(people, "2026-05-01", 10) == ["BEA", "bea"]


def test_r5_everybody_is_listed_once():
    assert names([person("Ada", "1990-03-24")], "2026-03-10", 1000) == ["Ada"]


def test_r6_days_under_zero_are_refused():
    with pytest.raises(InputError):
        coming_up([], "2026-03-10", -1)


def test_r6_who_is_not_born_yet_is_refused():
    with pytest.raises(InputError):
        coming_up([person("Ada", "2026-03-11")], "2026-03-10", 5)


def test_r6_who_is_born_today_is_zero():
    (found,) = coming_up([person("Ada", "2026-03-10")], "2026-03-10", 0)
    assert (found["age"], found["in_days"]) == (0, 0)
