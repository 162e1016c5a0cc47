import pytest
from plugin import look_up, plants, write

from plugwright_sdk import InputError


def days(plant, first, last):
    return [(note["day"], note["note"]) for note in look_up(plant, first, last)]


def test_r1_counts_are_of_one_plant():
    assert [write(p, "2026-05-01", "n") for p in ("a", "b", "a", "a")] == [1, 1, 2, 3]


def test_r1_the_same_note_twice():
    write("a", "2026-05-01", "n")
    write("a", "2026-05-01", "n")
    assert days("a", "2026-05-01", "2026-05-01") == [("2026-05-01", "n")] * 2


def test_r1_spaces_inside_a_note_stay():
    write("a", "2026-05-01", "\t two  words\n")
    assert days("a", "2026-05-01", "2026-05-01") == [("2026-05-01", "two  words")]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2026-05-01", "2026-05-09", "bcd"),
        ("2026-05-02", "2026-05-09", "bcd"),
        ("2026-05-03", "2026-05-04", "c"),
        ("2026-05-04", "2026-05-06", "cd"),
        ("2026-05-04", "2026-05-04", "c"),
        ("2026-05-05", "2026-05-05", ""),
        ("2026-05-06", "2026-05-02", ""),
        ("2025-05-01", "2027-05-01", "bcd"),
    ],
)
def test_r2_ends(first, last, found):
    for day, note in ((6, "d"), (2, "b"), (4, "c")):
        write("a", f"2026-05-{day:02}", note)
    assert "".join(note for _, note in days("a", first, last)) == found


def test_r2_order():
    for day, note in ((3, "z"), (1, "y"), (3, "a"), (2, "m"), (3, "k")):
        write("a", f"2026-05-{day:02}", note)
    found = days("a", "2026-05-01", "2026-05-31")
    assert [note for _, note in found] == ["y", "m", "z", "a", "k"]
    assert [day[-2:] for day, _ in found] == ["01", "02", "03", "03", "03"]


def test_r2_over_new_year_and_leap_day():
    for day in ("2023-12-31", "2024-01-01", "2024-02-29", "2024-03-01"):
        write("a", day, "n")
    assert len(days("a", "2023-12-31", "2024-01-01")) == 2
    assert days("a", "2024-02-28", "2024-02-29") == [("2024-02-29", "n")]


@pytest.mark.parametrize(
    "others", [("Rosemary", "Ros"), ("Rose/red", "Rose/"), ("Rose 2026-05-01", "rose")]
)
def test_r3_other_plants(others):
    write("Rose", "2026-05-01", "mine")
    for other in others:
        assert write(other, "2026-05-01", f"of {other}") == 1
    assert days("Rose", "2026-01-01", "2026-12-31") == [("2026-05-01", "mine")]
    for other in others:
        assert days(other, "2026-05-01", "2026-05-01") == [
            ("2026-05-01", f"of {other}")
        ]
    assert len(plants()) == 3


def test_r3_spaces():
    assert write("  Tall Palm\t", "2026-05-01", "n") == 1
    assert write("Tall Palm", "2026-05-02", "n") == 2
    assert write("TallPalm", "2026-05-02", "n") == 1
    assert len(days(" Tall Palm ", "2026-05-01", "2026-05-02")) == 2
    assert [each["plant"] for each in plants()] == ["Tall Palm", "TallPalm"]


def test_r3_no_notes():
    write("a", "2026-05-01", "n")
    assert days("b", "2026-05-01", "2026-05-01") == []
    assert len(plants()) == 1


def test_r4_order_count_and_newest():
    for plant, day in (("b", 3), ("a", 9), ("b", 1), ("C", 2), ("a", 4), ("ä", 5)):
        write(plant, f"2026-05-{day:02}", "n")
    assert [(p["plant"], p["notes"], p["newest"]) for p in plants()] == [
        ("C", 1, "2026-05-02"),
        ("a", 2, "2026-05-09"),
        ("b", 2, "2026-05-03"),
        ("ä", 1, "2026-05-05"),
    ]


def test_r4_newest_over_years():
    write("a", "2025-12-31", "n")
    write("a", "2026-01-01", "n")
    write("a", "2025-06-01", "n")
    assert plants() == [{"plant": "a", "notes": 3, "newest": "2026-01-01"}]


def test_r4_none():
    assert plants() == []


@pytest.mark.parametrize("day", ["2025-02-29", "2026-04-31", "", "today", "2026/05/01"])
def test_r5_days(day):
    write("a", "2026-05-01", "n")
    with pytest.raises(InputError):
        write("a", day, "n")
    with pytest.raises(InputError):
        look_up("a", day, "2026-05-01")
    with pytest.raises(InputError):
        look_up("a", "2026-05-01", day)
    assert write("a", "2026-05-01", "n") == 2


@pytest.mark.parametrize(
    ("plant", "note"), [("", "n"), ("\t ", "n"), ("b", ""), ("b", "\n")]
)
def test_r5_empty(plant, note):
    write("a", "2026-05-01", "n")
    with pytest.raises(InputError):
        write(plant, "2026-05-02", note)
    assert plants() == [{"plant": "a", "notes": 1, "newest": "2026-05-01"}]


def test_r5_looking_up_nothing():
    with pytest.raises(InputError):
        look_up("  ", "2026-05-01", "2026-05-02")


def test_r2_a_full_diary():
    written = []
    for n in range(160):
        plant, day = f"P{n * n % 7}", f"2026-{n * 5 % 12 + 1:02}-{n * 11 % 28 + 1:02}"
        written.append((plant, day, f"note {n}"))
        same = [each for each in written if each[0] == plant]
        assert write(*written[-1]) == len(same)
    for plant in sorted({plant for plant, _, _ in written}):
        for first, last in (("2026-03-05", "2026-08-20"), ("2026-01-01", "2026-12-31")):
            own = [w for w in written if w[0] == plant and first <= w[1] <= last]
            own.sort(key=lambda w: (w[1], int(w[2][5:])))
            assert days(plant, first, last) == [(day, note) for _, day, note in own]
