import pytest
from plugin import next_buses

from plugwright_sdk import InputError


def line(first="06:00", last="20:00", every=20, name="7", to="Town"):
    return {"line": name, "to": to, "first": first, "last": last, "every": every}


def board(timetable, now, walk=0, n=3):
    return [(bus["at"], bus["minutes"]) for bus in next_buses(timetable, now, walk, n)]


def test_r1_every_so_many_minutes_from_the_first_one_on():
    assert board([line()], "05:55") == [("06:00", 5), ("06:20", 25), ("06:40", 45)]


def test_r1_the_last_one_goes_if_the_minutes_come_out_even():
    assert board([line()], "19:50", n=1) == [("20:00", 10)]
    assert board([line(last="20:10")], "20:01", n=1) == [("06:00", 599)]


def test_r2_a_line_that_runs_past_midnight():
    late = line("05:00", "00:45", 15)
    assert board([late], "23:50", n=2) == [("00:00", 10), ("00:15", 25)]
    assert board([late], "00:40", n=2) == [("00:45", 5), ("05:00", 260)]


def test_r2_one_departure_a_day():
    assert board([line("12:00", "12:00")], "11:00") == [("12:00", 60)]


def test_r3_who_arrives_in_time_catches_the_bus():
    assert board([line()], "07:50", walk=10, n=1) == [("08:00", 10)]
    assert board([line()], "07:50", walk=11, n=1) == [("08:20", 30)]


def test_r3_no_further_than_a_day():
    assert board([line("12:00", "12:00")], "12:00") == [("12:00", 0)]
    assert board([line("12:00", "12:00")], "12:00", walk=1) == []


def test_r4_an_entry_says_everything():
    assert next_buses([line()], "07:50", 5, 1) == [
        {"line": "7", "to": "Town", "at": "08:00", "minutes": 10}
    ]


def test_r4_at_the_same_minute_by_line_as_text():
    lines = [line(name=name, to=to) for name, to in ("9x", "Kx", "9y", "1z")]
    found = next_buses(lines, "06:00", 0, 4)
    assert [bus["line"] + bus["to"] for bus in found] == ["1z", "9x", "9y", "Kx"]


def test_r4_no_more_than_asked_for():
    assert board([line()], "12:00", n=0) == []
    assert board([], "12:00", n=3) == []


@pytest.mark.parametrize("wrong", ["24:00", "7:00", "12:60", "noon", ""])
def test_r5_what_is_no_time_is_refused(wrong):
    with pytest.raises(InputError):
        board([line()], wrong)
    with pytest.raises(InputError):
        board([line(last=wrong)], "12:00")


def test_r6_numbers_that_cannot_be_are_refused():
    with pytest.raises(InputError):
        board([line(every=0)], "12:00")
    with pytest.raises(InputError):
        board([line()], "12:00", walk=-1)
    with pytest.raises(InputError):
        board([line()], "12:00", n=-1)
