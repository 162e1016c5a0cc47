import pytest
from plugin import ranking

from plugwright_sdk import InputError


def ranked(note):
    return [(rank["place"], rank["name"], rank["hundredths"]) for rank in ranking(note)]


def test_r1_one_swimmer_per_line():
    assert ranking("Mia 58.40") == [{"place": 1, "name": "Mia", "hundredths": 5840}]


def test_r1_names_of_several_words_and_odd_spaces():
    assert ranked("  Anna   Maria Berg \t 59.99 ") == [(1, "Anna Maria Berg", 5999)]


def test_r1_empty_lines_are_skipped():
    assert ranked("\nMia 58.40\n  \n") == [(1, "Mia", 5840)]
    assert ranked("") == []


@pytest.mark.parametrize(
    ("time", "hundredths"),
    [
        ("58.4", 5840),
        ("58,04", 5804),
        ("1:02,35", 6235),
        ("1:02", 6200),
        ("75", 7500),
        ("12:00.5", 72050),
    ],
)
def test_r2_times(time, hundredths):
    assert ranked(f"Mia {time}") == [(1, "Mia", hundredths)]


def test_r3_the_fastest_first():
    assert ranked("A 1:00\nB 59.99\nC 1:00.01") == [
        (1, "B", 5999),
        (2, "A", 6000),
        (3, "C", 6001),
    ]


def test_r3_the_same_place_and_one_left_out():
    assert ranked("A 61\nC 59\nB 1:01.0\nD 70") == [
        (1, "C", 5900),
        (2, "A", 6100),
        (2, "B", 6100),
        (4, "D", 7000),
    ]


def test_r4_no_result_comes_last():
    assert ranked("A dns\nB DQ\nC 59\nD Dns") == [
        (1, "C", 5900),
        (None, "A", None),
        (None, "B", None),
        (None, "D", None),
    ]


@pytest.mark.parametrize(
    "line",
    ["Mia", "58.4", "Mia 1:60", "Mia 1:5.00", "Mia 58.", "Mia 58.400", "Mia fast"],
)
def test_r5_what_cannot_be_read_is_refused(line):
    with pytest.raises(InputError, match="line 1"):
        ranking(line)


def test_r5_the_number_of_the_line_counts_empty_ones():
    with pytest.raises(InputError, match="line 3"):
        ranking("Mia 58.4\n\nLeo\nBo")
