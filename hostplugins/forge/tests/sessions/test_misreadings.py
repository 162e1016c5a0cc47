"""Whole sessions in which programs, and their tester, may misread a request alike."""

from __future__ import annotations

import json

import pytest

from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget, OutOfBudget
from plugwright_forge.competition import known
from plugwright_forge.competition.workshop import Workshop
from plugwright_forge.person import Absent
from plugwright_forge.product import Failure, Product
from plugwright_forge.session import Session

SEMI = {"autonomy": Autonomy.SEMI}
MISREAD = """\
from plugin import longest_lesson

MATHS, ART = {"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}
TIE = [{"subject": "maths", "minutes": 45}, ART]


def test_r1_the_longest():
    assert longest_lesson([MATHS, ART]) == ART
    assert longest_lesson([ART, MATHS]) == ART


def test_r2_of_equals_the_last():
    assert longest_lesson(TIE) == ART
"""
LAST = """\
best, *others = lessons
    for each in others:
        if each["minutes"] >= best["minutes"]:
            best = each
    return best"""
FIRST = LAST.replace(">=", ">")


class Knows(Absent):
    """Knows what is right, of equals the first; or is not there to say so."""

    def __init__(self, is_there=True):
        self.is_there, self.cards = is_there, []

    def card(self, number, card):
        self.cards.append(card)
        lessons = json.loads(card.input.partition(" = ")[2])
        if not self.is_there:
            return None
        return json.dumps(max(lessons, key=lambda each: each["minutes"], default=None))


def agreeing(judged, story, written, body, *tests, **changes):
    """All programs do the same, and pass what the first tester expects."""
    return judged(
        implementer=[written(body) for _ in range(9)],
        test_engineer=[story.fenced(each) for each in tests],
        architect=story.specified(examples=[]),
        **{"options": SEMI, **changes},
    )


def test_programs_that_agree_on_a_misreading_are_shown_to_a_person_first(
    judged, story, written
):
    person = Knows()
    here = agreeing(judged, story, written, LAST, MISREAD, person=person)

    result = here.run()

    # Small mistakes show best where lessons are equally long, so that is asked about.
    assert any(card.input.count('"minutes": 45') == 2 for card in person.cards)
    assert isinstance(result, Failure)
    assert "approved examples fail" in result.missing[0]


def test_programs_that_agree_and_are_right_need_a_word_of_a_person_and_no_more(
    judged, story, written
):
    person = Knows()
    right = MISREAD.replace("(TIE) == ART", "(TIE) == TIE[0]")
    here = agreeing(judged, story, written, FIRST, right, person=person)

    result = here.run()

    assert isinstance(result, Product)
    assert len(person.cards) == 2
    approved = result.attempt.specification.examples
    assert len(approved) == len(person.cards), "what was approved travels with it"


@pytest.mark.parametrize(("fourth", "bought"), [(FIRST, 1), ("return lessons[0]", 2)])
def test_who_is_alone_with_what_it_does_is_borne_out_before_it_is_proposed(
    judged, story, written, fourth, bought
):
    right = MISREAD.replace("(TIE) == ART", "(TIE) == TIE[0]")
    bodies = [FIRST, "return lessons[0]", "return lessons[-1]", fourth, "return {}"]
    here = judged(
        implementer=[written(body) for body in bodies],
        test_engineer=story.fenced(right),
        architect=story.specified(examples=[]),
    )

    result = here.run()

    assert isinstance(result, Product)
    assert FIRST in result.attempt.best.code
    assert len(here.script.asked("implementer")) == 3 + bought


@pytest.mark.parametrize(
    ("person", "options", "cards"),
    [(Knows(is_there=False), SEMI, 2), (Knows(), {"autonomy": Autonomy.FULL}, 0)],
)
def test_where_nobody_can_say_it_is_proposed_unseen(
    judged, story, written, person, options, cards
):
    here = agreeing(
        judged, story, written, LAST, MISREAD, person=person, options=options
    )

    assert isinstance(here.run(), Product)
    assert len(person.cards) == cards


RIGHT = MISREAD.replace("(TIE) == ART", "(TIE) == TIE[0]").replace("_last", "_first")


