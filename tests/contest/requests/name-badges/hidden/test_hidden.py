import pytest
from plugin import badges

from plugwright_sdk import InputError


def test_r1_one_person():
    assert badges(["Ivo Novak"]) == ["Ivo N."]


def test_r1_the_order_stays():
    assert badges(["Zoe Adams", "Ada Zorn", "Max Mann"]) == [
        "Zoe A.",
        "Ada Z.",
        "Max M.",
    ]


def test_r1_two_middle_names_and_hyphens():
    assert badges(["Jean-Luc de la Tour", "Ana-Mia Lopez-Garcia"]) == [
        "Jean-Luc T.",
        "Ana-Mia L.",
    ]


def test_r2_the_same_last_name_with_another_first_name_is_no_rival():
    assert badges(["Tom Berg", "Tim Berg", "Tam Bergmann"]) == [
        "Tom B.",
        "Tim B.",
        "Tam B.",
    ]


def test_r2_three_rivals():
    assert badges(["Eva Stein", "Eva Stern", "Eva Sturm"]) == [
        "Eva Stei.",
        "Eva Ster.",
        "Eva Stu.",
    ]


def test_r2_twins_among_rivals():
    assert badges(["Eva Stein", "Eva Lu Stein", "Eva Sturm"]) == [
        "Eva Ste.",
        "Eva Ste.",
        "Eva Stu.",
    ]


def test_r2_middle_names_tell_nobody_apart():
    assert badges(["Eva Anna Stein", "Eva Berta Stein"]) == ["Eva S.", "Eva S."]


def test_r3_one_is_the_beginning_of_the_next():
    assert badges(["Jo Lee", "Jo Leeds", "Jo L"]) == ["Jo Lee", "Jo Leed.", "Jo L"]


def test_r3_the_last_letter_differs():
    assert badges(["Jo Mann", "Jo Mans"]) == ["Jo Mann", "Jo Mans"]


def test_r3_all_but_the_last_letter_is_enough():
    assert badges(["Jo Mann", "Jo Mast"]) == ["Jo Man.", "Jo Mas."]


def test_r3_two_letters():
    assert badges(["Jo Xu", "Bo Xu", "Bo Xi"]) == ["Jo X.", "Bo Xu", "Bo Xi"]


def test_r4_letters_with_accents():
    assert badges(["Zoë Émile", "Zoë Etta", "Zoe Ems"]) == [
        "Zoë É.",
        "Zoë E.",
        "Zoe E.",
    ]


def test_r4_small_letters_stay_small():
    assert badges(["eva stein", "Eva stern", "Eva Stern"]) == [
        "eva s.",
        "Eva s.",
        "Eva S.",
    ]


def test_r5_a_single_name_is_nobodys_rival():
    assert badges(["Berg", "Cher", "Cher Bono", "Cher Bella"]) == [
        "Berg",
        "Cher",
        "Cher Bo.",
        "Cher Be.",
    ]


def test_r5_odd_spaces():
    assert badges(["\tEva \n Stein", "Eva  Maria   Sturm  "]) == [
        "Eva Ste.",
        "Eva Stu.",
    ]


@pytest.mark.parametrize("names", [[""], ["Eva Stein", " "], ["\n", "Eva Stein"]])
def test_r6_no_name_at_all(names):
    with pytest.raises(InputError):
        badges(names)


def test_r6_nobody_comes():
    assert badges([]) == []


def test_r2_a_big_club():
    lasts = [
        a + b + c for a in "ABa" for b in ("e", "ei", "o") for c in ("", "n", "nd")
    ]
    expected = []
    for last in lasts:
        sharing = [
            [other.startswith(last[:n]) for other in lasts].count(True)
            for n in range(1, len(last) + 1)
        ]
        n = sharing.index(1) + 1 if 1 in sharing else len(last)
        expected.append(f"Eva {last}" if n == len(last) else f"Eva {last[:n]}.")
    assert badges([f"Eva {last}" for last in lasts]) == expected
