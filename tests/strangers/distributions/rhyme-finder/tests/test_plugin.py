from plugin import rhymes

from plugwright_sdk.testing import stored


def test_words_with_the_same_end_rhyme():
    assert rhymes("night", "what a light in the night") == ["light"]
    assert stored("asked") == 1


def test_a_word_does_not_rhyme_with_itself():
    assert rhymes("night", "night after night") == []
