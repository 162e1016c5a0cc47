"""The provider that gets some answers wrong, and always the same ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from plugwright.errors import UsageError
from plugwright.providers import Capabilities, able
from plugwright_cassette.scripted import Scripted
from plugwright_cassette.student import Student, slip

CODE = "def f(a, b):\n    return a if a <= b and b == 1 else max(a, b)\n"


def _student(rates, **more):
    return Student(Scripted(lambda request: CODE), rates, **more)


def test_it_errs_as_often_as_its_role(ask):
    student = _student({"implementer": 0.3, "*": 0.0})
    for number in range(1000):
        student.complete(ask(str(number)))
        assert student.complete(ask(str(number), role="reviewer")).text == CODE

    assert 250 < len(student.erred) < 350


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_never_and_always_are_meant(ask, rate):
    student = _student({"*": rate})
    texts = [student.complete(ask(str(number))).text for number in range(50)]

    assert [text != CODE for text in texts] == [bool(rate)] * 50


def test_a_role_that_is_not_named_does_not_err(ask):
    assert _student({"reviewer": 1.0}).complete(ask()).text == CODE


def test_the_same_seed_makes_the_same_mistakes_in_any_order_and_thread(ask):
    def texts(student, numbers, workers):
        with ThreadPoolExecutor(workers) as pool:
            found = pool.map(lambda n: student.complete(ask(str(n))).text, numbers)
            return dict(zip(numbers, found, strict=True))

    first = texts(_student({"*": 0.5}, seed=7), range(40), 1)
    again = texts(_student({"*": 0.5}, seed=7), range(39, -1, -1), 8)
    other = texts(_student({"*": 0.5}, seed=8), range(40), 1)

    assert again == first
    assert other != first


def test_asked_again_it_may_have_better_luck(ask):
    student = _student({"*": 0.5})

    texts = {student.complete(ask()).text == CODE for _ in range(20)}

    assert texts == {True, False}


def test_one_place_is_wrong_and_the_rest_as_it_was():
    found = {slip(CODE, Random(seed)) for seed in range(200)}

    assert CODE not in found
    assert "a < b" in "".join(found)
    assert "min(a, b)" in "".join(found)
    for text in found:
        old, new = CODE.split(), text.split()
        assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_only_what_is_in_fences_is_touched():
    text = f"Compare 1 and 2:\n\n```python\n{CODE}```\n\nIt is True and not 3.\n"
    for seed in range(100):
        wrong = slip(text, Random(seed))

        assert wrong != text
        assert wrong.startswith("Compare 1 and 2:\n\n```python\n")
        assert wrong.endswith("```\n\nIt is True and not 3.\n")


def test_where_nothing_can_be_mistaken_nothing_is(ask):
    student = Student(Scripted(["hello"]), {"*": 1.0})

    assert student.complete(ask()).text == "hello"
    assert student.erred == []


def test_a_mistake_may_be_of_another_kind(ask):
    student = _student({"*": 1.0}, blunder=lambda text, luck: text[: len(text) // 2])

    assert CODE.startswith(student.complete(ask()).text)


def test_what_fails_was_not_asked(ask):
    def answer(request):
        return next(answers)

    answers = iter([CODE])
    student = Student(Scripted([]), {"*": 0.5})
    with pytest.raises(UsageError):
        student.complete(ask())
    once = Student(Scripted(answer), {"*": 0.5})

    assert student._calls.take(ask()).n == 1
    assert once.complete(ask())


def test_who_skips_has_the_luck_of_the_next(ask):
    whole, resumed = _student({"*": 0.5}), _student({"*": 0.5})
    texts = [whole.complete(ask()).text for _ in range(10)]
    for _ in range(5):
        resumed.skip(ask())

    assert [resumed.complete(ask()).text for _ in range(5)] == texts[5:]


def test_it_promises_less_than_its_teacher():
    assert able(_student({})) == Capabilities(tools=True)


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(UsageError, match="between 0 and 1"):
        _student({"*": rate})
