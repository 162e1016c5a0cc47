"""Whole sessions in which the tests notice too little, and more are asked for."""

from __future__ import annotations

import pytest

from plugwright.judging import Mutants
from plugwright_forge.competition import known
from plugwright_forge.product import Failure, Product
from plugwright_forge.session import Session

MORE = '''\
from plugin import longest_lesson

DAY = [{"subject": "art", "minutes": 45}, {"subject": "maths", "minutes": 45}]


def test_r1_the_longest():
    """A name that is taken."""
    assert longest_lesson(DAY[:1])["minutes"] == 45


def test_r2_of_two_as_long():
    assert longest_lesson(DAY)["subject"] == "art"
'''


@pytest.fixture
def weak(world, story):
    """Make a world whose first tests notice half of the mistakes, and later ones all.

    `more` are the files of tests that the tester writes when asked again.
    """

    def make(*more, **changes):
        files = [story.tests, *more]
        here = world(test_engineer=[story.fenced(file) for file in files], **changes)

        def mutate(case, most, baseline=None):
            is_noticed = "test_r2_of_two_as_long" in case.tests.get(
                "test_plugin.py", ""
            )
            return Mutants(killed=10 if is_noticed else 5, counted=10)

        here.judge.mutate = mutate
        return here

    return make


def test_where_tests_notice_too_little_others_are_written(weak):
    here = weak(MORE)

    result = here.run()

    assert isinstance(result, Product)
    acceptance = result.attempt.matrix.acceptance
    assert acceptance.functions[:3] == (
        "test_r1_the_longest",
        "test_r2_the_count",
        "test_r2_nothing_is_proved",
    )
    assert acceptance.functions[3:] == (
        "test_r1_the_longest_2",
        "test_r2_of_two_as_long",
    )
    assert acceptance.trusted == {*acceptance.functions} - {"test_r2_nothing_is_proved"}
    assert acceptance.source in {
        c.tests.get("test_plugin.py") for c in here.judge.cases
    }


def test_who_writes_them_sees_the_names_of_those_that_are_there_and_no_code(weak):
    here = weak(MORE)
    here.run()

    _, asked, _ = here.script.asked("test-engineer")
    said = asked.messages[-1].content
    assert "- test_r1_the_longest\n- test_r2_the_count\n" in said
    assert "return max" not in said
    assert "assert longest" not in said


def test_candidates_are_judged_anew_by_all_tests(weak, story):
    bad = story.fenced(story.failing("test_r2_of_two_as_long"))
    here = weak(MORE, implementer=[story.fenced(story.code), bad])

    result = here.run()

    assert result.attempt.version == "1.0"
    matrix = result.attempt.board.matrix
    assert "test_r2_of_two_as_long" in matrix.passed("1.0")
    assert "test_r2_of_two_as_long" in matrix.failed("2.0")


@pytest.mark.parametrize(
    "more",
    [
        "def test_r1_broken(:\n    pass\n",
        "def test_without_a_requirement():\n    assert 0\n",
        "def test_r1_nothing_is_proved():\n    assert 1\n",
        "",
    ],
)
def test_tests_that_cannot_be_used_change_nothing_and_are_not_asked_for_for_ever(
    weak, more
):
    here = weak(more)

    result = here.run()

    assert isinstance(result, Failure)
    assert any("the tests notice 50%" in said for said in result.missing)
    assert len(result.attempt.matrix.acceptance.functions) == 3
    assert 3 <= len(here.script.asked("test-engineer")) <= 5


def test_what_is_lacking_besides_is_seen_to_first(weak, story):
    bad = story.fenced(story.failing("test_r1_the_longest"))
    here = weak(MORE, implementer=bad)

    assert isinstance(here.run(), Failure)
    assert not any(
        "There are tests already" in request.messages[-1].content
        for request in here.script.asked("test-engineer")
    )


class Stop(Exception):
    """It was killed."""


@pytest.mark.parametrize(
    "key",
    ["the tests/1", "judge/candidate-2/0/1", "probes/tests-1", "mutants/1/0/1"],
)
def test_killed_in_the_middle_it_goes_on_and_asks_nothing_twice(weak, key):
    class Killed(Session):
        def step(self, name, compute):
            value = super().step(name, compute)
            if name == key:
                raise Stop
            return value

    here = weak(MORE)
    session = here.begin(Killed)
    with pytest.raises(Stop):
        here.forge(session).run()

    assert known(session).choice.winner == "1.0"  # it can be looked at meanwhile

    again = Session(session.folder)
    product = here.forge(again).run()

    assert isinstance(product, Product)
    undisturbed = weak(MORE)
    undisturbed.run()
    asked, at_once = (w.script.asked("test-engineer") for w in (here, undisturbed))
    assert len(asked) == len(at_once)
    assert known(again).matrix == product.attempt.board.matrix
    assert known(again).ledger == product.attempt.board.ledger
