import pytest
from plugin import watering_days

from plugwright_sdk import InputError


def june(first, last, every, *away):
    def day(number):
        return f"2026-06-{number:02}"

    found = watering_days(day(first), day(last), every, [day(n) for n in away])
    assert all(each.startswith("2026-06-") for each in found)
    return [int(each[-2:]) for each in found]


def test_r1_every_third_day():
    assert june(1, 9, 3) == [1, 4, 7]


def test_r1_days_are_written_with_year_and_month():
    assert watering_days("2026-06-29", "2026-07-05", 4, []) == [
        "2026-06-29",
        "2026-07-03",
    ]


def test_r2_the_last_day_is_part_of_it():
    assert june(1, 7, 3) == [1, 4, 7]
    assert june(1, 6, 3) == [1, 4]


def test_r2_one_day():
    assert june(5, 5, 7) == [5]


def test_r3_an_absence_delays_all_that_follows():
    assert june(1, 9, 3, 4) == [1, 5, 8]


def test_r3_a_longer_absence_at_the_start():
    assert june(1, 9, 3, 1, 2, 3) == [4, 7]


def test_r3_an_absence_up_to_the_end():
    assert june(1, 5, 3, 4, 5) == [1]


def test_r3_an_absence_on_another_day_changes_nothing():
    assert june(1, 7, 3, 2, 6) == [1, 4, 7]


def test_r4_absences_in_any_order_and_twice():
    assert june(5, 12, 2, 8, 7, 8, 20, 1) == [5, 9, 11]


@pytest.mark.parametrize("every", [0, -1])
def test_r5_not_even_once_a_day_is_refused(every):
    with pytest.raises(InputError):
        june(1, 9, every)


def test_r5_each_day():
    assert june(1, 4, 1, 3) == [1, 2, 4]


def test_r5_the_last_day_before_the_first():
    assert june(5, 4, 1) == []
