import pytest
from plugin import top_words

from plugwright_sdk import InputError


def top(text, n=100, *ignored):
    return [(c["word"], c["count"]) for c in top_words(text, n, list(ignored))]


def test_r1_words_are_counted_without_capitals():
    assert top("Rain, rain and RAIN") == [("rain", 3), ("and", 1)]


def test_r2_apostrophes_and_hyphens_inside_belong_to_a_word():
    assert top("don't well-known") == [("don't", 1), ("well-known", 1)]


def test_r2_apostrophes_and_hyphens_outside_do_not():
    assert top("'rain' -rain- rain' rain--rain") == [("rain", 5)]


def test_r2_digits_and_signs_separate():
    assert top("a1b_c.d") == [("a", 1), ("b", 1), ("c", 1), ("d", 1)]


def test_r2_letters_of_any_language():
    assert top("Öl öl été") == [("öl", 2), ("été", 1)]


def test_r3_both_apostrophes_are_the_same():
    assert top("don’t don't") == [("don't", 2)]


def test_r4_ignored_words_do_not_count():
    assert top("The sun and the rain", 100, "AND", "the") == [("rain", 1), ("sun", 1)]


def test_r4_only_the_whole_word_is_ignored():
    assert top("don't don", 100, "don") == [("don't", 1)]
    assert top("don't don", 100, "Don’t") == [("don", 1)]


def test_r5_by_count_and_then_by_letters():
    assert top("pear fig fig apple pear date") == [
        ("fig", 2),
        ("pear", 2),
        ("apple", 1),
        ("date", 1),
    ]


def test_r6_no_more_than_were_asked_for():
    assert top("a a a b b c", 2) == [("a", 3), ("b", 2)]


def test_r6_all_that_share_the_last_place():
    assert top("a a b c", 2) == [("a", 2), ("b", 1), ("c", 1)]


def test_r6_fewer_words_than_asked_for_and_none():
    assert top("a b", 3) == [("a", 1), ("b", 1)]
    assert top("", 3) == []
    assert top("a b", 0) == []


def test_r6_less_than_none_is_refused():
    with pytest.raises(InputError):
        top("a b", -1)
