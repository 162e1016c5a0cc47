import pytest
from plugin import cold_places, measure, set_limits

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, send


def hear(text):
    """`shed=-1` is a measurement."""
    for word in text.split():
        place, degrees = word.split("=")
        send("temperature-measured", {"place": place, "degrees": float(degrees)})


def told():
    short = {"frost-warning": "cold", "frost-over": "warm"}
    return [
        f"{short[each['name']]} {each['data']['place']} {each['data']['degrees']:g}"
        for each in emitted()
    ]


def test_r1_first_measurement_is_frost():
    assert send("temperature-measured", {"place": "shed", "degrees": -3.5}) == 1
    assert emitted() == [
        {"name": "frost-warning", "data": {"place": "shed", "degrees": -3.5}}
    ]


def test_r1_exactly_at_the_limit():
    hear("shed=0")
    assert told() == ["cold shed 0"]
    assert cold_places() == [{"place": "shed", "lowest": 0}]


def test_r1_just_above_the_limit():
    hear("shed=0.01 shed=5")
    assert told() == []
    assert cold_places() == []


def test_r1_only_once():
    hear("shed=0 shed=0 shed=-9 shed=1.5 shed=0 shed=-1")
    assert told() == ["cold shed 0"]


def test_r2_exactly_at_the_other_limit():
    hear("shed=-1 shed=2")
    assert told() == ["cold shed -1", "warm shed 2"]
    assert cold_places() == []


def test_r2_just_below_the_other_limit():
    hear("shed=-1 shed=1.99")
    assert told() == ["cold shed -1"]


def test_r2_a_warm_place_is_not_told_of():
    hear("shed=2 shed=30 shed=1")
    assert told() == []
    hear("shed=-1 shed=7 shed=8")
    assert told() == ["cold shed -1", "warm shed 7"]


def test_r2_places_do_not_mix():
    hear("a=-1 b=4 b=-2 a=3 b=1 A=0")
    assert told() == ["cold a -1", "cold b -2", "warm a 3", "cold A 0"]


def test_r3_lowest_not_last():
    hear("a=-1 a=-6 a=-2 b=0 b=1 c=-2.5")
    assert cold_places() == [
        {"place": "a", "lowest": -6},
        {"place": "c", "lowest": -2.5},
        {"place": "b", "lowest": 0},
    ]


def test_r3_ties_by_name():
    hear("b=-1 a=-1 C=-1")
    assert [each["place"] for each in cold_places()] == ["C", "a", "b"]


def test_r4_new_limits():
    assert set_limits(4, 6.5) == {"warn": 4, "clear": 6.5}
    hear("a=4 a=6 a=6.5 a=5 a=4.5")
    assert told() == ["cold a 4", "warm a 6.5"]


def test_r4_places_stay_until_measured():
    hear("a=-1 b=3")
    set_limits(3, 5)
    assert told() == ["cold a -1"]
    assert cold_places() == [{"place": "a", "lowest": -1}]
    hear("a=4 b=3 a=5")
    assert told() == ["cold a -1", "cold b 3", "warm a 5"]


@pytest.mark.parametrize(("warn", "clear"), [(1, 1), (2, 1), (-1, -1.5)])
def test_r4_refused_limits_change_nothing(warn, clear):
    set_limits(-3, -2)
    with pytest.raises(InputError):
        set_limits(warn, clear)
    hear("a=-2.5 a=-3 a=-2")
    assert told() == ["cold a -3", "warm a -2"]


def test_r5_by_hand_and_by_event_together():
    assert measure("a", 0) == "frost-warning"
    hear("a=-4")
    assert measure("a", 1) is None
    assert cold_places() == [{"place": "a", "lowest": -4}]
    hear("a=2")
    assert measure("a", 2) is None
    assert told() == ["cold a 0", "warm a 2"]


def test_r5_what_it_says():
    said = [measure("a", degrees) for degrees in (5, 0, 1, 2, 1)]
    assert said == [None, "frost-warning", None, "frost-over", None]


def test_r6_anew():
    hear("a=-9 a=2 a=-1 a=0")
    assert told() == ["cold a -9", "warm a 2", "cold a -1"]
    assert cold_places() == [{"place": "a", "lowest": -1}]


def test_r2_a_cold_month():
    places = {"x": None, "y": None, "z": None}
    wanted = []
    for n in range(180):
        place, degrees = "xyz"[n * n % 3 if n % 2 else n % 3], (n * 37 % 19 - 8) / 2
        if places[place] is None and degrees <= 0:
            places[place] = degrees
            wanted.append(f"cold {place} {degrees:g}")
        elif places[place] is not None and degrees >= 2:
            places[place] = None
            wanted.append(f"warm {place} {degrees:g}")
        elif places[place] is not None:
            places[place] = min(places[place], degrees)
        hear(f"{place}={degrees}")
    assert told() == wanted
    found = {each["place"]: each["lowest"] for each in cold_places()}
    assert found == {place: low for place, low in places.items() if low is not None}
