import pytest
from plugin import standing, start, throw

from plugwright_sdk import InputError


def game(players, points, *scores):
    start(players.split(), points)
    return [throw(score) for score in scores]


def left():
    return {row["player"]: row["left"] for row in standing()}


def test_r1_start():
    assert start(["Zoe", "Ada"], 301) == "Zoe"
    assert standing() == [
        {"player": "Zoe", "left": 301, "throws": 0},
        {"player": "Ada", "left": 301, "throws": 0},
    ]


def test_r1_again_in_the_middle():
    game("A B C", 501, 20)
    assert start(["C", "A"], 101) == "C"
    assert throw(1) == {"player": "C", "left": 100, "counted": True, "next": "A"}


def test_r2_two_rounds():
    found = game("A B", 301, 100, 60, 41, 26)
    assert [(f["player"], f["left"], f["next"]) for f in found] == [
        ("A", 201, "B"),
        ("B", 241, "A"),
        ("A", 160, "B"),
        ("B", 215, "A"),
    ]


def test_r2_alone():
    found = game("A", 20, 5, 5)
    assert [(f["left"], f["next"]) for f in found] == [(15, "A"), (10, "A")]


def test_r2_nothing_scored_counts():
    assert game("A B", 20, 0)[0] == {
        "player": "A",
        "left": 20,
        "counted": True,
        "next": "B",
    }


def test_r3_exactly_one_left():
    found = game("A B", 20, 19, 18, 20)
    assert [(f["left"], f["counted"]) for f in found] == [
        (20, False),
        (2, True),
        (0, True),
    ]


@pytest.mark.parametrize("score", [21, 22, 180])
def test_r3_too_much(score):
    assert game("A B", 20, score)[0] == {
        "player": "A",
        "left": 20,
        "counted": False,
        "next": "B",
    }


def test_r3_turns_pass_after_a_score_that_does_not_count():
    found = game("A B", 20, 25, 3, 25)
    assert [f["player"] for f in found] == ["A", "B", "A"]
    assert left() == {"B": 17, "A": 20}


def test_r4_the_second_player_wins():
    found = game("A B C", 40, 10, 40)
    assert found[1] == {"player": "B", "left": 0, "counted": True, "next": None}
    with pytest.raises(InputError):
        throw(0)
    assert left() == {"B": 0, "A": 30, "C": 40}


def test_r4_the_end_can_come_later():
    found = game("A B", 40, 20, 20, 10, 10, 8, 10)
    assert [f["left"] for f in found] == [20, 20, 10, 10, 2, 0]
    assert found[-1]["next"] is None
    assert found[-2]["next"] == "B"


def test_r4_with_one_throw_of_180():
    assert game("A", 180, 180)[0]["left"] == 0


@pytest.mark.parametrize("score", [-1, -180, 181, 501])
def test_r5_scores(score):
    game("A B", 501, 60)
    with pytest.raises(InputError):
        throw(score)
    assert throw(0)["player"] == "B"
    assert [row["throws"] for row in standing()] == [1, 1]


@pytest.mark.parametrize(
    ("players", "points"),
    [([], 501), (["A", "B", "A"], 501), (["A"], 1), (["A"], 0), (["A"], -501)],
)
def test_r5_starts_that_are_refused_change_nothing(players, points):
    with pytest.raises(InputError):
        start(players, points)
    with pytest.raises(InputError):
        throw(1)
    game("X Y", 60, 20)
    with pytest.raises(InputError):
        start(players, points)
    assert throw(10) == {"player": "Y", "left": 50, "counted": True, "next": "X"}


def test_r5_two_points_are_enough():
    assert game("A", 2, 1, 2)[1]["left"] == 0


def test_r6_ties_in_the_order_of_the_list():
    game("Z A M", 100, 50, 50, 60)
    assert [row["player"] for row in standing()] == ["M", "Z", "A"]


def test_r6_throws_that_did_not_count():
    game("A B", 30, 40, 10, 40)
    assert standing() == [
        {"player": "B", "left": 20, "throws": 1},
        {"player": "A", "left": 30, "throws": 2},
    ]


def test_r6_empty():
    assert standing() == []


def test_r3_a_long_evening():
    names = "ABCDE"
    start(list(names), 701)
    rest, count, done = dict.fromkeys(names, 701), 0, False
    while not done:
        name, score = names[count % 5], (count * 83 + count // 7 * 29) % 181
        count += 1
        after = rest[name] - score
        counts = after >= 2 or after == 0
        rest[name] = after if counts else rest[name]
        done = rest[name] == 0 or count == 60
        assert throw(score) == {
            "player": name,
            "left": rest[name],
            "counted": counts,
            "next": None if rest[name] == 0 else names[count % 5],
        }
        assert left() == rest
