import pytest
from plugin import cold_places, measure, set_limits

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, send


def hear(*degrees, place="garden"):
    for each in degrees:
        send("temperature-measured", {"place": place, "degrees": each})


def heard():
    return [(event["name"], event["data"]["degrees"]) for event in emitted()]


def test_r1_frost_is_warned_of():
    hear(3, -1)
    assert emitted() == [
        {"name": "frost-warning", "data": {"place": "garden", "degrees": -1}}
    ]


def test_r1_the_limit_itself_is_frost():
    hear(0.1)
    assert emitted() == []
    hear(0)
    assert heard() == [("frost-warning", 0)]


def test_r1_a_cold_place_is_not_warned_of_again():
    hear(-1, -2, 0, 1, -1)
    assert heard() == [("frost-warning", -1)]


def test_r2_frost_is_over_at_the_other_limit():
    hear(-1, 1.9)
    assert len(emitted()) == 1
    hear(2)
    assert emitted()[1] == {
        "name": "frost-over",
        "data": {"place": "garden", "degrees": 2},
    }


def test_r2_each_place_counts_for_itself():
    hear(-1, place="garden")
    hear(5, place="hall")
    hear(-1, place="hall")
    assert [event["data"]["place"] for event in emitted()] == ["garden", "hall"]


def test_r3_the_coldest_place_comes_first():
    hear(-1, -4, -2, place="roof")
    hear(0, place="hall")
    hear(-4, place="garden")
    assert cold_places() == [
        {"place": "garden", "lowest": -4},
        {"place": "roof", "lowest": -4},
        {"place": "hall", "lowest": 0},
    ]


def test_r3_at_first_no_place_is_cold():
    assert cold_places() == []


def test_r4_limits_can_be_changed():
    assert set_limits(-5, -3) == {"warn": -5, "clear": -3}
    hear(-4, -5, -4, -3)
    assert heard() == [("frost-warning", -5), ("frost-over", -3)]


def test_r4_limits_change_nothing_by_themselves():
    hear(-1)
    set_limits(-5, -3)
    assert cold_places() == [{"place": "garden", "lowest": -1}]
    assert len(emitted()) == 1


def test_r4_clear_has_to_be_greater():
    with pytest.raises(InputError):
        set_limits(1, 1)


def test_r5_measuring_by_hand_is_the_same():
    said = [measure("hall", degrees) for degrees in (1, 0, 1, 2)]
    assert said == [None, "frost-warning", None, "frost-over"]
    assert heard() == [("frost-warning", 0), ("frost-over", 2)]


def test_r6_the_next_frost_begins_anew():
    hear(-8, 3, -1)
    assert heard() == [("frost-warning", -8), ("frost-over", 3), ("frost-warning", -1)]
    assert cold_places() == [{"place": "garden", "lowest": -1}]
