import pytest
from plugin import compare

from plugwright_sdk import InputError


def count(*pairs):
    return [{"thing": thing, "number": number} for thing, number in pairs]


def names(old, new):
    return [row["thing"] for row in compare(old, new)]


def test_r1_a_growing_thing():
    assert compare(count(("oil", 1)), count(("oil", 4))) == [
        {"thing": "oil", "before": 1, "after": 4, "change": 3}
    ]


def test_r1_a_shrinking_thing():
    assert compare(count(("oil", 4)), count(("oil", 1))) == [
        {"thing": "oil", "before": 4, "after": 1, "change": -3}
    ]


def test_r1_new_and_gone_things():
    found = compare(count(("oil", 2)), count(("tea", 7)))
    assert found == [
        {"thing": "tea", "before": 0, "after": 7, "change": 7},
        {"thing": "oil", "before": 2, "after": 0, "change": -2},
    ]


def test_r1_down_to_none():
    assert compare(count(("oil", 2)), count(("oil", 0)))[0]["after"] == 0


def test_r2_two_empty_lists():
    assert compare([], []) == []


def test_r2_sums_that_are_equal_are_no_change():
    old = count(("oil", 2), ("oil", 2))
    assert compare(old, count(("oil", 1), ("OIL", 3))) == []


def test_r2_none_is_the_same_as_missing():
    assert compare(count(("oil", 0)), count(("tea", 0))) == []


def test_r3_sums_on_both_sides():
    found = compare(count(("oil", 2), (" OIL", 3)), count(("Oil", 1), ("oil\t", 1)))
    assert [(row["before"], row["after"]) for row in found] == [(5, 2)]


def test_r3_letters_beyond_the_alphabet():
    assert compare(count(("ÄPFEL", 2)), count(("äpfel", 2))) == []


def test_r3_inner_spaces_make_another_thing():
    assert len(compare(count(("red wine", 1)), count(("redwine", 1)))) == 2


def test_r4_the_old_list_is_read_first():
    assert names(count(("OIL", 1)), count(("oil", 2))) == ["OIL"]


def test_r4_within_the_new_list_the_first_line_decides():
    assert names([], count((" Oil ", 0), ("oil", 2))) == ["Oil"]


def test_r5_up_and_down_are_mixed_by_size():
    old = count(("a", 10), ("b", 0), ("c", 5), ("d", 1))
    new = count(("a", 8), ("b", 9), ("c", 0), ("d", 2))
    assert names(old, new) == ["b", "c", "a", "d"]


def test_r5_ties_by_name_in_small_letters():
    old = count(("pear", 1), ("Zucchini", 1), ("apple", 1))
    assert names(old, count(("Bean", 1))) == ["apple", "Bean", "pear", "Zucchini"]


def test_r5_a_tie_of_up_and_down():
    assert names(count(("b", 3), ("a", 1)), count(("b", 1), ("a", 3))) == ["a", "b"]


@pytest.mark.parametrize("wrong", [("", 1), ("   ", 0), ("oil", -1)])
def test_r6_wrong_lines_are_refused_on_both_lists(wrong):
    with pytest.raises(InputError):
        compare(count(wrong), [])
    with pytest.raises(InputError):
        compare([], count(("tea", 1), wrong))


def test_r6_none_is_a_number():
    assert names(count(("oil", 0)), count(("oil", 1))) == ["oil"]


def test_r5_a_large_pantry():
    old = count(*[(f"Item {n:03}", (n * 37) % 11) for n in range(150)])
    new = count(*[(f"ITEM {n:03}", (n * 53) % 13) for n in range(20, 180)])
    wanted = []
    for n in range(180):
        before = (n * 37) % 11 if n < 150 else 0
        after = (n * 53) % 13 if n >= 20 else 0
        if before != after:
            wanted.append((-abs(after - before), n, before, after))
    found = compare(old, new)
    assert [(int(row["thing"][5:]), row["before"], row["after"]) for row in found] == [
        (n, before, after) for _, n, before, after in sorted(wanted)
    ]
