"""What a second tester has against a program that passes everything else."""

from __future__ import annotations

import pytest

from plugwright.judging import Report, TestResult, Verdict
from plugwright_forge.competition.objections import objections
from plugwright_forge.decisions import specification
from plugwright_forge.testing import kinds_of

OPINION = """\
from plugin import longest_lesson

DAY = [{"subject": "art", "minutes": 45}]


def test_r1_the_longest():
    assert longest_lesson(DAY) == DAY[0]


def test_r2_of_equals_the_first():
    assert longest_lesson(DAY * 2) == DAY[0]


def test_r9_of_something_else():
    assert longest_lesson(DAY) is None


def test_nothing_in_particular():
    assert False
"""


def says(*failed: str) -> Report:
    """Say that a program fails these, and passes the others."""
    return Report(
        results=tuple(
            TestResult(
                test=f"test_plugin.py::{test}",
                verdict=Verdict.WA if test in failed else Verdict.AC,
            )
            for test in kinds_of(OPINION)
        )
    )


@pytest.fixture
def against(story):
    """Name the objections; the first tester has one test, and the best passes it."""
    wanted = specification(story.specified())

    def names(best, *others, passed=("test_r1_the_longest",)):
        tests = ("test_r1_the_longest",)
        found = objections(OPINION, best, others, wanted, tests, passed)
        return [*kinds_of(found)] if found else []

    return names


def test_what_it_fails_and_nobody_thought_of_is_an_objection(against):
    assert against(says("test_r2_of_equals_the_first")) == [
        "test_r2_of_equals_the_first"
    ]


def test_what_it_passes_says_nothing_for_it(against):
    assert against(says()) == []


def test_a_test_that_both_wrote_is_one_only_if_somebody_passes_it(against):
    name = "test_r1_the_longest"
    assert against(says(name)) == []
    assert against(says(name), says(name)) == []
    assert against(says(name), says(name), says()) == [name]


def test_nor_if_the_first_one_refuses_it_already(against):
    assert against(says("test_r1_the_longest"), says(), passed=()) == []


def test_what_belongs_to_no_requirement_is_not_taken(against):
    best = says("test_r9_of_something_else", "test_nothing_in_particular")
    assert against(best) == []


@pytest.mark.parametrize("verdict", [Verdict.TLE, Verdict.IE])
def test_what_may_be_the_tests_own_doing_is_none(against, verdict):
    names = [f"test_plugin.py::{test}" for test in kinds_of(OPINION)]
    results = [TestResult(test=name, verdict=verdict, message="so") for name in names]
    assert against(Report(results=tuple(results))) == []


def test_nobody_else_is_judged_where_nothing_is_contested(story):
    def others():
        pytest.fail("this costs a judgement")
        yield says()

    wanted = specification(story.specified())
    best, name = says("test_r2_of_equals_the_first"), "test_r1_the_longest"
    assert objections(OPINION, best, others(), wanted, [name], [name])


def test_what_was_taken_once_is_not_taken_again(story):
    wanted, test = specification(story.specified()), "test_r2_of_equals_the_first"
    assert objections(OPINION, says(test), (), wanted, (), ())
    assert not objections(OPINION, says(test), (), wanted, (), (), taken=[test])


def test_a_file_with_classes_of_tests_objects_to_nothing(story):
    wanted, test = specification(story.specified()), "test_r2_of_equals_the_first"
    file = f"{OPINION}\n\nclass TestMore:\n    def test_r1_a(self):\n        assert 0\n"
    assert not objections(file, says(test), (), wanted, (), ())


def test_a_file_that_does_not_load_objects_to_nothing(against):
    broken = Report(
        results=(TestResult(test="test_plugin.py", verdict=Verdict.CE, message="no"),)
    )
    assert against(broken, broken) == []


def test_what_the_tests_share_stays_with_them(story):
    wanted = specification(story.specified())
    best = says("test_r2_of_equals_the_first")
    found = objections(OPINION, best, (), wanted, (), ())
    assert "DAY = [" in found
    assert "test_r1" not in found
