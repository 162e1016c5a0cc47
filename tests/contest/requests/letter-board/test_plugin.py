import pytest
from plugin import rows

from plugwright_sdk import InputError


def test_r1_words_fill_the_rows():
    assert rows("big red bus now", 7, 3) == ["BIG RED", "BUS NOW"]


def test_r1_a_word_that_does_not_fit_goes_into_the_next_row():
    assert rows("big brown bus", 9, 3) == ["BIG BROWN", "   BUS"]
    assert rows("big brown bus", 8, 3) == ["  BIG", " BROWN", "  BUS"]


def test_r2_capitals_are_measured():
    assert rows("grüße an", 6, 2) == ["GRÜSSE", "  AN"]
    assert rows("aß", 2, 2) == ["AS", "S"]


def test_r3_a_long_word_is_cut():
    assert rows("lemonade", 3, 3) == ["LEM", "ONA", "DE"]


def test_r3_a_long_word_begins_its_own_row_and_others_follow_its_end():
    assert rows("we lemonade so", 6, 3) == ["  WE", "LEMONA", "DE SO"]


def test_r4_rows_are_centred():
    assert rows("tea", 7, 1) == ["  TEA"]


def test_r4_more_to_the_left_than_to_the_right():
    assert rows("tea", 6, 1) == [" TEA"]
    assert rows("tea", 4, 1) == ["TEA"]


def test_r5_any_space_separates_words():
    assert rows("  big\n\nred\t bus ", 11, 1) == ["BIG RED BUS"]


@pytest.mark.parametrize("text", ["", " \n "])
def test_r5_a_text_without_words(text):
    assert rows(text, 5, 1) == []


@pytest.mark.parametrize(("width", "height"), [(0, 1), (1, 0), (-3, 3)])
def test_r6_a_board_without_letters_is_refused(width, height):
    with pytest.raises(InputError):
        rows("", width, height)


def test_r6_a_text_that_does_not_fit_is_refused():
    assert rows("a b", 1, 2) == ["A", "B"]
    with pytest.raises(InputError):
        rows("a b c", 1, 2)
