import pytest
from plugin import badges

from plugwright_sdk import InputError


def test_r1_first_name_and_letter():
    assert badges(["Anna Berg", "Tom Hill"]) == ["Anna B.", "Tom H."]


def test_r1_names_in_the_middle_are_left_out():
    assert badges(["Anna Maria Sofie Berg"]) == ["Anna B."]


def test_r2_as_many_letters_as_are_needed():
    assert badges(["Anna Berg", "Anna Bauer"]) == ["Anna Be.", "Anna Ba."]


def test_r2_each_has_its_own_length():
    names = ["Anna Berg", "Anna Bern", "Anna Bauer", "Anna Hill"]
    assert badges(names) == ["Anna Berg", "Anna Bern", "Anna Ba.", "Anna H."]


def test_r2_the_same_name_twice_is_not_told_apart():
    assert badges(["Anna Berg", "Anna Eva Berg"]) == ["Anna B.", "Anna B."]


def test_r3_the_whole_last_name_has_no_point():
    assert badges(["Anna Berg", "Anna Bergmann"]) == ["Anna Berg", "Anna Bergm."]


def test_r3_a_last_name_of_one_letter():
    assert badges(["Li X"]) == ["Li X"]


def test_r4_capitals_make_a_difference():
    assert badges(["anna Berg", "Anna Bauer"]) == ["anna B.", "Anna B."]
    assert badges(["Anna Berg", "Anna bauer"]) == ["Anna B.", "Anna b."]


def test_r5_one_word():
    assert badges(["Anna", "Anna Berg"]) == ["Anna", "Anna B."]


def test_r5_spaces_do_not_matter():
    assert badges(["  Anna   Berg "]) == ["Anna B."]


@pytest.mark.parametrize("nothing", ["", "   "])
def test_r6_an_empty_name_is_refused(nothing):
    with pytest.raises(InputError):
        badges(["Anna Berg", nothing])


def test_r6_no_names():
    assert badges([]) == []
