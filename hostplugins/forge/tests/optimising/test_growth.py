"""Growth is told from differences, and only from inputs that are answered."""

from __future__ import annotations

from math import log2

import pytest

from plugwright.judging import Call
from plugwright_forge.optimising import growths
from plugwright_forge.optimising.inputs import growing, longer
from plugwright_forge.optimising.workshop import Seen

BASE = 3_000_000
WORDS = Call(command="look", arguments={"words": ["b", "a"], "by": "name"})
NUMBER = Call(command="look", arguments={"number": 1, "exact": True})


class Counting:
    """A workshop in which fuel follows from the size of the input."""

    def __init__(self, fuel, *, answers=lambda size: True, most=float("inf")):
        self.fuel, self.answers, self.most = fuel, answers, most

    def seen(self, key, code, stories):
        return tuple(self._seen(story[0]) for story in stories)

    def _seen(self, call):
        given = call.arguments
        size = len(given["words"]) if "words" in given else given["number"]
        fuel = BASE + round(self.fuel(size))
        over = fuel > self.most
        return Seen(
            outputs=("",),
            fuel=min(fuel, self.most),
            answered=self.answers(size) and not over,
            whole=0 if over else 1,
        )


@pytest.mark.parametrize(
    ("fuel", "is_fast"),
    [
        (lambda n: 0, False),
        (lambda n: 50_000 * n, False),
        (lambda n: 9_000 * n * log2(n), False),
        (lambda n: 200 * n**2, True),
        (lambda n: 60_000 * n + 120 * n**2, True),
        (lambda n: 60_000 * n + 20 * n**2, False),
        (lambda n: n**3, True),
    ],
)
def test_what_grows_faster_than_n_log_n_is_told_from_what_does_not(fuel, is_fast):
    [found] = growths(Counting(fuel), "", [WORDS])

    assert found.is_fast is is_fast
    assert found.command == "look"
    assert len(found.story[0].arguments["words"]) == 512


def test_numbers_grow_where_nothing_else_can():
    doubling = Counting(lambda n: 5_000 * 2**n)
    linear = Counting(lambda n: 900_000 * n)

    assert growths(doubling, "", [NUMBER])[0].is_fast
    assert not growths(linear, "", [NUMBER])[0].is_fast


def test_what_runs_out_of_its_quota_grows_fast_enough():
    [found] = growths(Counting(lambda n: 900 * n**2, most=60_000_000), "", [WORDS])

    assert found.is_fast
    assert "ran out of its quota" in found.in_words()
    assert len(found.story[0].arguments["words"]) == 128


def test_of_inputs_that_are_refused_nothing_is_known():
    fuel = lambda n: 900 * n**2  # noqa: E731 (one line says it)

    assert growths(Counting(fuel, answers=lambda n: False), "", [WORDS]) == []
    assert growths(Counting(fuel, answers=lambda n: n < 200), "", [WORDS]) == []
    assert growths(Counting(fuel), "", []) == []
    assert growths(Counting(fuel), "", [Call(command="look")]) == []


def test_a_text_grows_only_where_there_is_no_list():
    assert growing({"words": ["a"], "by": "name"}) == [("words",)]
    assert growing({"words": [], "by": "name"}) == [("by",)]
    assert growing({"by": "", "number": 3}) == []


def test_a_list_in_an_object_grows_too():
    arguments = {"plan": {"name": "a", "days": [1], "more": {"xs": [2]}}, "n": 1}
    places = growing(arguments)

    assert places == [("plan", "days"), ("plan", "more", "xs")]
    assert longer(arguments, places, lambda value: value * 2) == {
        "plan": {"name": "a", "days": [1, 1], "more": {"xs": [2, 2]}},
        "n": 1,
    }
