import pytest
from plugin import look_up, plants, write

from plugwright_sdk import InputError


def january(plant, first=1, last=31):
    found = look_up(plant, f"2026-01-{first:02}", f"2026-01-{last:02}")
    return [note["note"] for note in found]


def test_r1_notes_are_counted():
    assert write("Fern", "2026-01-05", "watered") == 1
    assert write("Fern", "2026-01-05", "watered") == 2
    assert write("Rose", "2026-01-05", "watered") == 1


def test_r1_spaces_around_a_note_are_dropped():
    write("Fern", "2026-01-05", "  new leaf \n")
    assert january("Fern") == ["new leaf"]


def test_r2_first_and_last_day_are_included():
    for day in (1, 3, 5, 7):
        write("Fern", f"2026-01-{day:02}", f"note {day}")
    assert january("Fern", 3, 5) == ["note 3", "note 5"]


def test_r2_notes_are_ordered_by_day_then_as_written():
    write("Fern", "2026-01-05", "b")
    write("Fern", "2026-01-05", "a")
    write("Fern", "2026-01-02", "c")
    assert look_up("Fern", "2026-01-01", "2026-01-31") == [
        {"day": "2026-01-02", "note": "c"},
        {"day": "2026-01-05", "note": "b"},
        {"day": "2026-01-05", "note": "a"},
    ]


def test_r2_a_time_that_ends_before_it_begins_has_no_notes():
    write("Fern", "2026-01-05", "x")
    assert january("Fern", 5, 4) == []


def test_r3_names_that_begin_alike_are_different():
    for plant in ("Rose", "Rosemary", "Rose/red"):
        write(plant, "2026-01-05", plant)
    assert january("Rose") == ["Rose"]
    assert january("Rose/red") == ["Rose/red"]


def test_r3_spaces_around_a_name_do_not_count_but_case_does():
    write(" Fern ", "2026-01-05", "x")
    assert january("Fern") == ["x"]
    assert january("fern") == []


def test_r4_plants_are_listed():
    write("Rose", "2026-01-05", "x")
    write("Fern", "2026-01-09", "x")
    write("Fern", "2026-01-07", "x")
    assert plants() == [
        {"plant": "Fern", "notes": 2, "newest": "2026-01-09"},
        {"plant": "Rose", "notes": 1, "newest": "2026-01-05"},
    ]


def test_r4_at_first_there_is_none():
    assert plants() == []


@pytest.mark.parametrize("day", ["2026-02-29", "yesterday"])
def test_r5_what_is_no_day_is_refused(day):
    with pytest.raises(InputError):
        write("Fern", day, "x")
    with pytest.raises(InputError):
        look_up("Fern", day, "2026-01-05")
    with pytest.raises(InputError):
        look_up("Fern", "2026-01-05", day)


def test_r5_empty_names_and_notes_are_refused():
    with pytest.raises(InputError):
        write(" ", "2026-01-05", "x")
    with pytest.raises(InputError):
        write("Fern", "2026-01-05", " ")
    assert plants() == []
