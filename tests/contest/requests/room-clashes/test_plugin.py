import pytest
from plugin import clashes

from plugwright_sdk import InputError


def booking(who, start, end, room="Hall"):
    times = {"start": f"2026-05-04T{start}:00", "end": f"2026-05-04T{end}:00"}
    return {"room": room, "who": who, **times}


def pairs(*bookings):
    return [(clash["first"], clash["second"]) for clash in clashes(list(bookings))]


def test_r1_a_clash_says_everything():
    yoga, choir = booking("Yoga", "09:00", "10:30"), booking("Choir", "10:00", "11:00")
    assert clashes([yoga, choir]) == [
        {
            "room": "Hall",
            "first": "Yoga",
            "second": "Choir",
            "start": "2026-05-04T10:00:00",
            "end": "2026-05-04T10:30:00",
        }
    ]


def test_r1_first_is_who_stands_earlier_in_the_list():
    yoga, choir = booking("Yoga", "09:00", "10:30"), booking("Choir", "10:00", "11:00")
    assert pairs(choir, yoga) == [("Choir", "Yoga")]


def test_r1_a_short_booking_within_a_long_one():
    (clash,) = clashes([booking("A", "09:00", "12:00"), booking("B", "10:00", "11:00")])
    assert (clash["start"][11:16], clash["end"][11:16]) == ("10:00", "11:00")


def test_r2_one_after_the_other_is_no_clash():
    assert pairs(booking("A", "09:00", "10:00"), booking("B", "10:00", "11:00")) == []


def test_r2_different_rooms_are_no_clash():
    other = booking("B", "09:00", "10:00", room="hall")
    assert pairs(booking("A", "09:00", "10:00"), other) == []


def test_r3_three_at_a_time_are_three_pairs():
    found = pairs(*(booking(who, "09:00", "10:00") for who in "ABC"))
    assert found == [("A", "B"), ("A", "C"), ("B", "C")]


def test_r3_the_same_people_twice():
    assert pairs(booking("A", "09:00", "10:00"), booking("A", "09:30", "11:00")) == [
        ("A", "A")
    ]


def test_r4_by_the_start_of_the_clash():
    late = booking("Late", "15:00", "16:00")
    early = booking("Early", "10:00", "11:00")
    assert pairs(booking("All", "08:00", "18:00"), late, early) == [
        ("All", "Early"),
        ("All", "Late"),
    ]


def test_r4_at_the_same_time_by_room():
    found = clashes(
        [booking(who, "09:00", "10:00", room) for room in ("B", "A") for who in "xy"]
    )
    assert [clash["room"] for clash in found] == ["A", "B"]


@pytest.mark.parametrize("end", ["09:00", "08:00"])
def test_r5_a_booking_without_length_is_refused(end):
    with pytest.raises(InputError):
        clashes([booking("A", "09:00", end)])


def test_r5_no_bookings():
    assert clashes([]) == []
