from itertools import combinations

import pytest
from plugin import table

from plugwright_sdk import InputError


def play(*matches):
    names = ("home", "away", "home_goals", "away_goals")
    return table([dict(zip(names, match, strict=True)) for match in matches])


def column(rows, name):
    return [row[name] for row in rows]


def test_r1_away_wins_count_too():
    rows = play(("Lions", "Foxes", 0, 2))
    assert column(rows, "team") == ["Foxes", "Lions"]
    assert column(rows, "points") == [3, 0]
    assert column(rows, "difference") == [2, -2]
    assert column(rows, "scored") == [2, 0]


def test_r1_a_goalless_draw():
    rows = play(("Lions", "Foxes", 0, 0))
    assert column(rows, "points") == [1, 1]
    assert column(rows, "played") == [1, 1]


def test_r1_a_whole_row():
    rows = play(("L", "F", 1, 1), ("F", "L", 0, 4), ("G", "L", 2, 0))
    assert rows[0] == {
        "place": 1,
        "team": "L",
        "played": 3,
        "points": 4,
        "difference": 2,
        "scored": 5,
    }


def test_r1_both_legs_of_a_pair():
    rows = play(("L", "F", 3, 1), ("L", "F", 1, 3), ("F", "L", 2, 0))
    assert column(rows, "team") == ["F", "L"]
    assert column(rows, "points") == [6, 3]


def test_r2_points_before_difference():
    rows = play(("A", "B", 9, 0), ("C", "A", 1, 0), ("C", "B", 1, 0))
    assert column(rows, "team") == ["C", "A", "B"]


def test_r2_difference_before_goals():
    rows = play(("A", "B", 7, 6), ("C", "D", 2, 0))
    assert column(rows, "team") == ["C", "A", "B", "D"]


def test_r2_goals_before_name():
    rows = play(("Z", "Y", 5, 5), ("A", "B", 1, 1))
    assert column(rows, "team") == ["Y", "Z", "A", "B"]


def test_r2_capitals_come_before_small_letters():
    assert column(play(("b", "C", 0, 0)), "team") == ["C", "b"]


def test_r3_three_share_the_first_place():
    rows = play(("Z", "Y", 2, 0), ("Y", "X", 2, 0), ("X", "Z", 2, 0))
    assert column(rows, "team") == ["X", "Y", "Z"]
    assert column(rows, "place") == [1, 1, 1]


def test_r3_a_place_is_shared_in_the_middle_and_at_the_end():
    rows = play(("A", "B", 3, 0), ("A", "C", 3, 0), ("D", "E", 1, 1), ("A", "D", 1, 1))
    assert column(rows, "team") == ["A", "D", "E", "B", "C"]
    assert column(rows, "place") == [1, 2, 3, 4, 4]


def test_r3_equal_points_alone_do_not_share():
    rows = play(("A", "B", 2, 1), ("C", "D", 3, 1))
    assert column(rows, "place") == [1, 2, 3, 4]


def test_r3_equal_difference_with_other_goals_does_not_share():
    assert column(play(("A", "B", 1, 1), ("C", "D", 2, 2)), "place") == [1, 1, 3, 3]


def test_r4_inner_spaces_stay():
    rows = play(("FC  Nord", " Süd\t", 1, 0), (" FC  Nord ", "Süd", 0, 0))
    assert column(rows, "team") == ["FC  Nord", "Süd"]
    assert column(rows, "played") == [2, 2]


def test_r4_case_makes_another_team():
    assert column(play(("Nord", "nord", 0, 1)), "team") == ["nord", "Nord"]


def test_r5_empty():
    assert play() == []


@pytest.mark.parametrize(
    "wrong",
    [
        ("A", "A", 0, 0),
        (" A", "A ", 0, 0),
        ("", "A", 0, 0),
        ("A", "\t ", 0, 0),
        ("A", "B", -1, 0),
        ("A", "B", 0, -1),
        ("A", "B", -1, -1),
    ],
)
def test_r5_refusals(wrong):
    with pytest.raises(InputError):
        play(("A", "B", 0, 0), wrong)


def test_r3_a_whole_season_has_the_right_places():
    teams = [f"T{number}" for number in range(14)]
    matches = [
        (a, b, (i * 7) % 4, (i * 5) % 3)
        for i, (a, b) in enumerate(combinations(teams, 2))
    ]
    rows = play(*matches)
    figures = {}
    for team in teams:
        own = [(x, y) for a, b, x, y in matches if a == team]
        own += [(y, x) for a, b, x, y in matches if b == team]
        points = 3 * sum(x > y for x, y in own) + sum(x == y for x, y in own)
        made = sum(x for x, _ in own)
        figures[team] = (points, made - sum(y for _, y in own), made)
    for row in rows:
        mine = figures[row["team"]]
        assert (row["points"], row["difference"], row["scored"]) == mine
        assert row["played"] == 13
        assert row["place"] == 1 + sum(each > mine for each in figures.values())
    assert column(rows, "place") == sorted(column(rows, "place"))
    assert sorted(column(rows, "team")) == sorted(teams)
