"""Students err as often as they are told to, with real mistakes, always the same."""

from __future__ import annotations

import ast
from random import Random

import pytest
from contest.students import (
    REQUESTS,
    Pupil,
    Teacher,
    broken,
    misjudged,
    repaired,
    shown_program,
    student,
)

from plugwright.providers import Message, Request, Sampling

NAMES = sorted(path.name for path in REQUESTS.iterdir() if path.is_dir())


def asked(role, seed=0, n=0):
    return Request(
        role=role,
        template=f"{role}/1",
        messages=(Message("user", f"the {n}th"),),
        sampling=Sampling(seed=seed),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_program_with_bugs_is_still_a_program_and_another_one(name):
    source = (REQUESTS / name / "plugin.py").read_text("utf-8")
    wrong = {broken(source, Random(seed)) for seed in range(6)}
    assert len(wrong) >= 3
    for each in wrong:
        ast.parse(each)
        assert ast.dump(ast.parse(each)) != ast.dump(ast.parse(source))


def test_as_many_programs_are_wrong_as_was_said():
    team = student(NAMES[0], 0.3, seed=7)
    good = {Teacher(NAMES[0]).complete(asked("implementer", n)).text for n in (0, 1)}
    right = sum(
        team.complete(asked("implementer", n % 2, n)).text in good for n in range(100)
    )
    assert 10 <= right <= 55  # 30 is expected; beyond this is one of a million


def test_the_same_student_says_the_same():
    first, again = (student(NAMES[1], 0.3, seed=5) for _ in "ab")
    for n in range(5):
        request = asked("implementer", n)
        assert first.complete(request).text == again.complete(request).text


def test_tests_are_wrong_one_by_one():
    source = (REQUESTS / NAMES[2] / "test_plugin.py").read_text("utf-8")
    assert misjudged(source, Random(1), 0.0) == source
    few = misjudged(source, Random(1), 0.2)
    many = misjudged(source, Random(1), 1.0)
    changed = [
        sum(a != b for a, b in zip(source.split("\n"), each.split("\n"), strict=True))
        for each in (few, many)
    ]
    assert 0 < changed[0] < changed[1]


@pytest.mark.parametrize("role", ["requirements-analyst", "architect"])
def test_other_roles_make_no_mistakes(role):
    team = student(NAMES[0], 0.0, seed=1)
    assert (
        team.complete(asked(role)).text == Teacher(NAMES[0]).complete(asked(role)).text
    )


class Alone:
    """Nobody who misunderstands in the same way."""

    def programs(self, request):
        return ()


def said(pupil, *requests):
    return [pupil.complete(each).text for each in requests]


def test_the_same_turn_of_a_role_is_the_same_whatever_was_said_before():
    first, again = (Pupil(NAMES[0], 0.3, 5, Alone()) for _ in "ab")
    one = said(first, asked("implementer", 1), asked("implementer", 2))
    other = said(again, asked("implementer", 8), asked("architect"))
    assert one[0] == other[0]
    assert first.calls == 2


def test_who_is_shown_a_program_repairs_it():
    code = (REQUESTS / NAMES[0] / "plugin.py").read_text("utf-8")
    empty = code.partition("@command")[0] + "@command(name='a')\ndef a():\n    raise "
    question = (
        f"```python\n{empty}NotImplementedError\n```\nso far\n```python\n{code}```"
    )
    request = Request(
        role="implementer", template="", messages=(Message("user", question),)
    )
    assert shown_program(request) == code
    assert shown_program(asked("implementer")) == ""


def test_who_is_to_make_a_program_faster_gives_it_back():
    code = (REQUESTS / NAMES[0] / "plugin.py").read_text("utf-8")
    question = f"The code:\n\n```python\n{code}```\n\n```text\n 9 % def a():\n```"
    request = Request(
        role="optimiser", template="", messages=(Message("user", question),)
    )
    pupil = Pupil(NAMES[0], 0.3, 5, Alone())
    assert said(pupil, request) == [f"```python\n{code}```"]
    assert pupil.calls == 1


@pytest.mark.parametrize(("right", "least", "most"), [(0.15, 0, 5), (0.7, 48, 90)])
def test_the_strong_repair_more_than_the_weak(right, least, most):
    good = (REQUESTS / NAMES[0] / "plugin.py").read_text("utf-8")
    bad = broken(good, Random(1))
    mended = [repaired(bad, good, right, Random(n)) for n in range(200)]
    assert least <= mended.count(good) <= most
    assert 40 <= mended.count(bad) <= 130
