import pytest
from plugin import add_lap, bests

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, send


def race(text):
    for word in text.split():
        runner, seconds = word.split("=")
        send("lap-finished", {"runner": runner, "seconds": float(seconds)})


def records():
    assert all(event["name"] == "record-broken" for event in emitted())
    return [
        (event["data"]["runner"], event["data"]["seconds"], event["data"]["before"])
        for event in emitted()
    ]


def listed():
    return [(lap["runner"], lap["seconds"]) for lap in bests()]


def test_r1_records_follow_each_other():
    race("Eve=70.5 Dan=69 Eve=68.25")
    assert records() == [("Eve", 70.5, None), ("Dan", 69, 70.5), ("Eve", 68.25, 69)]


def test_r1_a_bit_faster_is_enough():
    race("Eve=70 Dan=69.99")
    assert records()[1] == ("Dan", 69.99, 70)


def test_r1_breaking_the_own_record():
    race("Eve=70 Eve=60")
    assert records() == [("Eve", 70, None), ("Eve", 60, 70)]


def test_r2_equal_and_slower():
    race("Eve=70 Dan=70 Eve=70 Dan=70.01")
    assert records() == [("Eve", 70, None)]


def test_r2_an_own_best_need_not_be_a_record():
    race("Eve=60 Dan=80 Dan=70")
    assert records() == [("Eve", 60, None)]
    assert listed() == [("Eve", 60), ("Dan", 70)]


def test_r3_only_the_fastest_lap_of_each():
    race("A=5 B=4 A=6 B=7 A=3")
    assert listed() == [("A", 3), ("B", 4)]


def test_r3_ties_are_ordered_by_when_the_time_was_reached():
    race("A=9 B=8 C=8 A=8")
    assert listed() == [("B", 8), ("C", 8), ("A", 8)]


def test_r3_repeating_the_best_changes_no_place():
    race("A=8 B=8 A=8")
    assert listed() == [("A", 8), ("B", 8)]


def test_r3_names_do_not_order():
    race("Z=8 A=8 a=8")
    assert listed() == [("Z", 8), ("A", 8), ("a", 8)]


@pytest.mark.parametrize("data", [None, {}, "2027"])
def test_r4_new_season(data):
    race("A=8 B=7")
    assert send("season-started", data) == 1
    assert listed() == []
    race("B=9 A=8.5")
    assert records()[2:] == [("B", 9, None), ("A", 8.5, 9)]
    assert listed() == [("A", 8.5), ("B", 9)]


def test_r4_before_any_lap():
    send("season-started")
    assert add_lap("A", 5) is True


def test_r5_by_hand():
    assert add_lap("A", 9) is True
    assert add_lap("B", 9) is False
    race("B=8")
    assert add_lap("A", 8) is False
    assert add_lap("A", 7.5) is True
    assert records() == [("A", 9, None), ("B", 8, 9), ("A", 7.5, 8)]
    assert listed() == [("A", 7.5), ("B", 8)]


def test_r6_events_without_time():
    race("A=0 B=-5")
    assert records() == []
    race("A=9 A=0 B=-0.1 B=10")
    assert records() == [("A", 9, None)]
    assert listed() == [("A", 9), ("B", 10)]


@pytest.mark.parametrize("seconds", [0, -1, -0.01])
def test_r6_by_hand(seconds):
    with pytest.raises(InputError):
        add_lap("A", seconds)
    assert listed() == []
    assert records() == []


def test_r6_very_fast_is_possible():
    race("A=0.5")
    assert records() == [("A", 0.5, None)]


def test_r1_a_long_season():
    laps = [(f"R{n * n % 13}", 60 + (n * 71 + 40) % 97 / 4) for n in range(200)]
    race(" ".join(f"{runner}={seconds}" for runner, seconds in laps))
    wanted = [
        (runner, seconds, min((s for _, s in laps[:n]), default=None))
        for n, (runner, seconds) in enumerate(laps)
        if all(seconds < s for _, s in laps[:n])
    ]
    assert records() == wanted
    best = {}
    for n, (runner, seconds) in enumerate(laps):
        best[runner] = min(best.get(runner, (999, 0)), (seconds, n))
    order = sorted(best, key=best.get)
    assert listed() == [(runner, best[runner][0]) for runner in order]
