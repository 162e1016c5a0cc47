import pytest
from plugin import kits_with, parts

from plugwright_sdk import InputError


def lines(text):
    pairs = (word.split("*") for word in text.split())
    return [{"item": item, "number": int(number)} for item, number in pairs]


def kits(text):
    found = []
    for kit in text.split(";"):
        name, _, contents = kit.strip().partition(":")
        found.append({"name": name, "contents": lines(contents)})
    return found


def needed(given, orders):
    return {line["item"]: line["number"] for line in parts(kits(given), lines(orders))}


def test_r1_a_flat_kit():
    assert needed("bag:cloth*2 zip*1", "bag*1") == {"cloth": 2, "zip": 1}


def test_r1_no_kits_at_all():
    assert parts([], lines("zip*4")) == [{"item": "zip", "number": 4}]


def test_r1_kits_in_any_order():
    assert needed("c:b*1;a:x*7;b:a*1", "c*1") == {"x": 7}
    assert needed("a:x*7;b:a*1;c:b*1", "c*1") == {"x": 7}


def test_r2_three_levels():
    assert needed("big:mid*2 x*1;mid:small*3;small:bead*4 x*1", "big*5") == {
        "bead": 120,
        "x": 35,
    }


def test_r2_several_ways_to_a_part():
    assert needed("a:b*2 c*3 x*1;b:c*4 x*1;c:x*5", "a*1") == {"x": 58}


def test_r2_repeated_lines():
    assert needed("a:x*1 y*1 x*1", "a*2 a*1 x*1") == {"x": 7, "y": 3}


def test_r3_plain_text_order():
    found = parts(kits("a:b*1 Z*1 ä*1"), lines("a*1"))
    assert found == lines("Z*1 b*1 ä*1")


def test_r3_nothing_ordered():
    assert parts(kits("a:b*1"), []) == []


@pytest.mark.parametrize(
    "given",
    [
        "a:a*1",
        "a:b*1;b:a*1",
        "a:x*1;b:a*1 c*1;c:d*1;d:b*1",
        "a:;b:b*2 a*1",
        "a:b*1;b:b*1",
    ],
)
def test_r4_circles(given):
    with pytest.raises(InputError):
        parts(kits(given), [])
    with pytest.raises(InputError):
        kits_with(kits(given), "x")


def test_r4_many_shared_kits_are_no_circle():
    assert needed("a:b*1 c*1 d*1;b:c*1 d*1;c:d*1;d:x*1", "a*1") == {"x": 4}


@pytest.mark.parametrize("number", [0, -1])
def test_r5_wrong_numbers(number):
    with pytest.raises(InputError):
        parts(kits("a:x*1"), lines(f"x*1 a*{number}"))
    with pytest.raises(InputError):
        parts(kits(f"a:y*1 x*{number}"), [])
    with pytest.raises(InputError):
        kits_with(kits(f"a:x*{number}"), "x")


def test_r5_one_name_twice():
    with pytest.raises(InputError):
        parts(kits("a:x*1;b:x*1;a:x*1"), [])
    with pytest.raises(InputError):
        kits_with(kits("a:x*1;a:y*1"), "x")


def test_r5_empty_kits():
    assert needed("e:;a:e*3 x*1", "a*2 e*9") == {"x": 2}


def test_r6_directly_and_over_others():
    given = kits("z:x*1;a:z*1;m:a*1 y*1;q:y*1")
    assert kits_with(given, "x") == ["a", "m", "z"]
    assert kits_with(given, "y") == ["m", "q"]
    assert kits_with(given, "a") == ["m"]


def test_r6_nobody_has_it():
    assert kits_with(kits("a:x*1"), "a") == []
    assert kits_with(kits("a:x*1"), "unknown") == []


def test_r2_powers_of_two():
    given = ";".join(f"k{n}:k{n + 1}*1 k{n + 1}*1" for n in range(40))
    assert needed(given, "k0*1") == {"k40": 2**40}


def test_r1_a_large_catalogue():
    contents = {
        n: [(m, 1 + n * m % 2) for m in (n + 1, n + 4, n + 9)] for n in range(50)
    }
    given = ";".join(
        f"i{n}:" + " ".join(f"i{m}*{k}" for m, k in each)
        for n, each in contents.items()
    )
    # Pushing numbers down in order of the names, without taking anything apart twice.
    amount = dict.fromkeys(range(60), 0)
    amount[0], amount[7] = 2, 5
    for n in range(50):
        for m, k in contents[n]:
            amount[m] += amount[n] * k
    wanted = {f"i{n}": amount[n] for n in range(50, 60) if amount[n]}
    assert needed(given, "i0*2 i7*5") == wanted
