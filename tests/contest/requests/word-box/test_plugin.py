import pytest
from plugin import add, answer, due_words

from plugwright_sdk import InputError


def test_r1_a_new_word_is_due_at_once():
    assert add("casa", "house", "2026-01-05") == 1
    assert due_words("2026-01-05") == ["casa"]


def test_r1_words_are_counted_and_there_once():
    add("casa", "house", "2026-01-05")
    with pytest.raises(InputError):
        add("casa", "home", "2026-01-06")
    assert add("gato", "cat", "2026-01-05") == 2


def test_r2_case_and_spaces_do_not_matter():
    add("casa", "House", "2026-01-05")
    assert answer("casa", " hOUSE ", "2026-01-05")["right"] is True


def test_r2_other_answers_are_wrong():
    add("casa", "house", "2026-01-05")
    assert answer("casa", "mouse", "2026-01-05")["right"] is False


def test_r3_up_to_box_five_and_back_to_one():
    add("casa", "house", "2026-01-01")
    boxes = []
    for day in ("01-01", "01-03", "01-07", "01-15", "01-31"):
        boxes.append(answer("casa", "house", f"2026-{day}")["box"])
    assert boxes == [2, 3, 4, 5, 5]
    assert answer("casa", "?", "2026-02-16")["box"] == 1


def test_r4_a_right_answer_comes_back_later():
    add("casa", "house", "2026-01-05")
    assert answer("casa", "house", "2026-01-05")["due"] == "2026-01-07"
    assert due_words("2026-01-06") == []
    assert due_words("2026-01-07") == ["casa"]


def test_r4_days_go_on_over_the_end_of_a_month():
    add("casa", "house", "2026-02-28")
    assert answer("casa", "?", "2026-02-28")["due"] == "2026-03-01"


def test_r4_the_day_of_answering_counts():
    add("casa", "house", "2026-01-05")
    assert answer("casa", "house", "2026-01-20")["due"] == "2026-01-22"


def test_r5_a_word_that_is_not_due_is_refused():
    add("casa", "house", "2026-01-05")
    with pytest.raises(InputError):
        answer("casa", "house", "2026-01-04")


def test_r5_an_unknown_word_is_refused():
    with pytest.raises(InputError):
        answer("casa", "house", "2026-01-05")


def test_r6_the_longest_due_come_first():
    add("b", "x", "2026-01-05")
    add("a", "x", "2026-01-05")
    add("c", "x", "2026-01-04")
    add("d", "x", "2026-01-07")
    assert due_words("2026-01-06") == ["c", "a", "b"]


@pytest.mark.parametrize("day", ["2026-02-30", "soon", ""])
def test_r7_what_is_no_day_is_refused(day):
    with pytest.raises(InputError):
        due_words(day)


def test_r7_empty_words_are_refused():
    with pytest.raises(InputError):
        add(" ", "house", "2026-01-05")
    with pytest.raises(InputError):
        add("casa", "", "2026-01-05")
