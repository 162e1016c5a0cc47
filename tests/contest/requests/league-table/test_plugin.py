import pytest
from plugin import table

from plugwright_sdk import InputError


def match(home, away, home_goals, away_goals):
    return {
        "home": home,
        "away": away,
        "home_goals": home_goals,
        "away_goals": away_goals,
    }


def test_r1_a_win_gives_three_points_and_a_defeat_none():
    rows = table([match("Reds", "Blues", 2, 1)])
    assert [(r["team"], r["points"]) for r in rows] == [("Reds", 3), ("Blues", 0)]


def test_r1_a_draw_gives_one_point_to_each():
    rows = table([match("Reds", "Blues", 2, 2)])
    assert [r["points"] for r in rows] == [1, 1]


def test_r1_matches_goals_and_difference_are_summed():
    rows = table([match("Reds", "Blues", 4, 1), match("Blues", "Reds", 2, 3)])
    assert rows[0] == {
        "place": 1,
        "team": "Reds",
        "played": 2,
        "points": 6,
        "difference": 4,
        "scored": 7,
    }


def test_r2_equal_points_are_ordered_by_difference():
    rows = table([match("A", "B", 1, 0), match("C", "D", 3, 1)])
    assert [r["team"] for r in rows] == ["C", "A", "B", "D"]


def test_r2_equal_difference_is_ordered_by_goals():
    rows = table([match("A", "B", 1, 0), match("C", "D", 4, 3)])
    assert [r["team"] for r in rows] == ["C", "A", "D", "B"]


def test_r2_names_decide_last():
    rows = table([match("Wolves", "Bears", 1, 1)])
    assert [r["team"] for r in rows] == ["Bears", "Wolves"]


def test_r3_equal_teams_share_a_place_and_the_next_is_left_out():
    rows = table([match("A", "X", 1, 0), match("B", "X", 1, 0)])
    assert [r["place"] for r in rows] == [1, 1, 3]


def test_r3_places_count_from_one():
    rows = table([match("A", "B", 1, 0)])
    assert [r["place"] for r in rows] == [1, 2]


def test_r4_spaces_around_a_name_do_not_count():
    rows = table([match(" A", "B", 1, 0), match("A ", "B", 1, 0)])
    assert [(r["team"], r["played"]) for r in rows] == [("A", 2), ("B", 2)]


def test_r4_case_matters():
    assert len(table([match("a", "A", 0, 0)])) == 2


def test_r5_no_match_gives_an_empty_table():
    assert table([]) == []


@pytest.mark.parametrize(
    "wrong",
    [match("A", "A ", 1, 0), match(" ", "B", 1, 0), match("A", "B", 1, -1)],
)
def test_r5_wrong_matches_are_refused(wrong):
    with pytest.raises(InputError):
        table([match("A", "B", 1, 0), wrong])
