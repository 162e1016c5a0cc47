import pytest
from plugin import best_plan

from plugwright_sdk import InputError


def film(title, begins, ends, stars=1):
    return {"title": title, "begins": begins, "ends": ends, "stars": stars}


def test_r1_the_most_stars_and_not_the_most_films():
    films = [film("A", 0, 90, 2), film("B", 60, 200, 5), film("C", 150, 240, 2)]
    assert best_plan(films, 0) == ["B"]


def test_r1_in_the_order_of_the_day():
    films = [film("Late", 300, 400), film("Early", 0, 90), film("Noon", 100, 200)]
    assert best_plan(films, 5) == ["Early", "Noon", "Late"]


def test_r1_two_films_may_beat_one_with_more_stars():
    films = [film("B", 60, 200, 5), film("A", 0, 90, 3), film("C", 150, 240, 3)]
    assert best_plan(films, 0) == ["A", "C"]


def test_r2_arriving_just_in_time_is_enough():
    films = [film("A", 0, 90), film("B", 100, 200, 2)]
    assert best_plan(films, 10) == ["A", "B"]
    assert best_plan(films, 11) == ["B"]


def test_r3_fewer_films_for_the_same_stars():
    films = [film("A", 0, 90, 2), film("C", 90, 180, 2), film("B", 0, 180, 4)]
    assert best_plan(films, 0) == ["B"]


def test_r4_the_earlier_begin():
    assert best_plan([film("X", 5, 90), film("Y", 0, 90)], 0) == ["Y"]


def test_r4_together_the_list_decides():
    assert best_plan([film("X", 0, 90), film("Y", 0, 80)], 0) == ["X"]


def test_r4_the_second_film_decides_if_the_first_is_the_same():
    films = [film("A", 0, 10), film("C", 21, 50), film("B", 20, 60)]
    assert best_plan(films, 0) == ["A", "B"]


def test_r5_no_stars_no_plan():
    assert best_plan([film("A", 0, 10, 0), film("B", 20, 30)], 0) == ["B"]
    assert best_plan([film("A", 0, 10, 0)], 0) == []


def test_r5_no_films():
    assert best_plan([], 0) == []


@pytest.mark.parametrize(
    "wrong", [film("A", 9, 9), film("A", 9, 8), film("A", 0, 9, -1)]
)
def test_r6_films_that_cannot_be_are_refused(wrong):
    with pytest.raises(InputError):
        best_plan([film("B", 0, 9), wrong], 0)


def test_r6_a_walk_under_zero_is_refused():
    with pytest.raises(InputError):
        best_plan([], -1)
