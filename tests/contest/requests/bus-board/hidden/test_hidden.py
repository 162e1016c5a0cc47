import pytest
from plugin import next_buses

from plugwright_sdk import InputError


def lines(*rows):
    return [
        {"line": name, "to": f"to {n}", "first": first, "last": last, "every": every}
        for n, (name, first, last, every) in enumerate(rows)
    ]


def found(now, walk, n, *rows):
    return [
        f"{bus['line']} {bus['at']} {bus['minutes']}"
        for bus in next_buses(lines(*rows), now, walk, n)
    ]


DAY_LINE = ("D", "07:05", "18:35", 45)
NIGHT_LINE = ("N", "22:10", "03:00", 50)


def test_r1_in_the_middle_of_the_day():
    assert found("12:00", 0, 3, DAY_LINE) == ["D 12:20 20", "D 13:05 65", "D 13:50 110"]


def test_r1_the_last_one_is_on_time():
    line = ("D", "07:00", "08:00", 30)
    assert found("07:31", 0, 2, line) == ["D 08:00 29", "D 07:00 1409"]


def test_r1_the_last_one_before_last():
    line = ("D", "07:00", "07:59", 30)
    assert found("07:31", 0, 2, line) == ["D 07:00 1409", "D 07:30 1439"]


def test_r1_every_minute():
    assert found("06:58", 0, 9, ("D", "07:00", "07:02", 1)) == [
        "D 07:00 2",
        "D 07:01 3",
        "D 07:02 4",
    ]


def test_r2_before_and_after_midnight():
    assert found("23:40", 0, 9, NIGHT_LINE) == [
        "N 23:50 10",
        "N 00:40 60",
        "N 01:30 110",
        "N 02:20 160",
        "N 22:10 1350",
        "N 23:00 1400",
    ]


def test_r2_in_the_small_hours():
    assert found("02:21", 0, 1, NIGHT_LINE) == ["N 22:10 1189"]
    assert found("02:20", 0, 1, NIGHT_LINE) == ["N 02:20 0"]


def test_r2_the_last_one_at_midnight_itself():
    assert found("23:50", 0, 2, ("M", "23:00", "00:00", 30)) == [
        "M 00:00 10",
        "M 23:00 1390",
    ]


def test_r2_almost_around_the_clock():
    line = ("R", "08:00", "07:59", 480)
    assert found("07:00", 0, 9, line) == ["R 08:00 60", "R 16:00 540", "R 00:00 1020"]


def test_r2_once_a_day():
    assert found("00:00", 0, 9, ("O", "00:00", "00:00", 5)) == ["O 00:00 0"]


@pytest.mark.parametrize(
    ("walk", "first"), [(0, "D 12:20 0"), (1, "D 13:05 45"), (45, "D 13:05 45")]
)
def test_r3_the_walk(walk, first):
    assert found("12:20", walk, 1, DAY_LINE) == [first]


def test_r3_far_away():
    line = ("D", "11:58", "12:01", 1)
    assert found("12:00", 1438, 9, line) == ["D 11:58 1438", "D 11:59 1439"]
    assert found("12:00", 1440, 9, line) == []


def test_r4_two_lines_mixed():
    assert found("18:00", 5, 4, DAY_LINE, ("B", "17:00", "19:00", 20)) == [
        "B 18:20 20",
        "D 18:20 20",
        "B 18:40 40",
        "B 19:00 60",
    ]


def test_r4_together_by_name_and_then_by_the_timetable():
    rows = [(name, "09:00", "09:00", 5) for name in ("b", "B", "2", "b", "11", "2")]
    board = next_buses(lines(*rows), "08:59", 0, 5)
    assert [(bus["line"], bus["to"]) for bus in board] == [
        ("11", "to 4"),
        ("2", "to 2"),
        ("2", "to 5"),
        ("B", "to 1"),
        ("b", "to 0"),
    ]


def test_r4_nothing_to_list():
    assert found("12:00", 0, 0, DAY_LINE) == []
    assert found("12:00", 0, 5) == []


@pytest.mark.parametrize(
    "wrong", ["24:00", "1:30", "10:60", "10-30", "10:300", "ab:cd"]
)
def test_r5_no_time(wrong):
    with pytest.raises(InputError):
        found(wrong, 0, 1)
    with pytest.raises(InputError):
        found("10:00", 0, 0, DAY_LINE, ("X", wrong, "23:00", 5))
    with pytest.raises(InputError):
        found("10:00", 0, 1, ("X", "05:00", wrong, 5))


def test_r6_no_such_numbers():
    for every in (0, -5):
        with pytest.raises(InputError):
            found("10:00", 0, 1, DAY_LINE, ("X", "05:00", "06:00", every))
    with pytest.raises(InputError):
        found("10:00", -1, 1)
    with pytest.raises(InputError):
        found("10:00", 0, -1)


def test_r4_a_large_stop_minute_by_minute():
    rows = [
        (
            f"L{n * 5 % 8}",
            f"{n * 7 % 24:02}:{n * 11 % 60:02}",
            f"{n * 5 % 24:02}:30",
            9 + n,
        )
        for n in range(12)
    ]
    leaving = {minute: [] for minute in range(1440)}
    for place, (name, first, last, every) in enumerate(rows):
        minute = int(first[:2]) * 60 + int(first[3:])
        end = int(last[:2]) * 60 + 30
        if last < first:
            end += 1440
        while minute <= end:
            leaving[minute % 1440].append((name, place))
            minute += every
    expected = []
    for away in range(7, 1440):
        minute = (16 * 60 + 40 + away) % 1440
        for name, _ in sorted(leaving[minute]):
            expected.append(f"{name} {minute // 60:02}:{minute % 60:02} {away}")
    assert found("16:40", 7, 150, *rows) == expected[:150]
