import pytest
from plugin import borrow, bring_back, toys_of

from plugwright_sdk import InputError


def play(script):
    """`train>Kim` borrows, `<train` brings back; the answers as one text."""
    said = []
    for word in script.split():
        try:
            if word[0] == "<":
                said.append(bring_back(word[1:]) or "-")
            else:
                said.append(borrow(*word.split(">")))
        except InputError:
            said.append("no")
    return " ".join(said)


def test_r1_lent_and_waiting():
    assert play("a>A a>B b>B a>C") == "lent waiting lent waiting"


def test_r1_who_borrows_from_the_shelf_no_longer_waits():
    assert play("x>B y>B a>A a>B <a <x a>B <a") == ("lent lent lent waiting - - lent -")


def test_r1_lines_are_of_one_toy():
    assert play("a>A b>A a>B b>C <b <a") == "lent lent waiting waiting C B"


def test_r2_a_third_toy():
    assert play("a>A b>A c>A") == "lent lent no"
    assert toys_of("A") == ["a", "b"]
    assert borrow("c", "B") == "lent"


def test_r2_after_bringing_one_back():
    assert play("a>A b>A c>A <a c>A") == "lent lent no - lent"
    assert toys_of("A") == ["b", "c"]


def test_r2_waiting_with_two():
    assert play("a>A b>A c>B c>A <a <c") == "lent lent lent waiting - A"


def test_r3_first_come_first_served():
    assert play("a>A a>D a>B a>C <a <a <a <a") == (
        "lent waiting waiting waiting D B C -"
    )


def test_r3_passing_over_keeps_the_place():
    script = "x>B y>B a>A a>B a>C a>D <a <x <a <a"
    assert play(script) == "lent lent lent waiting waiting waiting C - B D"


def test_r3_one_toy_at_home_is_no_hindrance():
    assert play("x>B a>A a>B <a") == "lent lent waiting B"
    assert toys_of("B") == ["x", "a"]
    assert toys_of("A") == []


def test_r3_the_one_who_brings_it_back_can_wait_again():
    assert play("a>A a>B <a a>A <a <a") == "lent waiting B waiting A -"


def test_r4_shelf():
    assert play("a>A <a a>A <a <a") == "lent - lent - no"


def test_r4_all_who_wait_have_two():
    assert play("x>B y>B a>A a>B <a a>C <x <a") == ("lent lent lent waiting - lent - B")


def test_r4_nothing_is_given_out_by_itself():
    play("x>B y>B a>A a>B <a <x")
    assert toys_of("B") == ["y"]


def test_r5_having_it_already():
    assert play("a>A a>A a>B a>B a>A") == "lent no waiting no no"
    assert play("<a <a") == "B -"


def test_r5_a_waiting_child_with_two_is_refused_at_the_shelf():
    assert play("x>B y>B a>A a>B <a a>B <x a>B") == (
        "lent lent lent waiting - no - lent"
    )


@pytest.mark.parametrize("script", ["<a", "a>A <b", "a>A <a <a"])
def test_r5_nothing_to_bring_back(script):
    assert play(script).endswith("no")


def test_r6_in_the_order_they_came():
    play("z>A a>A <z z>A")
    assert toys_of("A") == ["a", "z"]
    play("b>B m>C m>B <m")
    assert toys_of("B") == ["b", "m"]
    assert toys_of("X") == []


def test_r7_refusals_change_nothing():
    assert play("a>A b>A c>A a>A <c") == "lent lent no no no"
    assert toys_of("A") == ["a", "b"]
    assert play("c>B <a") == "lent -"


def test_r7_exact_names():
    assert play("a>A A>A a>a") == "lent lent waiting"


def test_r3_a_busy_year_keeps_every_rule():
    toys, children = "abcdef", "ABCDEFGH"
    shelf, homes, lines = set(toys), {c: [] for c in children}, {t: [] for t in toys}
    for n in range(260):
        toy, child = toys[(n * n + n // 5) % 6], children[(n * 7 + n // 3) % 8]
        if n % 3 == 2:
            if toy in shelf:
                wanted = "no"
            else:
                for held in homes.values():
                    if toy in held:
                        held.remove(toy)
                able = [c for c in lines[toy] if len(homes[c]) < 2]
                wanted = able[0] if able else "-"
                if able:
                    lines[toy].remove(able[0])
                    homes[able[0]].append(toy)
                else:
                    shelf.add(toy)
            assert play(f"<{toy}") == wanted
            continue
        if toy in shelf and len(homes[child]) < 2:
            wanted = "lent"
            shelf.remove(toy)
            homes[child].append(toy)
            lines[toy] = [c for c in lines[toy] if c != child]
        elif toy in shelf or toy in homes[child] or child in lines[toy]:
            wanted = "no"
        else:
            wanted = "waiting"
            lines[toy].append(child)
        assert play(f"{toy}>{child}") == wanted
    assert {child: toys_of(child) for child in children} == homes
