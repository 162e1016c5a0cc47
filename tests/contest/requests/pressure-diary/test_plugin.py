import pytest
from plugin import add, average, high_days

from plugwright_sdk import InputError


def at(day, time="07:30"):
    return f"2026-01-{day:02}T{time}"


def test_r1_readings_are_counted():
    assert add(120, 80, at(5)) == 1
    assert add(120, 80, at(5, "19:30")) == 2


def test_r1_a_reading_of_the_same_time_is_replaced():
    add(120, 80, at(5))
    assert add(130, 85, at(5)) == 1
    assert average(9) == {"upper": 130, "lower": 85, "readings": 1}


def test_r2_only_twenty_are_kept():
    assert [add(120, 80, at(day)) for day in range(1, 23)][-3:] == [20, 20, 20]
    assert average(99)["readings"] == 20


def test_r2_the_earliest_is_dropped_even_if_it_was_just_entered():
    for day in range(2, 22):
        add(120, 80, at(day))
    assert add(200, 100, at(1)) == 20
    assert high_days(200, 100) == []
    add(200, 100, at(22))
    assert high_days(1, 1)[0] == "2026-01-03"


def test_r3_the_latest_times_count_not_the_latest_entries():
    add(150, 90, at(7))
    add(120, 80, at(5))
    assert average(1) == {"upper": 150, "lower": 90, "readings": 1}


def test_r3_halves_are_rounded_up():
    add(120, 80, at(5))
    add(125, 81, at(6))
    assert average(2) == {"upper": 123, "lower": 81, "readings": 2}


def test_r3_without_readings_there_is_no_average():
    assert average(5) == {"upper": None, "lower": None, "readings": 0}


def test_r4_one_high_value_is_enough():
    add(140, 80, at(5))
    add(120, 90, at(6))
    add(139, 89, at(7))
    assert high_days(140, 90) == ["2026-01-05", "2026-01-06"]


def test_r4_days_are_listed_once_and_in_order():
    add(150, 80, at(9))
    add(150, 80, at(5, "19:30"))
    add(150, 80, at(5))
    assert high_days(140, 90) == ["2026-01-05", "2026-01-09"]


@pytest.mark.parametrize(
    ("upper", "lower"), [(59, 40), (261, 90), (120, 29), (200, 161), (80, 80), (80, 90)]
)
def test_r5_impossible_values_are_refused(upper, lower):
    with pytest.raises(InputError):
        add(upper, lower, at(5))


def test_r5_the_ends_are_allowed():
    add(60, 30, at(5))
    assert add(260, 160, at(6)) == 2


def test_r5_wrong_times_and_counts_are_refused():
    with pytest.raises(InputError):
        add(120, 80, "2026-02-29T07:30")
    with pytest.raises(InputError):
        average(0)
