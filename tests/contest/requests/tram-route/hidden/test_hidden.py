from itertools import pairwise, permutations

import pytest
from plugin import route

from plugwright_sdk import InputError


def go(text, start, goal):
    lines = []
    for word in text.split():
        stops, minutes = word.split("=")
        one, other = stops.split("-")
        lines.append({"one": one, "other": other, "minutes": int(minutes)})
    return route(lines, start, goal)


def test_r1_one_stretch():
    assert go("Dock-Mill=7", "Dock", "Mill") == {
        "stops": ["Dock", "Mill"],
        "minutes": 7,
    }


def test_r1_against_the_written_direction():
    assert go("Dock-Mill=7", "Mill", "Dock") == {
        "stops": ["Mill", "Dock"],
        "minutes": 7,
    }


def test_r1_a_long_way_round_is_faster():
    found = go("A-F=20 A-B=3 B-C=3 C-D=3 D-E=3 E-F=3", "A", "F")
    assert found == {"stops": list("ABCDEF"), "minutes": 15}


def test_r1_a_ring_is_left_again():
    assert go("A-B=1 B-C=1 C-A=1 C-D=5", "A", "D")["stops"] == ["A", "C", "D"]


def test_r2_fewer_stops_of_equal_ways():
    assert go("A-B=1 B-C=1 C-D=1 A-X=2 X-D=1", "A", "D")["stops"] == ["A", "X", "D"]
    assert go("A-B=1 B-Z=1 A-Z=2", "A", "Z")["stops"] == ["A", "Z"]


def test_r2_a_faster_way_wins_with_more_stops():
    assert go("A-B=1 B-Z=1 A-Z=3", "A", "Z")["stops"] == ["A", "B", "Z"]


def test_r2_the_first_differing_stop_decides():
    text = "S-B=1 B-Y=2 Y-G=1 S-C=1 C-A=2 A-G=1"
    assert go(text, "S", "G")["stops"] == ["S", "B", "Y", "G"]
    assert go(text, "G", "S")["stops"] == ["G", "A", "C", "S"]


def test_r2_capitals_before_small_letters():
    assert go("S-b=1 b-G=1 S-Z=1 Z-G=1", "S", "G")["stops"] == ["S", "Z", "G"]


def test_r2_order_of_the_list_does_not_matter():
    words = ["S-Q=2", "Q-G=2", "S-P=2", "P-G=2", "S-R=1", "R-G=3"]
    for order in permutations(words):
        assert go(" ".join(order), "S", "G")["stops"] == ["S", "P", "G"]


def test_r3_same_stop():
    assert go("A-B=1 B-C=1", "B", "B") == {"stops": ["B"], "minutes": 0}


def test_r3_two_networks():
    assert go("A-B=1 C-D=1", "B", "C") == {"stops": [], "minutes": None}


def test_r4_parallel_stretches():
    assert go("A-B=5 A-B=4 B-A=3 B-C=1", "A", "C")["minutes"] == 4


def test_r4_a_slower_stretch_afterwards_changes_nothing():
    assert go("A-B=3 A-B=8", "A", "B")["minutes"] == 3


@pytest.mark.parametrize(("start", "goal"), [("A", "X"), ("X", "A"), ("X", "X")])
def test_r5_unknown_stops(start, goal):
    with pytest.raises(InputError):
        go("A-B=2", start, goal)


@pytest.mark.parametrize("text", ["A-B=0", "A-B=2 B-C=-1", "A-B=2 C-D=0"])
def test_r5_too_short(text):
    with pytest.raises(InputError):
        go(text, "A", "B")


def test_r5_no_stretches_no_stops():
    with pytest.raises(InputError):
        go("", "A", "A")


def test_r2_small_cities_against_all_ways():
    for seed in range(12):
        lines = {
            (a, b): 1 + (seed * 5 + ord(a) * 3 + ord(b) * 7) % 4
            for a in "abcdef"
            for b in "abcdef"
            if a < b and (seed + ord(a) * ord(b)) % 3
        }
        known = {stop for pair in lines for stop in pair}
        if not {"a", "f"} <= known:
            continue
        both = {**lines, **{(b, a): m for (a, b), m in lines.items()}}
        ways = []
        for size in range(5):
            for middle in permutations("bcde", size):
                way = ("a", *middle, "f")
                pairs = list(pairwise(way))
                if all(pair in both for pair in pairs):
                    ways.append((sum(both[p] for p in pairs), len(way), list(way)))
        found = go(" ".join(f"{a}-{b}={m}" for (a, b), m in lines.items()), "a", "f")
        minutes, _, stops = min(ways, default=(None, 0, []))
        assert found == {"stops": stops, "minutes": minutes}


def test_r1_a_large_grid():
    text = " ".join(
        f"x{i:02}y{j:02}-x{i + di:02}y{j + dj:02}=2"
        for i in range(12)
        for j in range(12)
        for di, dj in ((0, 1), (1, 0))
    )
    found = go(text, "x00y00", "x11y11")
    assert found["minutes"] == 44
    up = [f"x00y{j:02}" for j in range(12)]
    assert found["stops"] == up + [f"x{i:02}y11" for i in range(1, 12)]
