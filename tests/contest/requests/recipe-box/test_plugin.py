import pytest
from plugin import find, remove, save

from plugwright_sdk import InputError
from plugwright_sdk.testing import stored


def test_r1_case_and_spaces_make_no_other_recipe():
    assert save("Apple Pie", [], "old") == "new"
    assert save("  apple   PIE", [], "new") == "replaced"
    assert find([]) == ["apple PIE"]


def test_r1_titles_with_other_words_are_others():
    save("Apple Pie", [], "x")
    save("Applepie", [], "x")
    assert len(find([])) == 2


def test_r2_a_recipe_is_kept_under_its_title():
    save(" Apple  Pie ", ["sweet"], "Take apples.")
    assert stored("recipe/apple pie") == {
        "title": "Apple Pie",
        "tags": ["sweet"],
        "text": "Take apples.",
    }


def test_r2_nothing_of_the_old_recipe_is_left():
    save("Pie", ["sweet"], "old")
    save("pie", ["salty"], "new")
    assert find(["sweet"]) == []
    assert stored("recipe/pie") == {"title": "pie", "tags": ["salty"], "text": "new"}


def test_r3_tags_are_cleaned():
    save("Pie", [" Sweet", "sweet", "", "apple"], "x")
    assert stored("recipe/pie")["tags"] == ["apple", "sweet"]


def test_r4_every_tag_is_needed():
    save("Pie", ["sweet", "quick"], "x")
    save("Jam", ["sweet"], "x")
    assert find(["sweet"]) == ["Jam", "Pie"]
    assert find([" QUICK", "sweet"]) == ["Pie"]
    assert find(["sweet", "hot"]) == []


def test_r4_without_tags_all_are_found_by_title():
    for title in ("pie", "Bread", "apple", "Zwieback"):
        save(title, [], "x")
    assert find([]) == ["apple", "Bread", "pie", "Zwieback"]


def test_r4_at_first_nothing_is_found():
    assert find([]) == []


def test_r5_a_recipe_is_dropped():
    save("Apple Pie", ["sweet"], "x")
    assert remove("apple  pie") is True
    assert find(["sweet"]) == []
    assert stored("recipe/apple pie") is None


def test_r5_what_is_not_there_cannot_be_dropped():
    assert remove("pie") is False


@pytest.mark.parametrize("title", ["", " \t", "x" * 81])
def test_r6_wrong_titles_are_refused(title):
    with pytest.raises(InputError):
        save(title, [], "x")


def test_r6_eighty_characters_are_fine():
    assert save("x" * 80, [], "x") == "new"
