import pytest
from plugin import rows

from plugwright_sdk import InputError


def test_r1_one_word():
    assert rows("open", 4, 1) == ["OPEN"]


def test_r1_exactly_full():
    assert rows("hot soup of the day", 8, 3) == ["HOT SOUP", " OF THE", "  DAY"]


def test_r1_one_letter_too_many():
    assert rows("hot soups", 8, 3) == ["  HOT", " SOUPS"]


def test_r1_marks_are_letters_too():
    assert rows("it's 5 o'clock, tea?", 9, 4) == [" IT'S 5", "O'CLOCK,", "  TEA?"]


def test_r1_short_words_stay_together():
    assert rows("a b c d e f", 5, 2) == ["A B C", "D E F"]


def test_r2_sharp_s_in_the_middle():
    assert rows("süße straße", 6, 3) == ["SÜSSE", "STRASS", "  E"]


def test_r2_accents_stay():
    assert rows("crème brûlée", 12, 1) == ["CRÈME BRÛLÉE"]


def test_r3_pieces_of_a_long_word():
    assert rows("gingerbread", 4, 3) == ["GING", "ERBR", "EAD"]
    assert rows("gingerbread", 11, 1) == ["GINGERBREAD"]
    assert rows("gingerbread", 10, 2) == ["GINGERBREA", "    D"]


def test_r3_a_word_of_twice_the_width_leaves_nothing_over():
    assert rows("lemonade ok", 4, 3) == ["LEMO", "NADE", " OK"]


def test_r3_a_row_before_is_not_filled_up():
    assert rows("my lemonade", 5, 3) == [" MY", "LEMON", " ADE"]


def test_r3_after_its_end_words_go_on():
    assert rows("raspberry is in it", 7, 3) == ["RASPBER", " RY IS", " IN IT"]


def test_r3_width_one():
    assert rows("ab c", 1, 3) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("width", "spaces"), [(2, 0), (3, 0), (4, 1), (5, 1), (6, 2), (20, 9)]
)
def test_r4_spaces_before(width, spaces):
    assert rows("ok", width, 1) == [" " * spaces + "OK"]


def test_r5_spaces_of_every_kind():
    assert rows("\n one \r\n\r\n two   three\t", 9, 2) == [" ONE TWO", "  THREE"]


def test_r5_no_words():
    assert rows("", 1, 1) == []
    assert rows("\t \n", 3, 1) == []


@pytest.mark.parametrize(("width", "height"), [(0, 5), (-1, 5), (5, 0), (5, -1)])
def test_r6_no_board(width, height):
    with pytest.raises(InputError):
        rows("ok", width, height)
    with pytest.raises(InputError):
        rows("", width, height)


def test_r6_too_many_rows():
    assert rows("one two three", 5, 3) == [" ONE", " TWO", "THREE"]
    with pytest.raises(InputError):
        rows("one two three", 5, 2)
    with pytest.raises(InputError):
        rows("gingerbread", 4, 2)


def test_r1_a_whole_poem_letter_by_letter():
    words = ["word"[: 1 + n % 4] + "x" * (n * 7 % 13) for n in range(60)]
    expected, row = [], ""
    for word in words:
        if row and len(row) + 1 + len(word) <= 10:
            row += " " + word
            continue
        expected += [row] if row else []
        row = ""
        for letter in word:
            if len(row) == 10:
                expected.append(row)
                row = ""
            row += letter
    expected.append(row)
    found = rows("\n".join(words), 10, 80)
    assert [line.strip() for line in found] == [line.upper() for line in expected]
    for line in found:
        assert line.index(line.strip()) == (10 - len(line.strip())) // 2
