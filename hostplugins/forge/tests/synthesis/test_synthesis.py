"""Small programs are found from examples alone, the same ones every time."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from plugwright_forge.synthesis import synthesise
from plugwright_forge.synthesis.programs import Case, Limits

REFUSED = object()


class InputError(Exception):
    """As the guest API has it."""


def case(gives, **arguments):
    if gives is REFUSED:
        return Case(arguments=arguments, refuses=True)
    return Case(arguments=arguments, gives=gives)


def called(body, parameters, arguments):
    lines = "\n".join(f"    {line}" for line in body.lines)
    names = {"InputError": InputError, "Counter": Counter}
    exec(f"def f({', '.join(parameters)}):\n{lines}\n", names)
    try:
        return names["f"](**json.loads(json.dumps(arguments)))
    except InputError:
        return REFUSED


MATHS, ART = {"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}
BREAD, MILK = {"price": 2, "count": 3}, {"price": 1, "count": 4}
TASKS = {
    "a sum": [case(3, a=1, b=2), case(12, a=5, b=7), case(0, a=0, b=0)],
    "a title": [case("Hello World", text="hello world"), case("Ab C", text=" ab c")],
    "the longest lesson": [
        case(ART, lessons=[MATHS, ART]),
        case(MATHS, lessons=[MATHS]),
        case(ART, lessons=[ART, MATHS]),
        case(REFUSED, lessons=[]),
    ],
    "a bill": [
        case(10, items=[BREAD, MILK]),
        case(5, items=[{"price": 5, "count": 1}]),
        case(0, items=[]),
    ],
    "how often": [
        case({"a": 2, "b": 1}, words=["a", "b", "a"]),
        case({"x": 1}, words=["x"]),
        case({}, words=[]),
    ],
    "the first few in order": [
        case(["a", "b"], names=["b", "a", "c"], most=2),
        case(["z"], names=["z"], most=2),
        case(["p"], names=["q", "p", "r"], most=1),
    ],
    "a bracket in a text": [
        case("21(", n=12),
        case("4(", n=4),
        case("577(", n=775),
    ],
    "odd or even": [
        case("odd", n=1),
        case("even", n=2),
        case("odd", n=7),
        case("even", n=10),
    ],
}


@pytest.mark.parametrize("task", TASKS)
def test_what_is_found_does_what_every_example_says(task):
    cases = TASKS[task]
    parameters = list(cases[0].arguments)
    found = synthesise(parameters, cases)
    assert found
    for body in found:
        for each in cases:
            wanted = REFUSED if each.refuses else each.gives
            assert called(body, parameters, each.arguments) == wanted


def test_the_simplest_is_found_first():
    (body, *_) = synthesise(["a", "b"], TASKS["a sum"])
    assert body.lines == ("return a + b",)


def test_it_holds_beyond_the_examples():
    (body, *_) = synthesise(["items"], TASKS["a bill"])
    items = [{"price": 7, "count": 8}, BREAD, BREAD]
    assert called(body, ["items"], {"items": items}) == 68


def test_numbers_in_the_requirements_are_tried():
    cases = [case(total < 37, total=total) for total in (1, 36, 37, 90)]
    (body, *_) = synthesise(["total"], cases, "Below 37 it is not free.")
    assert "37" in body.lines[-1]
    assert called(body, ["total"], {"total": 35}) is True


def test_the_same_question_has_the_same_answer():
    first = synthesise(["words"], TASKS["how often"])
    assert first == synthesise(["words"], TASKS["how often"])


@pytest.mark.parametrize(
    "cases",
    [
        [],
        [case(1, a=1)],
        [case(REFUSED, a=1), case(REFUSED, a=2)],
        [case(1, b=1), case(2, b=2)],
    ],
)
def test_of_too_little_nothing_is_made(cases):
    assert synthesise(["a"], cases) == ()


def test_what_no_small_program_does_ends_without_one():
    chaos = [case(value, n=n) for n, value in enumerate((3, 141, 59, 26, 535, 897))]
    assert synthesise(["n"], chaos, limits=Limits(size=4, tries=3000)) == ()


def test_refusals_without_a_rule_are_not_guessed():
    cases = [case(1, n=1), case(4, n=2), case(REFUSED, n=7), case(49, n=8)]
    cases += [case(REFUSED, n=11), case(REFUSED, n=2)]
    assert synthesise(["n"], cases, limits=Limits(size=3, tries=2000)) == ()
