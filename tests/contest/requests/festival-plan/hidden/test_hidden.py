from itertools import combinations, pairwise

import pytest
from plugin import best_plan

from plugwright_sdk import InputError


def plan(walk, *films):
    shown = [
        {"title": title, "begins": begins, "ends": ends, "stars": stars}
        for title, begins, ends, stars in films
    ]
    return "".join(best_plan(shown, walk))


def test_r1_one_film():
    assert plan(30, ("A", 600, 720, 1)) == "A"


def test_r1_everything_fits():
    assert plan(5, ("A", 0, 10, 1), ("B", 15, 20, 1), ("C", 25, 26, 3)) == "ABC"


def test_r1_the_film_that_ends_first_is_not_always_right():
    assert plan(0, ("A", 0, 10, 1), ("B", 5, 30, 4), ("C", 20, 40, 2)) == "B"


def test_r1_the_film_with_most_stars_is_not_always_right():
    assert plan(0, ("A", 0, 40, 4), ("B", 30, 90, 5), ("C", 80, 120, 4)) == "AC"


def test_r1_the_same_title_twice():
    assert plan(0, ("A", 0, 40, 1), ("A", 40, 80, 1)) == "AA"


def test_r2_without_a_walk():
    assert plan(0, ("A", 0, 40, 1), ("B", 40, 80, 1), ("C", 79, 99, 1)) == "AB"


def test_r2_a_minute_too_late():
    assert plan(20, ("A", 0, 40, 2), ("B", 59, 80, 3)) == "B"
    assert plan(20, ("A", 0, 40, 2), ("B", 60, 80, 3)) == "AB"


def test_r2_the_walk_counts_between_any_two():
    films = (("A", 0, 10, 1), ("B", 15, 20, 1), ("C", 25, 30, 1))
    assert plan(5, *films) == "ABC"
    assert plan(6, *films) == "AC"


def test_r3_one_long_film_instead_of_three():
    films = (("A", 0, 10, 1), ("B", 10, 20, 1), ("C", 20, 30, 1), ("D", 1, 30, 3))
    assert plan(0, *films) == "D"


def test_r3_a_star_more_is_worth_a_film_more():
    assert plan(0, ("A", 0, 10, 2), ("B", 10, 20, 2), ("D", 0, 20, 3)) == "AB"


def test_r4_by_begin_and_not_by_end():
    assert plan(0, ("A", 10, 15, 2), ("B", 5, 90, 2)) == "B"


def test_r4_by_the_list_and_not_by_end_or_title():
    assert plan(0, ("Z", 5, 90, 2), ("A", 5, 10, 2)) == "Z"


def test_r4_the_first_difference_decides():
    # AY and BX have equally many stars; X begins before Y, but A before B.
    films = (("X", 50, 60, 3), ("Y", 55, 60, 2), ("B", 2, 10, 2), ("A", 1, 52, 3))
    assert plan(0, *films) == "AY"


def test_r4_the_same_plan_in_another_place_of_the_list():
    films = [("A", 0, 10, 2), ("B", 20, 30, 2), ("C", 20, 40, 2), ("D", 5, 12, 2)]
    assert plan(0, *films) == "AB"
    assert plan(0, *reversed(films)) == "AC"


def test_r5_films_without_stars():
    assert plan(0, ("A", 0, 10, 0), ("B", 10, 20, 0)) == ""
    assert plan(0, ("A", 0, 10, 0), ("B", 10, 20, 2), ("C", 30, 40, 0)) == "B"


def test_r5_nothing_is_shown():
    assert plan(10) == ""


@pytest.mark.parametrize("wrong", [("A", 5, 5, 1), ("A", 5, 0, 1), ("A", 5, 9, -2)])
def test_r6_impossible_films(wrong):
    with pytest.raises(InputError):
        plan(0, ("B", 0, 10, 1), wrong)


def test_r6_even_without_stars_a_film_has_a_length():
    with pytest.raises(InputError):
        plan(0, ("A", 5, 5, 0))


def test_r6_the_walk():
    assert plan(0, ("A", -5, 5, 1)) == "A"
    with pytest.raises(InputError):
        plan(-1, ("A", 0, 5, 1))


def test_r1_eleven_films_in_all_ways():
    for seed in range(6):
        films = []
        for n, title in enumerate("ABCDEFGHIJK"):
            begins = (n * n * 31 + seed * 17 + n * 7) % 200
            films.append((title, begins, begins + 20 + n * 13 % 47, (n + seed) % 4))
        best = None
        for size in range(12):
            for places in combinations(range(11), size):
                seen = sorted(places, key=lambda place: (films[place][1], place))
                pairs = pairwise(seen)
                if any(films[b][1] < films[a][2] + 9 for a, b in pairs):
                    continue
                stars = sum(films[place][3] for place in seen)
                rank = -stars, size, [(films[place][1], place) for place in seen]
                if best is None or rank < best[0]:
                    best = rank, "".join(films[place][0] for place in seen)
        assert plan(9, *films) == best[1]
