import pytest
from plugin import find, remove, save

from plugwright_sdk import InputError
from plugwright_sdk.testing import stored


def box(**tags):
    for title, words in tags.items():
        save(title, words.split(), f"How to make {title}")


@pytest.mark.parametrize(
    "again", ["RED STEW", " Red Stew", "red\t stew\n", "rEd  stew"]
)
def test_r1_the_same_title(again):
    save("Red Stew", [], "one")
    assert save(again, [], "two") == "replaced"
    assert len(find([])) == 1


@pytest.mark.parametrize("other", ["RedStew", "Red-Stew", "Red Stews", "Réd Stew"])
def test_r1_another_title(other):
    save("Red Stew", [], "one")
    assert save(other, [], "two") == "new"
    assert len(find([])) == 2


def test_r1_capital_letters_with_dots():
    assert save("ÄPFEL", [], "x") == "new"
    assert save("äpfel", [], "x") == "replaced"


def test_r2_stored():
    save("Red\n Stew", ["b", "A"], " hot ")
    assert stored("recipe/red stew") == {
        "title": "Red Stew",
        "tags": ["a", "b"],
        "text": " hot ",
    }


def test_r2_replaced_as_a_whole():
    box(stew="hot red", pie="hot")
    assert save("STEW", ["cold"], "new text") == "replaced"
    assert stored("recipe/stew") == {
        "title": "STEW",
        "tags": ["cold"],
        "text": "new text",
    }
    assert find(["hot"]) == ["pie"]
    assert find(["cold"]) == ["STEW"]


def test_r2_a_title_with_a_stroke():
    box(**{"a": "x", "a/b": "x"})
    assert stored("recipe/a/b")["title"] == "a/b"
    assert remove("a") is True
    assert find(["x"]) == ["a/b"]


def test_r3_tags():
    save("Stew", ["", "  ", "Hot ", "hOT", "a b", "ä", "z"], "x")
    assert stored("recipe/stew")["tags"] == ["a b", "hot", "z", "ä"]


def test_r3_no_tags():
    save("Stew", [" "], "x")
    assert stored("recipe/stew")["tags"] == []
    assert find([]) == ["Stew"]


def test_r4_all_of_them():
    box(a="x y z", b="x y", c="x", d="y")
    assert find(["x"]) == ["a", "b", "c"]
    assert find(["y", "x"]) == ["a", "b"]
    assert find(["z", "y", "x"]) == ["a"]
    assert find(["x", "nothing"]) == []


def test_r4_tags_are_cleaned_in_the_question():
    box(a="x y", b="x")
    assert find([" X", "x", "", "  "]) == ["a", "b"]
    assert find([""]) == ["a", "b"]


def test_r4_whole_tags_only():
    box(a="quick", b="quickly")
    assert find(["quick"]) == ["a"]


def test_r4_order():
    box(**{"b": "", "A": "", "a b": "", "C": "", "ä": "", "Z": ""})
    assert find([]) == ["A", "a b", "b", "C", "Z", "ä"]


def test_r5_removing():
    box(a="x", b="x")
    assert remove(" A ") is True
    assert remove("a") is False
    assert find(["x"]) == ["b"]
    assert stored("recipe/a") is None
    assert save("a", ["x"], "again") == "new"
    assert find(["x"]) == ["a", "b"]


@pytest.mark.parametrize("title", ["", "  ", "unknown", "b c"])
def test_r5_nothing_to_remove(title):
    box(b="x", bc="x")
    assert remove(title) is False
    assert find([]) == ["b", "bc"]


@pytest.mark.parametrize(
    "title", ["", " ", "\n\t", "y" * 81, "y" * 40 + " " + "y" * 40]
)
def test_r6_refused(title):
    with pytest.raises(InputError):
        save(title, ["x"], "text")
    assert find([]) == []


def test_r6_spaces_do_not_make_it_too_long():
    title = "y" * 40 + " " * 9 + "y" * 39
    assert save(f"  {title}  ", [], "x") == "new"
    assert stored(f"recipe/{'y' * 40} {'y' * 39}")["text"] == "x"


def test_r4_a_large_box():
    wanted = {}
    for n in range(150):
        title = f"Dish {n * 7 % 101:03}"
        tags = {f"t{k}" for k in range(2, 8) if n % k == 0}
        known = title in wanted
        assert save(title.upper(), sorted(tags), "x") == (
            "replaced" if known else "new"
        )
        wanted[title] = tags
        if n % 13 == 0:
            assert remove(title) is True
            del wanted[title]
    for given in (["t2"], ["t3", "t2"], ["t7", "t5"], ["t2", "t3", "t4"], []):
        hits = sorted(t.upper() for t, tags in wanted.items() if tags >= set(given))
        assert find(given) == hits
