import pytest
from plugin import minutes_open, open_doors, set_limit

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, send


def opened(door, at):
    send("door-opened", {"door": door, "at": f"2026-01-{at}"})


def closed(door, at):
    send("door-closed", {"door": door, "at": f"2026-01-{at}"})


def test_r1_minutes_are_counted_over_midnight():
    opened("meat", "05T23:50")
    closed("meat", "06T00:10")
    assert minutes_open("meat") == 20


def test_r2_a_door_that_was_open_too_long_is_told():
    opened("meat", "05T22:10")
    closed("meat", "05T22:26")
    assert emitted() == [{"name": "left-open", "data": {"door": "meat", "minutes": 16}}]


def test_r2_exactly_the_limit_is_fine():
    opened("meat", "05T22:10")
    closed("meat", "05T22:25")
    assert emitted() == []
    assert minutes_open("meat") == 15


def test_r3_the_first_opening_counts():
    opened("meat", "05T10:00")
    opened("meat", "05T10:10")
    closed("meat", "05T10:20")
    assert minutes_open("meat") == 20


def test_r3_closing_a_closed_door_is_ignored():
    closed("meat", "05T10:00")
    opened("meat", "05T10:30")
    assert open_doors("2026-01-05T10:31") == [{"door": "meat", "minutes": 1}]


def test_r3_closing_before_the_opening_is_ignored():
    opened("meat", "05T10:00")
    closed("meat", "05T09:59")
    assert open_doors("2026-01-05T10:05") == [{"door": "meat", "minutes": 5}]


def test_r4_the_longest_open_door_comes_first():
    opened("meat", "05T10:00")
    opened("milk", "05T09:00")
    opened("fish", "05T10:00")
    assert open_doors("2026-01-05T10:30") == [
        {"door": "milk", "minutes": 90},
        {"door": "fish", "minutes": 30},
        {"door": "meat", "minutes": 30},
    ]


def test_r4_a_door_opened_later_is_not_listed():
    opened("meat", "05T10:00")
    assert open_doors("2026-01-05T09:59") == []
    assert open_doors("2026-01-05T10:00") == [{"door": "meat", "minutes": 0}]


def test_r5_all_times_are_added_up():
    for begin, end in (("10:00", "10:05"), ("11:00", "11:20")):
        opened("meat", f"05T{begin}")
        closed("meat", f"05T{end}")
    opened("meat", "05T12:00")
    assert minutes_open("meat") == 25
    assert minutes_open("unknown") == 0


def test_r6_the_limit_can_be_changed():
    opened("meat", "05T10:00")
    assert set_limit(5) == 15
    assert set_limit(7) == 5
    closed("meat", "05T10:08")
    assert emitted()[0]["data"]["minutes"] == 8


def test_r6_a_limit_below_none_is_refused():
    with pytest.raises(InputError):
        set_limit(-1)
    assert set_limit(0) == 15


@pytest.mark.parametrize("now", ["soon", "2026-02-30T10:00"])
def test_r7_what_is_no_time_is_refused(now):
    with pytest.raises(InputError):
        open_doors(now)
