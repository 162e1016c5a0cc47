import pytest
from plugin import put, state, tick

from plugwright_sdk import InputError


def pack(text):
    """`hat*2` puts two hats on the list, `hat` ticks one off."""
    for word in text.split():
        thing, star, pieces = word.partition("*")
        if star:
            put(thing, int(pieces))
        else:
            tick(thing)


def now():
    found = state()
    rows = " ".join(f"{each['thing']}*{each['pieces']}" for each in found["missing"])
    return rows, found["percent"]


def test_r1_totals():
    assert [put("cup", pieces) for pieces in (1, 4, 2)] == [1, 5, 7]
    assert put("fork", 2) == 2


def test_r1_after_packing():
    pack("cup*2 cup cup")
    assert put("cup", 3) == 5
    assert now() == ("cup*3", 40)


def test_r2_same_names():
    pack("Cup*1 CUP*1 cup*1")
    put("  cUp\t", 1)
    assert now() == ("Cup*4", 0)
    assert tick("\tCUP ") == 3


def test_r2_other_names():
    assert [put(name, 1) for name in ("cup", "cups", "c up", "cúp")] == [1, 1, 1, 1]
    assert len(state()["missing"]) == 4


def test_r2_letters_with_dots():
    pack("ÖL*1 öl")
    assert now() == ("", 100)


def test_r3_down_to_none():
    put("cup", 3)
    assert [tick("cup"), tick("cup"), tick("cup")] == [2, 1, 0]
    with pytest.raises(InputError):
        tick("cup")
    assert now() == ("", 100)


@pytest.mark.parametrize("thing", ["fork", "", " ", "cu"])
def test_r3_unknown(thing):
    put("cup", 1)
    with pytest.raises(InputError):
        tick(thing)
    assert now() == ("cup*1", 0)


def test_r3_others_are_not_touched():
    pack("cup*2 fork*2 fork")
    assert now() == ("cup*2 fork*1", 25)


def test_r4_order():
    pack("z*1 a*2 m*1 a*1 z*1 m")
    assert now() == ("z*2 a*3", 16)


def test_r4_many_things_keep_their_order():
    names = [f"t{n * 7 % 25}" for n in range(25)]
    pack(" ".join(f"{name}*1" for name in names))
    assert now() == (" ".join(f"{name}*1" for name in names), 0)


def test_r4_back_in_the_old_place():
    pack("a*1 b*1 c*1 b b*2")
    assert now() == ("a*1 b*2 c*1", 20)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("a*1", 0),
        ("a*200 a", 0),
        ("a*99 b*1 b", 1),
        ("a*7 a a", 28),
        ("a*6 a a a a a", 83),
        ("a*2 b*1 a a", 66),
        ("a*1 a", 100),
        ("a*2 b*2 a a b", 75),
    ],
)
def test_r5_percent(text, percent):
    pack(text)
    assert now()[1] == percent


def test_r5_nearly_all():
    pack("a*200" + " a" * 199)
    assert now() == ("a*1", 99)


def test_r5_empty():
    assert now() == ("", 0)


@pytest.mark.parametrize(("thing", "pieces"), [("", 1), ("\t", 2), ("a", 0), ("a", -1)])
def test_r6_refused(thing, pieces):
    pack("a*2 a")
    with pytest.raises(InputError):
        put(thing, pieces)
    assert now() == ("a*1", 50)


def test_r5_a_big_bag():
    pieces, packed = {}, {}
    for n in range(200):
        name = f"thing {n * n % 17}"
        if n % 3 == 0:
            pieces[name] = pieces.get(name, 0) + n % 5 + 1
            assert put(name.title(), n % 5 + 1) == pieces[name]
        elif pieces.get(name, 0) > packed.get(name, 0):
            packed[name] = packed.get(name, 0) + 1
            assert tick(name) == pieces[name] - packed[name]
        else:
            with pytest.raises(InputError):
                tick(name)
    found = state()
    assert found["percent"] == int(100 * sum(packed.values()) / sum(pieces.values()))
    assert [(row["thing"], row["pieces"]) for row in found["missing"]] == [
        (name.title(), pieces[name] - packed.get(name, 0))
        for name in pieces
        if pieces[name] > packed.get(name, 0)
    ]
