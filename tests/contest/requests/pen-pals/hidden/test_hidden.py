from itertools import pairwise

import pytest
from plugin import are_linked, circles

from plugwright_sdk import InputError


def post(text):
    pairs = (word.split(">") for word in text.split())
    return [{"sender": sender, "receiver": receiver} for sender, receiver in pairs]


def test_r1_direction_does_not_matter():
    assert circles([], post("a>b c>b")) == [["a", "b", "c"]]
    assert circles([], post("b>a b>c")) == [["a", "b", "c"]]


def test_r1_both_directions_and_repeats():
    assert circles([], post("a>b b>a a>b")) == [["a", "b"]]


def test_r1_two_circles_are_joined_late():
    assert circles([], post("a>b c>d e>f d>a")) == [["a", "b", "c", "d"], ["e", "f"]]


def test_r1_a_star():
    assert circles([], post("m>a m>b m>c z>m")) == [["a", "b", "c", "m", "z"]]


def test_r1_empty():
    assert circles([], []) == []


def test_r1_case_matters():
    assert circles(["Ann", "ann"], []) == [["Ann"], ["ann"]]


def test_r2_alone():
    assert circles(["Kai"], post("a>b")) == [["a", "b"], ["Kai"]]


def test_r2_letters_to_oneself():
    assert circles(["b", "a"], post("b>b c>c")) == [["a"], ["b"], ["c"]]


def test_r2_repeated_pupils():
    assert circles(["b", "b", "a", "b"], []) == [["a"], ["b"]]


def test_r3_names_in_a_circle():
    assert circles([], post("z>Z Z>ä ä>a")) == [["Z", "a", "z", "ä"]]


def test_r3_size_before_name():
    assert circles(["a", "b"], post("y>z c>x")) == [
        ["c", "x"],
        ["y", "z"],
        ["a"],
        ["b"],
    ]


def test_r4_linked_both_ways():
    chain = post("a>b b>c c>d")
    assert are_linked([], chain, "a", "d") is True
    assert are_linked([], chain, "d", "a") is True
    assert are_linked(["e"], chain, "e", "d") is False
    assert are_linked(["e"], chain, "d", "e") is False


def test_r4_oneself():
    assert are_linked([], post("a>b"), "b", "b") is True
    assert are_linked(["c"], post("a>b"), "c", "c") is True


@pytest.mark.parametrize(("one", "other"), [("a", "x"), ("x", "a"), ("x", "x")])
def test_r4_unknown(one, other):
    with pytest.raises(InputError):
        are_linked(["c"], post("a>b"), one, other)


def test_r1_a_long_chain():
    names = [f"n{n:03}" for n in range(300)]
    text = " ".join(f"{b}>{a}" for a, b in pairwise(names))
    assert circles([], post(text)) == [names]


def test_r3_many_circles():
    pupils = [f"{n:03}" for n in range(200)]
    pairs = [(a, a * 3 % 200) for a in range(0, 200, 2)] + [(5, 7), (9, 7), (11, 5)]
    label = list(range(200))
    for a, b in pairs:
        label = [label[a] if each == label[b] else each for each in label]
    wanted = {}
    for n, each in enumerate(label):
        wanted.setdefault(each, []).append(f"{n:03}")
    found = circles(pupils, post(" ".join(f"{a:03}>{b:03}" for a, b in pairs)))
    assert found == sorted(wanted.values(), key=lambda each: (-len(each), each[0]))
