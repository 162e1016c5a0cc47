from datetime import datetime, timedelta

import pytest
from plugin import clashes

from plugwright_sdk import InputError


def book(*rows):
    return [
        {"room": room, "who": who, "start": f"2026-{start}:00", "end": f"2026-{end}:00"}
        for room, who, start, end in rows
    ]


def found(*rows):
    return [
        (c["room"], c["first"], c["second"], c["start"][5:16], c["end"][5:16])
        for c in clashes(book(*rows))
    ]


def test_r1_over_midnight():
    assert found(
        ("Bar", "A", "12-31T22:00", "12-31T23:59"),
        ("Bar", "B", "12-30T12:00", "12-31T22:30"),
    ) == [("Bar", "A", "B", "12-31T22:00", "12-31T22:30")]


def test_r1_one_minute_in_common():
    assert found(
        ("Bar", "A", "06-01T09:00", "06-01T10:01"),
        ("Bar", "B", "06-01T10:00", "06-01T11:00"),
    ) == [("Bar", "A", "B", "06-01T10:00", "06-01T10:01")]


def test_r1_the_same_start():
    assert found(
        ("Bar", "A", "06-01T09:00", "06-01T10:00"),
        ("Bar", "B", "06-01T09:00", "06-01T09:20"),
    ) == [("Bar", "A", "B", "06-01T09:00", "06-01T09:20")]


def test_r1_the_same_end():
    assert found(
        ("Bar", "A", "06-01T09:30", "06-01T10:00"),
        ("Bar", "B", "06-01T09:00", "06-01T10:00"),
    ) == [("Bar", "A", "B", "06-01T09:30", "06-01T10:00")]


def test_r2_on_another_day():
    assert (
        found(
            ("Bar", "A", "06-01T09:00", "06-01T10:00"),
            ("Bar", "B", "06-02T09:00", "06-02T10:00"),
        )
        == []
    )


def test_r2_directly_before_and_after():
    assert (
        found(
            ("Bar", "B", "06-01T10:00", "06-01T11:00"),
            ("Bar", "A", "06-01T09:00", "06-01T10:00"),
            ("Bar", "C", "06-01T11:00", "06-01T12:00"),
        )
        == []
    )


def test_r2_rooms_are_told_apart_by_every_letter():
    rows = [(room, room, "06-01T09:00", "06-01T10:00") for room in ("1", "01", "1 ")]
    assert found(*rows) == []


def test_r3_a_chain_is_two_pairs():
    rows = [
        ("Bar", "A", "06-01T09:00", "06-01T11:00"),
        ("Bar", "B", "06-01T10:00", "06-01T13:00"),
        ("Bar", "C", "06-01T12:00", "06-01T14:00"),
    ]
    assert [row[1:3] for row in found(*rows)] == [("A", "B"), ("B", "C")]


def test_r3_the_same_booking_twice():
    row = ("Bar", "A", "06-01T09:00", "06-01T10:00")
    assert found(row, row) == [("Bar", "A", "A", "06-01T09:00", "06-01T10:00")]


def test_r3_four_at_once_are_six_pairs():
    rows = [
        ("Bar", who, f"06-01T0{n}:00", "06-01T12:00") for n, who in enumerate("ABCD")
    ]
    assert [row[1:4] for row in found(*rows)] == [
        ("A", "B", "06-01T01:00"),
        ("A", "C", "06-01T02:00"),
        ("B", "C", "06-01T02:00"),
        ("A", "D", "06-01T03:00"),
        ("B", "D", "06-01T03:00"),
        ("C", "D", "06-01T03:00"),
    ]


def test_r4_the_earlier_clash_first_whatever_the_list_says():
    rows = [
        ("Bar", "A", "06-02T09:00", "06-02T10:00"),
        ("Bar", "B", "06-02T09:00", "06-02T10:00"),
        ("Bar", "C", "06-01T09:00", "06-01T10:00"),
        ("Bar", "D", "06-01T09:00", "06-01T10:00"),
    ]
    assert [row[1:3] for row in found(*rows)] == [("C", "D"), ("A", "B")]


def test_r4_by_room_and_then_by_the_list():
    rows = [
        (room, who, "06-01T09:00", "06-01T10:00")
        for who, room in zip("ABCDE", ("b", "Z", "b", "Z", "b"), strict=True)
    ]
    assert [row[:3] for row in found(*rows)] == [
        ("Z", "B", "D"),
        ("b", "A", "C"),
        ("b", "A", "E"),
        ("b", "C", "E"),
    ]


def test_r5_one_impossible_booking_spoils_the_list():
    good = ("Bar", "A", "06-01T09:00", "06-01T10:00")
    for wrong in ("06-01T09:00", "06-01T08:59", "05-31T23:00"):
        with pytest.raises(InputError):
            clashes(book(good, ("Attic", "B", "06-01T09:00", wrong)))


def test_r5_nothing_booked_and_one_booking():
    assert clashes([]) == []
    assert found(("Bar", "A", "06-01T09:00", "06-01T09:01")) == []


def test_r3_a_full_week_minute_by_minute():
    first = datetime(2026, 6, 1)
    spans = [(n * 37 % 300, 5 + n * 11 % 23, "AB"[n % 2]) for n in range(40)]
    bookings = [
        {
            "room": room,
            "who": str(n),
            "start": (first + timedelta(minutes=start)).isoformat(),
            "end": (first + timedelta(minutes=start + length)).isoformat(),
        }
        for n, (start, length, room) in enumerate(spans)
    ]
    taken = [set(range(start, start + length)) for start, length, _ in spans]
    expected = []
    for one in range(40):
        for two in range(one + 1, 40):
            common = taken[one] & taken[two]
            if common and spans[one][2] == spans[two][2]:
                expected.append((min(common), spans[one][2], one, two, len(common)))
    assert len(expected) > 10
    answer = []
    for clash in clashes(bookings):
        start = datetime.fromisoformat(clash["start"])
        length = datetime.fromisoformat(clash["end"]) - start
        minute = (start - first).seconds // 60
        pair = int(clash["first"]), int(clash["second"])
        answer.append((minute, clash["room"], *pair, length.seconds // 60))
    assert answer == sorted(expected)
