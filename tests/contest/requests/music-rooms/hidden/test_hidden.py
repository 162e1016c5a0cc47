import pytest
from plugin import assign_rooms, rooms_needed

from plugwright_sdk import InputError


def day(spans):
    times = [span.split("-") for span in spans.split()]
    return [
        {"child": "Kim", "begin": f"{begin}:00", "end": f"{end}:00"}
        for begin, end in times
    ]


def rooms(count, spans):
    return assign_rooms(day(spans), count)


def test_r1_one_after_the_other_and_side_by_side():
    spans = "08:00-09:00 08:30-09:30 09:00-10:00 09:30-10:30"
    assert rooms(2, spans) == [1, 2, 1, 2]


def test_r1_more_rooms_than_wishes():
    assert rooms(9, "08:00-09:00 08:59-09:30") == [1, 2]


def test_r1_nobody_wants_to_practise():
    assert assign_rooms([], 3) == []


def test_r1_all_day_long():
    assert rooms(2, "00:00-23:59 00:00-00:01 00:01-23:59") == [1, 2, 2]


def test_r2_early_ones_first_wherever_they_stand():
    assert rooms(1, "10:00-11:00 09:30-10:30 09:00-10:00") == [1, None, 1]


def test_r2_minutes_matter_for_who_stays_longer():
    assert rooms(1, "09:00-09:45 09:00-09:50 09:00-09:05") == [None, 1, None]


def test_r2_hours_matter_more_than_minutes():
    assert rooms(1, "09:00-10:50 09:00-11:10") == [None, 1]


def test_r2_equals_in_the_order_of_the_list():
    assert rooms(2, "09:00-10:00 09:00-11:00 09:00-10:00 09:00-11:00") == [
        None,
        1,
        None,
        2,
    ]
    assert rooms(4, "09:00-10:00 09:00-11:00 09:00-10:00 09:00-11:00") == [3, 1, 4, 2]


def test_r3_a_low_room_that_became_free():
    spans = "09:00-12:00 09:10-09:40 09:20-12:00 09:50-10:00 09:55-11:00"
    assert rooms(4, spans) == [1, 2, 3, 2, 4]


def test_r3_not_the_room_that_became_free_first():
    spans = "09:00-10:00 09:01-09:30 10:30-11:00"
    assert rooms(2, spans) == [1, 2, 1]


def test_r3_free_at_the_minute_and_not_before():
    assert rooms(1, "09:00-10:00 09:59-10:30 10:00-10:30") == [1, None, 1]


def test_r4_left_over():
    assert rooms(2, "09:00-12:00 09:00-12:00 09:30-10:00 11:59-13:00 12:00-13:00") == [
        1,
        2,
        None,
        None,
        1,
    ]


@pytest.mark.parametrize(
    ("spans", "needed"),
    [
        ("", 0),
        ("09:00-10:00", 1),
        ("09:00-10:00 10:00-11:00 11:00-12:00", 1),
        ("09:00-10:00 09:59-11:00", 2),
        ("09:00-18:00 09:30-10:00 10:00-10:30 10:15-10:45", 3),
        ("10:00-10:30 09:00-18:00 10:15-10:45 10:30-11:00", 3),
        ("09:00-10:00 09:00-10:00 09:00-10:00 09:00-10:00", 4),
    ],
)
def test_r5_needed(spans, needed):
    assert rooms_needed(day(spans)) == needed


@pytest.mark.parametrize("span", ["09:00-09:00", "09:01-09:00", "23:00-01:00"])
def test_r6_no_length(span):
    for spans in (span, f"08:00-09:00 {span}"):
        with pytest.raises(InputError):
            rooms(5, spans)
        with pytest.raises(InputError):
            rooms_needed(day(spans))


def test_r6_no_house():
    assert rooms(0, "08:00-09:00 10:00-11:00") == [None, None]
    assert assign_rooms([], 0) == []
    with pytest.raises(InputError):
        rooms(-2, "08:00-09:00")


def test_r5_a_long_day_minute_by_minute():
    spans = [(400 + n * 53 % 600, 10 + n * 29 % 90) for n in range(50)]
    text = " ".join(
        f"{a // 60:02}:{a % 60:02}-{(a + b) // 60:02}:{(a + b) % 60:02}"
        for a, b in spans
    )
    # Walk through the minutes: lessons end, then the waiting are served in turn.
    for count in (2, 4):
        house, expected = [None] * count, [None] * 50
        for minute in range(400, 1100):
            for room, n in enumerate(house):
                if n is not None and sum(spans[n]) == minute:
                    house[room] = None
            here = [n for n in range(50) if spans[n][0] == minute]
            for n in sorted(here, key=lambda n: -spans[n][1]):
                if None in house:
                    room = house.index(None)
                    house[room], expected[n] = n, room + 1
        assert None in expected
        assert rooms(count, text) == expected
    most = max(sum(a <= m < a + b for a, b in spans) for m in range(400, 1100))
    assert rooms_needed(day(text)) == most
