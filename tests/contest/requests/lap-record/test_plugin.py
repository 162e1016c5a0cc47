import pytest
from plugin import add_lap, bests

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, send


def run(runner, seconds):
    send("lap-finished", {"runner": runner, "seconds": seconds})


def test_r1_the_first_lap_is_a_record():
    run("Ann", 62.5)
    assert emitted() == [
        {
            "name": "record-broken",
            "data": {"runner": "Ann", "seconds": 62.5, "before": None},
        }
    ]


def test_r1_a_faster_lap_tells_the_old_record():
    run("Ann", 62.5)
    run("Bob", 61)
    assert emitted()[1]["data"] == {"runner": "Bob", "seconds": 61, "before": 62.5}


def test_r2_as_fast_as_the_record_is_none():
    run("Ann", 60)
    run("Bob", 60)
    run("Cem", 61)
    assert len(emitted()) == 1


def test_r3_everybody_is_listed_with_the_best_lap():
    for runner, seconds in (("Ann", 62), ("Bob", 61), ("Ann", 60), ("Ann", 65)):
        run(runner, seconds)
    assert bests() == [
        {"runner": "Ann", "seconds": 60},
        {"runner": "Bob", "seconds": 61},
    ]


def test_r3_who_was_first_comes_first():
    run("Bob", 61)
    run("Ann", 62)
    run("Cem", 60)
    run("Ann", 60)
    run("Cem", 60)
    assert [lap["runner"] for lap in bests()] == ["Cem", "Ann", "Bob"]


def test_r3_at_first_there_is_nobody():
    assert bests() == []


def test_r4_a_new_season_forgets_everything():
    run("Ann", 60)
    send("season-started", {"year": 2026})
    assert bests() == []
    run("Bob", 70)
    assert emitted()[-1]["data"] == {"runner": "Bob", "seconds": 70, "before": None}


def test_r5_by_hand_it_says_whether_it_was_a_record():
    assert [add_lap("Ann", seconds) for seconds in (60, 60, 59)] == [True, False, True]
    assert [event["data"]["before"] for event in emitted()] == [None, 60]


def test_r6_impossible_laps_are_ignored():
    run("Ann", 0)
    run("Ann", -1)
    assert emitted() == []
    assert bests() == []


@pytest.mark.parametrize("seconds", [0, -0.5])
def test_r6_impossible_laps_by_hand_are_refused(seconds):
    with pytest.raises(InputError):
        add_lap("Ann", seconds)
