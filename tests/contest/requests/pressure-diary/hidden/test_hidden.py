import pytest
from plugin import add, average, high_days

from plugwright_sdk import InputError


def enter(text):
    """`120/80@05T07:30` is a reading in March 2026."""
    for word in text.split():
        values, at = word.split("@")
        upper, lower = values.split("/")
        add(int(upper), int(lower), f"2026-03-{at}")


def mean(count):
    found = average(count)
    return found["upper"], found["lower"], found["readings"]


def test_r1_counting():
    times = ("05T07:30", "04T07:30", "05T07:31", "05T07:30")
    assert [add(120, 80, f"2026-03-{at}") for at in times] == [1, 2, 3, 3]


def test_r1_replacing():
    enter("120/80@05T07:30 110/70@06T07:30 160/95@05T07:30")
    assert mean(5) == (135, 83, 2)
    assert high_days(150, 200) == ["2026-03-05"]


def test_r1_replacing_in_a_full_diary_drops_nothing():
    for day in range(1, 21):
        add(120, 80, f"2026-03-{day:02}T07:30")
    assert add(180, 80, "2026-03-20T07:30") == 20
    assert high_days(1, 1)[0] == "2026-03-01"
    assert mean(20) == (123, 80, 20)


def test_r2_twenty_one():
    counts = [add(100 + n, 60, f"2026-03-{n:02}T07:30") for n in range(1, 22)]
    assert counts == [*range(1, 21), 20]
    assert mean(99) == (112, 60, 20)
    assert high_days(60, 30)[0] == "2026-03-02"


def test_r2_entered_backwards():
    for n in range(25, 0, -1):
        assert add(100 + n, 60, f"2026-03-{n:02}T07:30") == min(26 - n, 20)
    assert high_days(60, 30) == [f"2026-03-{n:02}" for n in range(6, 26)]


def test_r2_a_reading_in_the_middle():
    for n in range(1, 21):
        add(100, 60, f"2026-03-{n:02}T07:30")
    assert add(200, 60, "2026-03-10T19:30") == 20
    assert high_days(150, 99) == ["2026-03-10"]
    assert high_days(60, 30)[0] == "2026-03-02"


def test_r3_count():
    enter("100/60@01T07:00 110/70@02T07:00 120/80@03T07:00 150/90@04T07:00")
    assert mean(1) == (150, 90, 1)
    assert mean(2) == (135, 85, 2)
    assert mean(3) == (127, 80, 3)
    assert mean(4) == (120, 75, 4)
    assert mean(5) == (120, 75, 4)


def test_r3_rounding():
    enter("121/80@01T07:00 122/80@02T07:00")
    assert mean(2) == (122, 80, 2)
    enter("122/81@03T07:00")
    assert mean(3) == (122, 80, 3)
    enter("121/81@04T07:00")
    assert mean(4) == (122, 81, 4)
    assert mean(2) == (122, 81, 2)


def test_r3_by_time_of_day():
    enter("150/95@05T19:30 120/80@05T07:30")
    assert mean(1) == (150, 95, 1)


def test_r3_no_readings():
    assert mean(1) == (None, None, 0)


def test_r4_limits():
    enter("139/89@01T07:00 140/89@02T07:00 139/90@03T07:00 140/90@04T07:00")
    days = [f"2026-03-{n:02}" for n in range(1, 5)]
    assert high_days(140, 90) == days[1:]
    assert high_days(139, 90) == days
    assert high_days(140, 89) == days
    assert high_days(141, 90) == days[2:]
    assert high_days(140, 91) == [days[1], days[3]]
    assert high_days(141, 91) == []


def test_r4_once_and_in_order():
    enter("150/90@09T07:00 150/90@05T23:59 150/90@05T00:00 120/80@06T07:00")
    assert high_days(140, 200) == ["2026-03-05", "2026-03-09"]


def test_r4_around_midnight_and_new_year():
    add(150, 90, "2026-01-01T00:00")
    add(150, 90, "2025-12-31T23:59")
    assert high_days(140, 90) == ["2025-12-31", "2026-01-01"]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [(59, 30), (261, 100), (100, 29), (250, 161), (90, 90), (90, 91), (-120, -80)],
)
def test_r5_values(upper, lower):
    enter("120/80@01T07:00")
    with pytest.raises(InputError):
        add(upper, lower, "2026-03-01T07:00")
    assert mean(5) == (120, 80, 1)


@pytest.mark.parametrize(
    ("upper", "lower"), [(60, 30), (260, 160), (61, 60), (161, 160)]
)
def test_r5_ends(upper, lower):
    assert add(upper, lower, "2026-03-01T07:00") == 1
    assert mean(1) == (upper, lower, 1)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "now",
        "2026-02-29T07:30",
        "2026-03-01T24:30",
        "2026-03-01T07:60",
        "2026-03-01",
        "2026-03-01 07:30",
        "2026-03-01T07:30:00",
    ],
)
def test_r5_times(at):
    with pytest.raises(InputError):
        add(120, 80, at)
    assert mean(1) == (None, None, 0)


@pytest.mark.parametrize("count", [0, -1, -20])
def test_r5_counts(count):
    enter("120/80@01T07:00")
    with pytest.raises(InputError):
        average(count)


def test_r3_a_long_time():
    kept = {}
    for n in range(140):
        upper, lower = 95 + n * 31 % 70, 55 + n * n * 7 % 38
        at = f"2026-{n * 5 % 12 + 1:02}-{n * 11 % 28 + 1:02}T{n * 7 % 24:02}:{n % 6}0"
        kept[at] = (upper, lower)
        kept = dict(sorted(kept.items())[-20:])
        assert add(upper, lower, at) == len(kept)
        count = n % 23 + 1
        taken = list(kept.values())[-count:]
        wanted = [
            int(sum(values) / len(taken) + 0.5) for values in zip(*taken, strict=True)
        ]
        assert mean(count) == (*wanted, len(taken))
    high = {at[:10] for at, (upper, lower) in kept.items() if upper > 139 or lower > 84}
    assert high_days(140, 85) == sorted(high)
