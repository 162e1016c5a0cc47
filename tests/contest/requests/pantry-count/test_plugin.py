import pytest
from plugin import compare

from plugwright_sdk import InputError


def lines(**numbers):
    return [{"thing": thing, "number": number} for thing, number in numbers.items()]


def test_r1_more_and_less():
    assert compare(lines(rice=2), lines(rice=5)) == [
        {"thing": "rice", "before": 2, "after": 5, "change": 3}
    ]
    assert compare(lines(rice=5), lines(rice=2))[0]["change"] == -3


def test_r1_a_missing_thing_counts_as_none():
    assert compare(lines(jam=1), []) == [
        {"thing": "jam", "before": 1, "after": 0, "change": -1}
    ]
    assert compare([], lines(jam=1))[0]["before"] == 0


def test_r2_what_stayed_is_left_out():
    found = compare(lines(rice=2, jam=1), lines(rice=2, jam=0))
    assert [row["thing"] for row in found] == ["jam"]


def test_r2_none_on_both_is_no_change():
    assert compare(lines(jam=0), []) == []


def test_r3_lines_of_a_thing_are_added_up():
    old = [{"thing": "Rice", "number": 1}, {"thing": "rice ", "number": 2}]
    assert compare(old, lines(RICE=5))[0]["before"] == 3


def test_r3_case_does_not_matter():
    assert compare(lines(Rice=2), lines(rIcE=2)) == []


def test_r4_the_first_spelling_is_shown():
    old = [{"thing": " Rice", "number": 1}, {"thing": "RICE", "number": 2}]
    assert compare(old, lines(rice=5))[0]["thing"] == "Rice"


def test_r5_the_biggest_change_comes_first():
    found = compare(lines(a=1, b=9, c=3), lines(a=2, b=1, c=6))
    assert [row["thing"] for row in found] == ["b", "c", "a"]


def test_r5_equal_changes_are_ordered_by_name():
    found = compare(lines(b=1, C=2), lines(a=1, b=2, C=1))
    assert [row["thing"] for row in found] == ["a", "b", "C"]


def test_r6_a_number_below_none_is_refused():
    with pytest.raises(InputError):
        compare(lines(a=-1), [])


def test_r6_an_empty_name_is_refused():
    with pytest.raises(InputError):
        compare([], [{"thing": "  ", "number": 1}])
