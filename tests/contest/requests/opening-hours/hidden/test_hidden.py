import pytest
from plugin import is_open, weekly_minutes

from plugwright_sdk import InputError

DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]


def days_open(hours, time):
    return " ".join(day for day in DAYS if is_open(hours, day, time))


def test_r1_single_days_ranges_and_lists():
    assert days_open("Tu 8:00-9:00", "8:30") == "Tu"
    assert days_open("Tu-Th 8:00-9:00", "8:30") == "Tu We Th"
    assert days_open("Su,Mo-Tu,Fr 8:00-9:00", "8:30") == "Mo Tu Fr Su"


def test_r1_several_parts():
    hours = "Mo 8:00-9:00;Tu 9:00-10:00;We-Th 8:00-10:00"
    assert days_open(hours, "8:30") == "Mo We Th"
    assert days_open(hours, "9:30") == "Tu We Th"


def test_r1_any_capitals():
    assert days_open("mO-TU 8:00-9:00; sa 8:00-9:00; Tu CLOSED", "8:00") == "Mo Sa"


def test_r2_over_sunday():
    assert days_open("Sa-Tu 8:00-9:00", "8:00") == "Mo Tu Sa Su"
    assert days_open("Su-Mo 8:00-9:00", "8:00") == "Mo Su"
    assert days_open("Tu-Mo 8:00-9:00", "8:00") == "Mo Tu We Th Fr Sa Su"


def test_r2_from_a_day_to_itself():
    assert days_open("Su-Su 8:00-9:00", "8:00") == "Su"


def test_r2_odd_spaces():
    hours = "\tMo -We,  Fr   8:00- 9:00 ,10:00 -11:00;;  ; Su 8:00-9:00 ; "
    assert days_open(hours, "8:59") == "Mo Tu We Fr Su"
    assert weekly_minutes(hours) == 4 * 120 + 60


@pytest.mark.parametrize("hours", ["", "  ", ";", " ; ; "])
def test_r2_never_open(hours):
    assert weekly_minutes(hours) == 0
    assert days_open(hours, "12:00") == ""


@pytest.mark.parametrize(
    ("time", "answer"),
    [("8:29", False), ("8:30", True), ("08:30", True), ("9:44", True), ("9:45", False)],
)
def test_r3_the_ends(time, answer):
    assert is_open("Fr 8:30-9:45", "Fr", time) is answer


def test_r3_the_whole_day():
    assert is_open("Fr 0:00-24:00", "Fr", "0:00") is True
    assert is_open("Fr 0:00-24:00", "Fr", "23:59") is True
    assert is_open("Fr 0:00-24:00", "Sa", "0:00") is False
    assert weekly_minutes("Fr 00:00-24:00") == 1440


def test_r3_past_midnight():
    assert days_open("Fr 23:00-00:30", "0:29") == "Sa"
    assert days_open("Fr 23:00-00:30", "0:30") == ""
    assert days_open("Fr 23:00-00:30", "23:00") == "Fr"
    assert weekly_minutes("Fr 23:00-00:30") == 90


def test_r3_nearly_around_the_clock():
    assert weekly_minutes("Fr 9:00-8:59") == 1439
    assert is_open("Fr 9:00-8:59", "Sa", "8:58") is True


def test_r4_a_later_part_replaces_the_day():
    hours = "Mo-We 8:00-12:00; Tu 14:00-15:00; Mo closed; Mo 20:00-21:00"
    assert days_open(hours, "9:00") == "We"
    assert days_open(hours, "14:30") == "Tu"
    assert days_open(hours, "20:00") == "Mo"


def test_r4_the_night_is_replaced_with_its_day():
    hours = "Mo-Su 18:00-6:00; Mo,Tu closed"
    assert days_open(hours, "3:00") == "Mo Th Fr Sa Su"
    assert days_open(hours, "19:00") == "We Th Fr Sa Su"


def test_r4_the_next_day_does_not_end_the_night():
    assert days_open("Fr 20:00-5:00; Sa 10:00-11:00", "4:59") == "Sa"


def test_r5_sunday_night():
    assert days_open("Su 22:00-3:00", "2:59") == "Mo"
    assert days_open("Su 22:00-3:00; Mo closed", "0:00") == "Mo"


def test_r6_over_the_week():
    assert (
        weekly_minutes("Mo-Fr 8:15-12:00,13:30-18:00; Fr 8:00-12:00") == 4 * 495 + 240
    )
    assert weekly_minutes("Mo-Su 20:00-2:00; We closed") == 6 * 360


def test_r6_minutes_that_are_said_twice():
    assert weekly_minutes("Mo 8:00-10:00,9:00-11:00,8:30-9:30") == 180
    assert weekly_minutes("Su 20:00-4:00; Mo 3:00-5:00") == 540
    assert weekly_minutes("Mo-Su 20:00-23:00,22:00-1:00") == 7 * 300


@pytest.mark.parametrize(
    "hours",
    [
        "closed",
        "Mo 24:00-8:00",
        "Mo 8:00-0:00",
        "Mo 8:00-24:01",
        "Mo 8:00-25:00",
        "Mo 8:75-9:00",
        "Mo 8:0-9:00",
        "Mo 008:00-9:00",
        "Mo 8:00",
        "Mo 8:00-9:00-10:00",
        "Mo 8:00-9:00,",
        "Mo, 8:00-9:00",
        "Mo-We-Fr 8:00-9:00",
        "Mon 8:00-9:00",
        "ot 8:00-9:00",
        "Mo8:00-9:00",
        "Mo Tu 8:00-9:00",
        "Mo 8:00-9:00 10:00-11:00",
        "Mo 8:00-9:00,closed",
        "Tu 8:00-9:00; Mo",
    ],
)
def test_r7_unreadable(hours):
    with pytest.raises(InputError):
        weekly_minutes(hours)
    with pytest.raises(InputError):
        is_open(hours, "Mo", "8:00")


@pytest.mark.parametrize(
    ("day", "time"),
    [
        ("Mo", "24:00"),
        ("Mo", "8"),
        ("Mo", "8:5"),
        ("", "8:00"),
        ("ot", "8:00"),
        ("Mo", ""),
    ],
)
def test_r7_no_day_or_time(day, time):
    with pytest.raises(InputError):
        is_open("Mo 8:00-9:00", day, time)


def test_r6_many_bars_minute_by_minute():
    for n in range(6):
        spans = [
            (60 * k + 7 * n, (60 * k + 7 * n + 200 + 90 * k) % 1440) for k in (9, 20)
        ]
        text = ",".join(
            f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in spans
        )
        first, last = DAYS[n], DAYS[(n * 3 + 4) % 7]
        week = set()
        day = n
        while True:
            for a, b in spans:
                minute = a
                while minute % 1440 != b:
                    week.add((day * 1440 + minute) % 10080)
                    minute += 1
            if DAYS[day] == last:
                break
            day = (day + 1) % 7
        hours = f"{first}-{last} {text}"
        assert weekly_minutes(hours) == len(week)
        for minute in range(0, 10080, 977):
            hour, rest = divmod(minute % 1440, 60)
            asked = is_open(hours, DAYS[minute // 1440], f"{hour}:{rest:02}")
            assert asked is (minute in week)
