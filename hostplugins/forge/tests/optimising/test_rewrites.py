"""Rewrites say the same faster, and are not offered where they might not."""

from __future__ import annotations

import ast

import pytest

from plugwright_forge.optimising import rewrites


def only(code: str, name: str) -> str:
    [found] = [each for each in rewrites(code) if each.name == name]
    ast.parse(found.code)
    return found.code


def ran(code: str, *arguments: object) -> object:
    space: dict[str, object] = {}
    exec(code, space)
    return space["f"](*arguments)


MEMBERSHIP = """\
def f(words: list[str], stop: list[str]):
    found = []
    for word in words:
        if word not in stop:  # ünïcödé
            found.append(word)
    return found
"""
SEEN = """\
def f(words):
    seen: list[str] = []  # in their order
    for word in words:
        if word in seen:
            continue
        seen.append(word)
    return seen
"""
COUNTING = """\
def f(words: list[str]):
    return [word for word in words if words.count(word) > 1]
"""
ENDS = """\
def f(words: list[str]):
    return sorted(words, key=len)[0], sorted(words, key=len, reverse=True)[0]
"""
HOISTING = """\
def f(words: list[str], best: list[str]):
    total = 0
    for word in words:
        total += len(word) if word == "no" else int(max(best) > word)
    return total
"""
JOINING = """\
def f(words):
    text = ""
    for word in words:
        if word:
            text += word + "é"
    return text
"""
REMEMBERING = """\
def f(n: int) -> int:
    if n < 2:
        return 1
    return f(n - 1) + f(n - 2)
"""


@pytest.mark.parametrize(
    ("name", "code", "arguments", "has"),
    [
        ("membership", MEMBERSHIP, (["a", "b", "c"], ["b"]), "stop_known = set(stop)"),
        ("seen", SEEN, (["a", "b", "a"],), "        seen_known.add(word)\n"),
        ("counting", COUNTING, (["a", "b", "a"],), "words_counts[word] > 1"),
        ("hoisting", HOISTING, (["a", "z"], ["b", "c"]), "best_max = max(best)"),
        ("joining", JOINING, (["a", "", "b"],), 'text = "".join(text_parts)'),
        ("remembering", REMEMBERING, (12,), "@lru_cache(maxsize=10_000)\ndef f"),
    ],
)
def test_a_rewrite_says_the_same(name, code, arguments, has):
    new = only(code, name)

    assert has in new
    assert ran(new, *arguments) == ran(code, *arguments)


def test_what_is_asked_for_each_of_an_order_is_asked_again_and_again():
    code = (
        "def f(words: list[str]):\n"
        "    return sorted(words, key=lambda word: -words.count(word))\n"
    )
    new = only(code, "counting")

    assert "lambda word: -words_counts[word]" in new
    assert ran(new, ["a", "b", "b"]) == ["b", "b", "a"]


def test_one_of_an_order_needs_no_sorting():
    first, second = [each.code for each in rewrites(ENDS) if each.name == "ends"]

    assert "min(words, key=len), sorted" in first
    assert "max(words, key=len)" in second
    for new in (first, second):
        assert ran(new, ["bb", "a", "cc", "d"]) == ("a", "bb")


def test_comments_and_layout_stay():
    assert "  # ünïcödé\n" in only(MEMBERSHIP, "membership")
    assert "= []  # in their order\n" in only(SEEN, "seen")


def test_a_name_that_is_taken_is_not_taken_again():
    code = MEMBERSHIP.replace("found", "stop_known")
    assert "stop_known_ = set(stop)" in only(code, "membership")


@pytest.mark.parametrize(
    "code",
    [
        MEMBERSHIP.replace("found.append", "stop.append"),  # it changes in the loop
        MEMBERSHIP.replace("stop: list[str]", "stop: str"),  # a part of a text
        MEMBERSHIP.replace("found.append", "change(stop)"),  # nobody knows
        SEEN.replace("continue", "seen.remove(word)"),
        SEEN.replace("return seen", "keep(seen)"),
        SEEN.replace("seen.append(word)", "seen.append(next_word())"),
        COUNTING.replace("list[str]", "str"),
        HOISTING.replace("total += len(word)", "best = sorted(word)"),
        HOISTING.replace("len(word)", "add(best)"),
        JOINING.replace("if word:", "if word and text:"),
        JOINING.replace('text = ""', 'text = "x"'),
        REMEMBERING.replace("return 1", "return len(storage)"),
        REMEMBERING.replace("-> int", "-> list"),
        "@command\n" + REMEMBERING,
        ENDS.replace("[0]", "[1]"),
        ENDS.replace("[0]", "[-1]"),
        "def f(x: list):\n    return lambda y: x.count(y)\n",  # called who knows when
        "def f(x: list):\n    for y in x:\n        g(lambda z: max(z))\n",
        "def f(x: list):\n    return 1 in x\n",  # asked once
        "def f(:\n",
        "x = '" + "\0" + "'",
    ],
)
def test_nothing_is_offered_where_it_might_not_be_the_same(code):
    assert rewrites(code) == ()


def test_what_a_loop_goes_over_is_worked_out_once_already():
    code = "def f(x: list[int]):\n    for n in sorted(x):\n        print(n)\n"
    assert rewrites(code) == ()
    assert rewrites("def f(x: list[int]):\n    return [n for n in sorted(x)]\n") == ()
