from fractions import Fraction

import pytest
from plugin import averages

from plugwright_sdk import InputError


def report(text):
    lines = []
    for word in text.split():
        pupil, subject, mark = word.split("/")
        lines.append({"pupil": pupil, "subject": subject, "mark": int(mark)})
    return averages(lines)


def test_r1_a_whole_report():
    assert report("Kim/art/1 Lou/art/2 Kim/sport/5") == {
        "subjects": [
            {"name": "art", "marks": 2, "average": "1.5"},
            {"name": "sport", "marks": 1, "average": "5.0"},
        ],
        "pupils": [
            {"name": "Kim", "marks": 2, "average": "3.0"},
            {"name": "Lou", "marks": 1, "average": "2.0"},
        ],
    }


def test_r1_lines_of_a_subject_need_not_be_together():
    assert report("A/x/1 A/y/6 B/x/3")["subjects"][0] == {
        "name": "x",
        "marks": 2,
        "average": "2.0",
    }


def test_r1_the_same_line_twice_counts_twice():
    assert report("A/x/1 A/x/1 A/x/4")["subjects"][0]["average"] == "2.0"


def test_r2_no_average_of_averages():
    assert report("A/x/1 A/x/1 A/x/1 A/y/5")["pupils"][0]["average"] == "2.0"


def test_r2_pupils_are_kept_apart():
    found = report("A/x/1 B/x/6 A/y/2 B/y/5")["pupils"]
    assert [(each["name"], each["average"]) for each in found] == [
        ("A", "1.5"),
        ("B", "5.5"),
    ]


def test_r2_a_subject_named_as_a_pupil():
    found = report("A/A/1 B/A/3")
    assert found["pupils"][0]["average"] == "1.0"
    assert found["subjects"][0]["average"] == "2.0"


@pytest.mark.parametrize(
    ("marks", "average"),
    [
        ("3 3 3 4", "3.3"),
        ("1 1 1 2", "1.3"),
        ("5 6 6 6", "5.8"),
        ("2 2 2 2 2 2 2 3", "2.1"),
        ("4 4 5", "4.3"),
        ("4 5 5", "4.7"),
        ("1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2", "1.1"),
        ("6 6 6 6 6 6 6 6 6 6 6 6 6 6 6 6 6 6 6 6 5", "6.0"),
    ],
)
def test_r3_rounding(marks, average):
    text = " ".join(f"A/x/{mark}" for mark in marks.split())
    assert report(text)["subjects"][0]["average"] == average
    assert report(text)["pupils"][0]["average"] == average


def test_r3_the_average_is_text():
    assert report("A/x/3")["pupils"][0]["average"] == "3.0"


def test_r4_subjects_in_plain_text_order():
    found = report("A/maths/1 A/Music/1 A/art/1 A/Äsop/1")["subjects"]
    assert [each["name"] for each in found] == ["Music", "art", "maths", "Äsop"]


def test_r4_pupils_as_they_come():
    found = report("Z/x/1 a/x/1 Z/y/1 M/x/1")["pupils"]
    assert [each["name"] for each in found] == ["Z", "a", "M"]


@pytest.mark.parametrize("mark", [-3, 0, 7, 10])
def test_r5_wrong_marks(mark):
    with pytest.raises(InputError):
        report(f"A/x/3 A/x/{mark}")


def test_r5_the_best_and_the_worst_mark_are_allowed():
    assert report("A/x/1 A/x/6")["pupils"][0]["average"] == "3.5"


def test_r5_empty():
    assert report("") == {"subjects": [], "pupils": []}


def test_r3_a_large_class():
    words = [
        (f"P{n % 31}", f"S{n * n % 9}", 1 + (n * 17 + n // 5) % 6) for n in range(600)
    ]
    found = report(" ".join(f"{p}/{s}/{m}" for p, s, m in words))
    for kind, column in (("pupils", 0), ("subjects", 1)):
        assert sum(each["marks"] for each in found[kind]) == 600
        for each in found[kind]:
            own = [word[2] for word in words if word[column] == each["name"]]
            off = Fraction(each["average"]) - Fraction(sum(own), len(own))
            assert each["marks"] == len(own)
            assert Fraction(-1, 20) < off <= Fraction(1, 20)
