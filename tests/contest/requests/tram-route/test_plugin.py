import pytest
from plugin import route

from plugwright_sdk import InputError


def stretches(text):
    found = []
    for word in text.split():
        stops, minutes = word.split("=")
        one, other = stops.split("-")
        found.append({"one": one, "other": other, "minutes": int(minutes)})
    return found


def test_r1_the_fastest_way_is_found():
    found = route(stretches("Park-Hall=2 Hall-Zoo=2 Park-Zoo=5"), "Park", "Zoo")
    assert found == {"stops": ["Park", "Hall", "Zoo"], "minutes": 4}


def test_r1_trams_run_in_both_directions():
    found = route(stretches("Park-Hall=2 Hall-Zoo=3"), "Zoo", "Park")
    assert found == {"stops": ["Zoo", "Hall", "Park"], "minutes": 5}


def test_r1_the_first_step_may_look_worse():
    assert route(stretches("A-B=5 B-D=1 A-C=1 C-D=9"), "A", "D")["minutes"] == 6


def test_r2_fewer_stops_win_when_equally_fast():
    found = route(stretches("Park-Hall=2 Hall-Zoo=2 Park-Zoo=4"), "Park", "Zoo")
    assert found["stops"] == ["Park", "Zoo"]


def test_r2_names_decide_last():
    lines = stretches("A-C=1 C-D=1 A-B=1 B-D=1")
    assert route(lines, "A", "D")["stops"] == ["A", "B", "D"]
    assert route(lines, "D", "A")["stops"] == ["D", "B", "A"]


def test_r3_to_itself():
    assert route(stretches("A-B=3"), "B", "B") == {"stops": ["B"], "minutes": 0}


def test_r3_no_way():
    assert route(stretches("A-B=3 C-D=1"), "A", "D") == {"stops": [], "minutes": None}


def test_r4_the_fastest_of_several_stretches_counts():
    assert route(stretches("A-B=3 B-A=2 A-B=9"), "A", "B")["minutes"] == 2


def test_r5_unknown_stops_are_refused():
    with pytest.raises(InputError):
        route(stretches("A-B=3"), "A", "X")
    with pytest.raises(InputError):
        route(stretches("A-B=3"), "X", "X")


@pytest.mark.parametrize("minutes", [0, -1])
def test_r5_a_stretch_takes_time(minutes):
    with pytest.raises(InputError):
        route(stretches(f"A-B=3 C-D={minutes}"), "A", "B")


def test_r5_one_minute_is_enough():
    assert route(stretches("A-B=1"), "A", "B")["minutes"] == 1