def test_a_second_tester_objects_to_what_the_first_one_misread_alike(
    judged, story, written
):
    bodies = [written(LAST)] * 3 + [written(FIRST)] * 9
    here = judged(
        implementer=bodies,
        test_engineer=[story.fenced(MISREAD), story.fenced(RIGHT)],
        architect=story.specified(examples=[]),
    )

    result = here.run()

    board, test = known(Session(here.session.folder)), "test_r2_of_equals_the_first"
    assert board.matrix == result.attempt.board.matrix
    assert test in board.matrix.failed("1.0")
    assert [p for p in board.matrix.programs if test in board.matrix.passed(p)]
    # Two testers, two answers: neither is sold as right.
    assert isinstance(result, Failure)


def test_a_second_tester_who_has_nothing_against_it_speaks_for_nobody(
    judged, story, written
):
    more = "\n\ndef test_r1_of_one():\n    assert longest_lesson([ART]) == ART\n"
    here = agreeing(judged, story, written, FIRST, RIGHT, RIGHT + more, options={})

    result = here.run()

    assert isinstance(result, Product)
    assert "test_r1_of_one" not in result.acceptance.functions
    assert len(here.script.asked("test-engineer")) == 2


def test_where_the_story_of_a_second_tester_splits_them_others_are_asked(
    judged, story, written
):
    odd = 'return lessons[-2] if best["subject"] == "latin" else best'
    more = """

def test_r1_of_many():
    days = [{"subject": "latin", "minutes": n} for n in (5, 6)]
    assert longest_lesson(days)["minutes"] in (5, 6)
"""
    bodies = [FIRST, FIRST, FIRST.replace("return best", odd), *[FIRST] * 6]
    here = judged(
        implementer=[written(body) for body in bodies],
        test_engineer=[story.fenced(RIGHT), story.fenced(RIGHT + more)],
        architect=story.specified(examples=[]),
        options={"candidates": 9},
    )

    result = here.run()

    assert isinstance(result, Product)
    assert FIRST in result.attempt.best.code
    assert len(here.script.asked("implementer")) > 3


OWN = "\n\ndef test_r1_of_one():\n    assert longest_lesson([ART]) == MATHS\n"


@pytest.mark.parametrize(
    "odd",
    [
        "\n\npytestmark = pytest.mark.skip\n",
        "\n\nasync def test_r1_later():\n    assert 0\n",
        "\n\nclass TestMore:\n    def test_r1_of_one(self):\n        assert 0\n",
        f"\n\ndef test_r1_deep():\n    assert {'+'.join('1' * 600)} == 0\n",
    ],
    ids=["skipped", "async", "class", "deep"],
)
def test_an_odd_file_of_a_second_tester_changes_nothing_about_the_first(
    judged, story, written, odd
):
    """It objects wrongly, and what comes along with that is odd."""
    opinion = f"import pytest\n{RIGHT}{OWN}{odd}"
    here = agreeing(
        judged, story, written, FIRST, RIGHT, opinion, RIGHT, RIGHT, options={}
    )

    result = here.run()

    assert isinstance(result, Product)
    assert result.acceptance.functions == (
        "test_r1_the_longest",
        "test_r2_of_equals_the_first",
    )


def test_without_the_means_for_a_second_tester_it_is_proposed_as_it_is(
    judged, story, written
):
    means = {"budget": Budget(calls=7)}
    here = agreeing(judged, story, written, FIRST, RIGHT, options=means)

    assert isinstance(here.run(), Product)
    assert len(here.script.asked("test-engineer")) == 1


@pytest.mark.parametrize("pays", [True, False])
def test_what_tests_notice_is_known_also_of_who_fails_one_that_was_set_aside(
    judged, story, written, monkeypatch, pays
):
    """And where nothing is left to pay with, for it asks no model."""

    def spent(workshop, best):
        raise OutOfBudget("the budget is used up")

    if not pays:
        monkeypatch.setattr(Workshop, "seek_witness", spent)
    slip = "def test_r2_of_two():\n    assert longest_lesson(TIE) == 42\n"
    right = MISREAD.replace("(TIE) == ART", "(TIE) == TIE[0]")
    tests = f"{right}\n\n{slip}", right
    here = agreeing(judged, story, written, FIRST, *tests, options={})

    attempt = here.run().attempt

    assert "test_r2_of_two" in attempt.board.matrix.failed(attempt.version)
    assert attempt.mutants is not None
    assert bool(attempt.ended) is not pays
