from math import gcd

import pytest
from plugin import scale_recipe

from plugwright_sdk import InputError


def scaled(line, servings, wanted):
    (found,) = scale_recipe([line], servings, wanted)
    return found


def test_r1_all_lines_in_order():
    lines = ["3 eggs", "salt", "3 eggs", "6 figs"]
    assert scale_recipe(lines, 3, 2) == ["2 eggs", "salt", "2 eggs", "4 figs"]


def test_r1_only_the_first_amount_changes():
    assert scaled("2 tins of 400 g", 1, 2) == "4 tins of 400 g"
    assert scaled("2 1 kg bags", 1, 2) == "4 1 kg bags"


def test_r1_spaces_stay():
    assert scaled("   1 \t cup ", 1, 3) == "   3 \t cup "


def test_r1_nothing_follows():
    assert scaled("7", 1, 2) == "14"


@pytest.mark.parametrize(
    ("amount", "tripled"),
    [
        ("12", "36"),
        ("11/2", "16 1/2"),
        ("1.25", "3 3/4"),
        ("0.10", "3/10"),
        ("¼", "3/4"),
        ("⅓", "1"),
        ("¾", "2 1/4"),
        ("10½", "31 1/2"),
        ("2   1/3", "7"),
        ("2  ⅔", "8"),
        ("1 3/2", "7 1/2"),
    ],
)
def test_r2_every_way_of_writing(amount, tripled):
    assert scaled(f"{amount} x", 1, 3) == f"{tripled} x"


def test_r2_the_longest_amount():
    assert scaled("1 1/2/3", 1, 2) == "3/3"
    assert scaled("1.5.5", 1, 2) == "3.5"
    assert scaled("½½", 1, 2) == "1½"


def test_r2_a_point_or_slash_that_belongs_to_nothing():
    assert scaled("1. Salt", 1, 2) == "2. Salt"
    assert scaled("1/ 2", 1, 2) == "2/ 2"
    assert scaled("1 /2", 1, 2) == "2 /2"


def test_r2_letters_after_every_form():
    lines = ["250ml", "½l", "1 1/2kg", "0.5kg"]
    assert scale_recipe(lines, 2, 4) == ["500ml", "1l", "3kg", "1kg"]


def test_r3_ranges_of_every_form():
    lines = ["1½-2½ l", "1/4-1/2 cup", "0.5–1.5 kg", "100-200g", "1 1/2-2 1/2 x"]
    expected = ["3-5 l", "1/2-1 cup", "1–3 kg", "200-400g", "3-5 x"]
    assert scale_recipe(lines, 1, 2) == expected


def test_r3_spaces_make_no_range():
    assert scaled("2 -3 eggs", 1, 2) == "4 -3 eggs"
    assert scaled("2- 3 eggs", 1, 2) == "4- 3 eggs"


def test_r3_only_two_amounts_are_a_range():
    assert scaled("1-2-3 eggs", 1, 2) == "2-4-3 eggs"
    assert scaled("1--2 eggs", 1, 2) == "2--2 eggs"


def test_r4_written_shortly():
    lines = ["6 a", "4 a", "3 a", "2/6 a", "8/4 a"]
    assert scale_recipe(lines, 6, 5) == [
        "5 a",
        "3 1/3 a",
        "2 1/2 a",
        "5/18 a",
        "1 2/3 a",
    ]


def test_r4_the_same_number_of_people_still_rewrites_amounts():
    lines = ["0.5 l", "1½ l", "4/2 l", "007 l", "0 l", "0/3 l"]
    assert scale_recipe(lines, 5, 5) == ["1/2 l", "1 1/2 l", "2 l", "7 l", "0 l", "0 l"]


def test_r5_not_at_the_beginning():
    lines = ["", " ", "some 2 eggs", "-1 egg", "–1 egg", ".5 l", "/2 l", "\t2 eggs"]
    assert scale_recipe(lines, 1, 2) == lines


@pytest.mark.parametrize(("servings", "wanted"), [(0, 1), (1, 0), (-2, 2), (2, -2)])
def test_r6_nobody(servings, wanted):
    with pytest.raises(InputError):
        scale_recipe(["salt"], servings, wanted)


@pytest.mark.parametrize("line", ["3/0", "0/0 x", "2 1/0 x", "1/2-1/0 x", "4/00 x"])
def test_r6_zero_below(line):
    with pytest.raises(InputError):
        scale_recipe(["1 egg", line], 1, 2)


def test_r6_zero_below_where_no_amount_is():
    assert scaled("salt 1/0", 1, 2) == "salt 1/0"


def test_r4_many_amounts_by_hand():
    for above in range(1, 25):
        for below in (1, 2, 3, 8):
            top, bottom = above * 6, below * 4
            shared = gcd(top, bottom)
            top, bottom = top // shared, bottom // shared
            whole, rest = top // bottom, top % bottom
            parts = [str(whole)] if whole else []
            parts += [f"{rest}/{bottom}"] if rest else []
            assert scaled(f"{above}/{below} cup", 4, 6) == " ".join(parts) + " cup"
