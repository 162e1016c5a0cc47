"""Where candidates differ, a person's answer becomes an example and a test of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from plugwright.judging import Observed
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.product import Product
from plugwright_forge.specification.document import loads

MATHS, ART = {"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}
EXAMPLE = {
    "command": "longest-lesson",
    "arguments": {"lessons": [MATHS, ART]},
    "gives": ART,
}


class Person:
    """Approves what is right, and knows nothing of programs."""

    def __init__(self, says="yes"):
        self.says = says
        self.cards = []

    def answer(self, number, question):
        return None

    def card(self, number, card):
        self.cards.append(card)
        return self.says

    def specification(self, file, problem):
        return True


def does(code, lessons):
    """Do what a candidate of these tests does: `max` or `min`, by minutes."""
    if not lessons:
        return Observed(refused=True)
    choose = min if "min(" in code else max
    return Observed(value=choose(lessons, key=lambda lesson: lesson["minutes"]))


@pytest.fixture
def seeing(world, story):
    """A world whose judge can look at candidates, and whose examples can be tried."""

    def make(codes, person, **options):
        here = world(
            person=person,
            options={"autonomy": Autonomy.SEMI, **options},
            architect=story.specified(examples=[EXAMPLE]),
            implementer=[story.fenced(code) for code in codes],
        )
        here.judge.observe = lambda case, stories: [
            (does(case.files["plugin.py"], call.arguments.get("lessons")),)
            for (call,) in stories
        ]
        return here

    return make


def test_candidates_that_differ_are_shown_to_the_person(seeing, story):
    person = Person()
    codes = [story.code, story.code.replace("max(", "min("), story.code]
    product = seeing(codes, person).run()
    assert isinstance(product, Product)
    assert person.cards
    assert person.cards[0].command == "longest-lesson"
    approved = product.attempt.specification.examples[1:]
    assert approved
    assert all(example.can_be_tried for example in approved)


def test_what_was_approved_is_a_test_of_every_candidate(seeing, story):
    codes = [story.code, story.code.replace("max(", "min("), story.code]
    here = seeing(codes, Person())
    product = here.run()
    count = len(product.attempt.specification.examples)
    assert f"def test_example_{count}():" in product.acceptance.source
    assert f"test_example_{count}" in product.acceptance.trusted
    compile(product.acceptance.source, "test_plugin.py", "exec")
    judged = [case for case in here.judge.cases if "min(" in case.files["plugin.py"]]
    assert any("test_example_1" in case.tests["test_plugin.py"] for case in judged)


def test_what_was_approved_is_in_the_sessions_specification(seeing, story):
    codes = [story.code, story.code.replace("max(", "min("), story.code]
    here = seeing(codes, Person())
    product = here.run()
    kept = settled(here)
    # What the contest asked about comes behind it, with the bundle.
    wanted = product.attempt.specification
    assert len(kept.examples) > 1
    assert kept == replace(wanted, examples=wanted.examples[: len(kept.examples)])


def settled(here):
    """Read what everybody worked from."""
    return loads((here.session.folder / "specification.toml").read_text("utf-8"))


def test_candidates_that_agree_are_not_shown(seeing, story):
    person = Person()
    seeing([story.code] * 3, person).run()
    assert person.cards == []


def test_a_session_that_goes_on_asks_nothing_again(seeing, story):
    person = Person("don't know")
    codes = [story.code, story.code.replace("max(", "min("), story.code]
    here = seeing(codes, person)
    first = here.run()
    asked, again = len(person.cards), here.begin.__self__
    assert again.forge(type(here.session)(here.session.folder)).run() == first
    assert len(person.cards) == asked


@pytest.mark.parametrize("level", [Autonomy.GUIDED, Autonomy.SEMI])
def test_nobody_is_asked_what_they_approved_already(seeing, story, level):
    """The example's own input splits these candidates best, and a person read it."""
    person = Person()
    codes = [story.code, story.code.replace("max(", "min("), story.code]
    here = seeing(codes, person, autonomy=level)

    here.run()

    shown = [card.input for card in person.cards]
    assert shown
    is_shown = f"lessons = {json.dumps([MATHS, ART])}" in shown
    assert is_shown is (level is Autonomy.SEMI)


def test_the_tester_reads_what_was_approved(seeing, story):
    codes = [story.code, story.code.replace("max(", "min("), story.code]
    here = seeing(codes, Person())
    here.run()
    asked, _ = here.script.asked("test-engineer")
    approved = settled(here).examples[-1]
    assert approved.text in asked.messages[1].content
    assert json.dumps(approved.gives, ensure_ascii=False) in approved.text
