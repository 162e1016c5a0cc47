import pytest
from plugin import scale_recipe

from plugwright_sdk import InputError


def scaled(line, servings=4, wanted=6):
    (found,) = scale_recipe([line], servings, wanted)
    return found


def test_r1_the_amount_changes_and_the_rest_stays():
    lines = ["4 cups  flour, sifted", "  2 eggs"]
    assert scale_recipe(lines, 4, 6) == ["6 cups  flour, sifted", "  3 eggs"]


@pytest.mark.parametrize(
    ("amount", "doubled"),
    [
        ("2", "4"),
        ("3/4", "1 1/2"),
        ("0.25", "1/2"),
        ("½", "1"),
        ("1 1/2", "3"),
        ("1½", "3"),
        ("1 ¾", "3 1/2"),
        ("⅔", "1 1/3"),
    ],
)
def test_r2_amounts(amount, doubled):
    assert scaled(f"{amount} cups", 2, 4) == f"{doubled} cups"


def test_r2_letters_may_follow_directly():
    assert scaled("500g rice", 4, 2) == "250g rice"


def test_r3_ranges():
    assert scaled("2-3 eggs", 4, 8) == "4-6 eggs"
    assert scaled("1/2–1 1/2 cups", 4, 8) == "1–3 cups"


def test_r3_a_hyphen_alone_is_no_range():
    assert scaled("2-inch piece") == "3-inch piece"
    assert scaled("2 - 4 eggs") == "3 - 4 eggs"


@pytest.mark.parametrize(
    ("line", "wanted", "expected"),
    [("1 egg", 1, "1/3 egg"), ("1 egg", 4, "1 1/3 egg"), ("2/4 egg", 3, "1/2 egg")],
)
def test_r4_lowest_terms(line, wanted, expected):
    assert scaled(line, 3, wanted) == expected


def test_r4_nothing_stays_nothing():
    assert scaled("0 nuts") == "0 nuts"


@pytest.mark.parametrize("line", ["salt", "", "  ", "about 2 eggs", "-2 eggs"])
def test_r5_lines_without_an_amount(line):
    assert scaled(line) == line


def test_r5_no_lines():
    assert scale_recipe([], 4, 6) == []


@pytest.mark.parametrize(("servings", "wanted"), [(0, 4), (4, 0), (-1, 4)])
def test_r6_nobody_is_refused(servings, wanted):
    with pytest.raises(InputError):
        scale_recipe([], servings, wanted)


@pytest.mark.parametrize("line", ["1/0 cup", "1 1/0 cup", "1-2/0 cups"])
def test_r6_a_zero_below_is_refused(line):
    with pytest.raises(InputError):
        scaled(line)
