import pytest
from plugin import free_times

from plugwright_sdk import InputError


def free(day, minutes, *people):
    friends = [
        [{"start": span[:5], "end": span[6:]} for span in person.split()]
        for person in people
    ]
    found = free_times(friends, day[:5], day[6:], minutes)
    return " ".join(f"{gap['start']}-{gap['end']}" for gap in found)


def test_r1_the_longest_possible_gaps():
    assert free("09:00-17:00", 30, "10:15-10:45 13:05-16:00") == (
        "09:00-10:15 10:45-13:05 16:00-17:00"
    )


def test_r1_the_answer_has_start_and_end():
    assert free_times([], "08:05", "09:00", 5) == [{"start": "08:05", "end": "09:00"}]


def test_r1_five_friends():
    people = [
        "09:00-10:00",
        "11:00-12:00",
        "",
        "13:00-13:30 09:30-10:30",
        "16:00-17:00",
    ]
    assert free("09:00-17:00", 45, *people) == "12:00-13:00 13:30-16:00"


def test_r2_one_minute_too_short():
    assert (
        free("09:00-17:00", 30, "09:30-12:00 12:29-16:30") == "09:00-09:30 16:30-17:00"
    )


def test_r2_one_minute_is_a_gap():
    assert free("09:00-10:00", 1, "09:00-09:30 09:31-10:00") == "09:30-09:31"


def test_r2_the_game_takes_the_whole_time():
    assert free("09:00-10:00", 60) == "09:00-10:00"
    assert free("09:00-10:00", 61) == ""


def test_r3_in_any_order():
    assert free("09:00-17:00", 10, "15:00-16:00 10:00-11:00", "12:00-13:00") == (
        "09:00-10:00 11:00-12:00 13:00-15:00 16:00-17:00"
    )


def test_r3_a_long_time_hides_all_within():
    assert free("09:00-17:00", 10, "10:00-16:00", "11:00-12:00 13:00-14:00") == (
        "09:00-10:00 16:00-17:00"
    )


def test_r3_equal_starts():
    assert free("09:00-17:00", 10, "10:00-11:00", "10:00-15:00 10:00-10:30") == (
        "09:00-10:00 15:00-17:00"
    )


def test_r3_touching_the_ends_of_the_day():
    assert free("09:00-17:00", 10, "08:00-09:00 17:00-18:00") == "09:00-17:00"
    assert free("09:00-17:00", 10, "09:00-10:00 16:00-17:00") == "10:00-16:00"


def test_r3_only_outside():
    assert free("09:00-17:00", 10, "06:00-08:00 18:00-24:00") == "09:00-17:00"
    assert free("09:00-10:00", 10, "11:00-12:00 13:00-14:00") == "09:00-10:00"


def test_r3_taken_from_end_to_end():
    assert free("09:00-17:00", 1, "09:00-12:00", "12:00-17:00") == ""
    assert free("09:00-17:00", 1, "08:59-17:01") == ""


def test_r4_nobody():
    assert free("00:00-24:00", 1440) == "00:00-24:00"
    assert free("09:00-17:00", 5, "", "", "") == "09:00-17:00"


@pytest.mark.parametrize(
    "wrong", ["25:00", "09:60", "1:000", "12.30", "-1:00", "24:30", "12:3 "]
)
def test_r5_no_time(wrong):
    with pytest.raises(InputError):
        free_times([], wrong, "24:00", 5)
    with pytest.raises(InputError):
        free_times([], "00:00", wrong, 5)
    with pytest.raises(InputError):
        free_times([[], [{"start": wrong, "end": "24:00"}]], "09:00", "10:00", 5)


def test_r5_the_ends_of_the_day():
    assert free("00:00-24:00", 60, "01:00-23:00") == "00:00-01:00 23:00-24:00"
    assert free("00:00-23:59", 60, "00:59-22:58") == "22:58-23:59"


@pytest.mark.parametrize("span", ["12:00-12:00", "12:01-12:00", "22:00-02:00"])
def test_r6_no_length(span):
    with pytest.raises(InputError):
        free(span, 5)
    with pytest.raises(InputError):
        free("09:00-10:00", 5, "09:10-09:20", span)


@pytest.mark.parametrize("minutes", [0, -30])
def test_r6_no_game(minutes):
    with pytest.raises(InputError):
        free("09:00-10:00", minutes)


def test_r3_many_appointments_minute_by_minute():
    def text(minute):
        return f"{minute // 60:02}:{minute % 60:02}"

    spans = [(n * 97 % 1400, n * 13 % 29 + 3) for n in range(45)]
    taken = [False] * 1441
    for start, length in spans:
        for minute in range(start, start + length):
            taken[minute] = True
    people = [f"{text(start)}-{text(start + length)}" for start, length in spans]
    expected, start = [], 490
    for minute in range(490, 1301):
        if taken[minute] or minute == 1300:
            if minute - start >= 12:
                expected.append(f"{text(start)}-{text(minute)}")
            start = minute + 1
    assert len(expected) > 5
    assert free("08:10-21:40", 12, " ".join(people[:20]), " ".join(people[20:])) == (
        " ".join(expected)
    )
