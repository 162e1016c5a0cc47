import pytest
from plugin import averages

from plugwright_sdk import InputError


def line(pupil, subject, mark):
    return {"pupil": pupil, "subject": subject, "mark": mark}


def test_r1_marks_of_a_subject_are_averaged():
    found = averages([line("Ann", "art", 1), line("Ben", "art", 4)])
    assert found["subjects"] == [{"name": "art", "marks": 2, "average": "2.5"}]


def test_r1_subjects_are_kept_apart():
    found = averages([line("Ann", "art", 1), line("Ann", "music", 4)])
    assert [each["average"] for each in found["subjects"]] == ["1.0", "4.0"]


def test_r2_marks_of_a_pupil_are_averaged_over_subjects():
    found = averages([line("Ann", "art", 1), line("Ann", "music", 4)])
    assert found["pupils"] == [{"name": "Ann", "marks": 2, "average": "2.5"}]


def test_r2_every_mark_counts_the_same():
    marks = [line("Ann", "art", 1), line("Ann", "music", 4), line("Ann", "music", 4)]
    assert averages(marks)["pupils"][0]["average"] == "3.0"


def test_r3_halves_are_rounded_up():
    marks = [line("Ann", "art", mark) for mark in (2, 2, 2, 3)]
    assert averages(marks)["pupils"][0]["average"] == "2.3"


def test_r3_other_averages_go_to_the_nearest():
    thirds = [line("Ann", "art", mark) for mark in (1, 1, 2)]
    assert averages(thirds)["subjects"][0]["average"] == "1.3"


def test_r3_whole_averages_have_a_digit_too():
    assert averages([line("Ann", "art", 6)])["subjects"][0]["average"] == "6.0"


def test_r4_order():
    found = averages([line("Zoe", "music", 1), line("Ann", "art", 2)])
    assert [each["name"] for each in found["pupils"]] == ["Zoe", "Ann"]
    assert [each["name"] for each in found["subjects"]] == ["art", "music"]


@pytest.mark.parametrize("mark", [0, 7, -1])
def test_r5_other_marks_are_refused(mark):
    with pytest.raises(InputError):
        averages([line("Ann", "art", mark)])


def test_r5_nothing_gives_nothing():
    assert averages([]) == {"subjects": [], "pupils": []}
