import pytest
from plugin import minutes_open, open_doors, set_limit

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, send


def hear(text):
    """`+fish@08:00` opens a door on 9 March 2026, `-fish@08:01` closes it."""
    for word in text.split():
        door, at = word[1:].split("@")
        at = at if "T" in at else f"2026-03-09T{at}"
        send(
            "door-opened" if word[0] == "+" else "door-closed", {"door": door, "at": at}
        )


def told():
    assert all(event["name"] == "left-open" for event in emitted())
    return [(event["data"]["door"], event["data"]["minutes"]) for event in emitted()]


def listed(at):
    return [(d["door"], d["minutes"]) for d in open_doors(f"2026-03-09T{at}")]


def test_r1_over_midnight_and_new_year():
    hear("+fish@2025-12-31T23:59 -fish@2026-01-01T00:01")
    assert minutes_open("fish") == 2
    assert told() == []


def test_r1_over_a_leap_day():
    hear("+fish@2024-02-28T12:00 -fish@2024-03-01T12:00")
    assert told() == [("fish", 2880)]


def test_r2_sixteen_but_not_fifteen():
    hear("+a@08:00 -a@08:15 +a@09:00 -a@09:16")
    assert told() == [("a", 16)]


def test_r2_only_at_closing():
    hear("+a@08:00 +b@12:00")
    assert told() == []
    assert listed("12:00") == [("a", 240), ("b", 0)]
    hear("-a@12:01 -b@12:02")
    assert told() == [("a", 241)]


def test_r2_each_time_anew():
    hear("+a@08:00 -a@08:10 +a@08:10 -a@08:20")
    assert told() == []
    assert minutes_open("a") == 20


def test_r3_opened_twice():
    hear("+a@08:00 +a@08:09 -a@08:16")
    assert told() == [("a", 16)]


def test_r3_closed_twice():
    hear("+a@08:00 -a@08:01 -a@08:50")
    assert minutes_open("a") == 1
    assert told() == []
    assert listed("09:00") == []


def test_r3_closed_before_it_was_opened():
    hear("+a@08:00 -a@07:30")
    assert minutes_open("a") == 0
    hear("-a@08:03")
    assert minutes_open("a") == 3


def test_r3_closed_in_the_same_minute():
    hear("+a@08:00 -a@08:00")
    assert listed("08:10") == []
    assert minutes_open("a") == 0


def test_r3_another_door_is_closed():
    hear("+a@08:00 -b@08:20 -A@08:20")
    assert listed("08:20") == [("a", 20)]
    assert told() == []


def test_r4_order():
    hear("+b@08:00 +a@08:00 +C@08:00 +z@07:59 +m@08:10")
    assert listed("08:10") == [("z", 11), ("C", 10), ("a", 10), ("b", 10), ("m", 0)]


def test_r4_not_yet_open():
    hear("+a@08:00 +b@08:05")
    assert listed("08:04") == [("a", 4)]
    assert listed("07:59") == []


def test_r4_the_next_day():
    hear("+a@08:00")
    assert open_doors("2026-03-10T08:00") == [{"door": "a", "minutes": 1440}]


def test_r5_sums():
    hear("+a@08:00 -a@08:20 +b@08:00 -b@08:01 +a@09:00 -a@09:07 +a@10:00")
    assert (minutes_open("a"), minutes_open("b"), minutes_open("c")) == (27, 1, 0)


def test_r6_limits():
    assert set_limit(30) == 15
    hear("+a@08:00 -a@08:30 +a@09:00 -a@09:31")
    assert told() == [("a", 31)]
    assert set_limit(0) == 30
    hear("+b@08:00 -b@08:00 +b@09:00 -b@09:01")
    assert told() == [("a", 31), ("b", 1)]


def test_r6_the_limit_at_closing_counts():
    hear("+a@08:00")
    set_limit(60)
    hear("-a@08:59")
    assert told() == []


@pytest.mark.parametrize("minutes", [-1, -15])
def test_r6_refused(minutes):
    set_limit(3)
    with pytest.raises(InputError):
        set_limit(minutes)
    hear("+a@08:00 -a@08:04")
    assert told() == [("a", 4)]


@pytest.mark.parametrize(
    "now", ["", "now", "2026-02-29T10:00", "2026-03-09T24:10", "2026-03-09"]
)
def test_r7_times(now):
    with pytest.raises(InputError):
        open_doors(now)
    hear("+a@08:00")
    with pytest.raises(InputError):
        open_doors(now)
    for event in ("door-opened", "door-closed"):
        with pytest.raises(InputError):
            send(event, {"door": "a", "at": now})
    assert listed("08:01") == [("a", 1)]


def test_r5_a_long_day():
    since, sums, wanted = {}, {}, []
    for n in range(150):
        door, minute = "abcdefg"[n * n % 7], n * 9 % 1439 + n % 3
        at = f"{minute // 60:02}:{minute % 60:02}"
        if (n * 5 // 3) % 2:
            hear(f"+{door}@{at}")
            since.setdefault(door, minute)
            continue
        hear(f"-{door}@{at}")
        if door in since and minute >= since[door]:
            passed = minute - since.pop(door)
            sums[door] = sums.get(door, 0) + passed
            if passed > 15:
                wanted.append((door, passed))
    assert told() == wanted
    assert {d: minutes_open(d) for d in "abcdefg"} == {
        d: sums.get(d, 0) for d in "abcdefg"
    }
    ages = sorted((-1439 + begin, door) for door, begin in since.items())
    assert listed("23:59") == [(door, -age) for age, door in ages]
