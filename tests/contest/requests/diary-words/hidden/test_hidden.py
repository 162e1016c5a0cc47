import pytest
from plugin import top_words

from plugwright_sdk import InputError


def top(text, n=1000, *ignored):
    return [(c["word"], c["count"]) for c in top_words(text, n, list(ignored))]


def words(text, *ignored):
    return [word for word, _ in top(text, 1000, *ignored)]


def test_r1_the_answer_says_word_and_count():
    assert top_words("Tea TEA tea", 1, []) == [{"word": "tea", "count": 3}]


def test_r1_over_several_lines():
    assert top("tea\nmilk\r\ntea\tmilk tea") == [("tea", 3), ("milk", 2)]


def test_r2_only_between_two_letters():
    assert words("a' 'b c- -d e'f g-h") == ["a", "b", "c", "d", "e'f", "g-h"]


def test_r2_two_signs_in_a_row_separate():
    assert words("a''b c--d e'-f") == ["a", "b", "c", "d", "e", "f"]


def test_r2_several_in_one_word():
    assert words("mother-in-law's rock'n'roll") == ["mother-in-law's", "rock'n'roll"]


def test_r2_one_letter_between_two_signs():
    assert words("x-y-z") == ["x-y-z"]


def test_r2_next_to_a_digit_they_separate():
    assert words("a-1 b'2 3-c u2") == ["a", "b", "c", "u"]


def test_r2_underscores_and_dots_separate():
    assert words("snow_man e.g. x/y") == ["e", "g", "man", "snow", "x", "y"]


def test_r2_other_alphabets():
    assert top("Мир мир ΑΒΓ") == [("мир", 2), ("αβγ", 1)]


def test_r3_curly_ones_are_written_straight():
    assert top("it’s IT'S o’clock") == [("it's", 2), ("o'clock", 1)]


def test_r4_in_any_case_and_twice():
    assert words("To be or not to be", "TO", "to", "Or", "absent") == ["be", "not"]


def test_r4_parts_of_words_are_not_ignored():
    assert words("well well-known known", "well", "known") == ["well-known"]


def test_r4_ignored_words_take_no_place():
    assert top("a a a b b c", 1, "a") == [("b", 2)]


def test_r5_ties_by_letters():
    assert top("zoo ärger apple Zebra") == [
        ("apple", 1),
        ("zebra", 1),
        ("zoo", 1),
        ("ärger", 1),
    ]


def test_r5_counts_come_first():
    assert top("a b b c c c") == [("c", 3), ("b", 2), ("a", 1)]


@pytest.mark.parametrize(
    ("n", "length"), [(0, 0), (1, 1), (2, 4), (3, 4), (4, 4), (5, 6), (6, 6), (9, 6)]
)
def test_r6_the_last_place_is_shared(n, length):
    assert len(top("a a a b b c c d d e f", n)) == length


def test_r6_nothing_to_list():
    assert top("", 5) == []
    assert top("... 42 -", 5) == []
    assert top("tea", 5, "tea") == []


@pytest.mark.parametrize("n", [-1, -10])
def test_r6_refused(n):
    with pytest.raises(InputError):
        top("tea", n)


def test_r6_a_long_diary():
    vocabulary = ["sun", "rain", "snow", "wind", "fog", "ice", "hail", "dew"]
    diary = [vocabulary[n * n % 8] for n in range(200)] + ["fog", "ice"] * 3
    diary += [vocabulary[n % 3] for n in range(50)]
    ranked = sorted({(-diary.count(word), word) for word in vocabulary})
    expected = [(word, -count) for count, word in ranked if count]
    fourth = expected[3][1]
    found = top(" ... ".join(diary).title(), 4)
    assert found == [(word, count) for word, count in expected if count >= fourth]
