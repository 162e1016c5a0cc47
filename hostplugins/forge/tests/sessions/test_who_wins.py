"""Who wins in whole sessions, and what a person or a second tester changes about it.

The judge is the real one, but where a test has to say what candidates do.
"""

from __future__ import annotations

import json

import pytest

from plugwright.judging import Call, Observed
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget
from plugwright_forge.choice import Kind, Opinion, Source
from plugwright_forge.competition import known
from plugwright_forge.person import Absent
from plugwright_forge.product import Failure, Product
from plugwright_forge.session import Session

MATHS, ART = {"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}
BEST = 'max(lessons, key=lambda lesson: lesson["minutes"])'
SEMI = {"autonomy": Autonomy.SEMI}


def tried(gives, *lessons):
    call = {"command": "longest-lesson", "arguments": {"lessons": [*lessons]}}
    call["text"] = f"{gives} of {len(lessons)}, the first {lessons[:1]}."
    return {**call, "gives": gives} if gives else {**call, "refuses": True}


EXAMPLES = [tried(ART, MATHS, ART), tried(MATHS, MATHS), tried(ART, ART, MATHS)]
REFUSING = """\
import pytest
from plugin import longest_lesson
from plugwright_sdk import InputError

ART = {"subject": "art", "minutes": 45}
DAY = [{"subject": "maths", "minutes": 30}, ART]


def test_r1_the_longest():
    assert longest_lesson(DAY) == ART


def test_r1_the_first():
    assert longest_lesson([ART, {"subject": "maths", "minutes": 44}]) == ART


def test_r1_of_equals_the_first():
    assert longest_lesson([ART, {"subject": "maths", "minutes": 45}]) == ART


def test_r2_an_empty_day_is_refused():
    with pytest.raises(InputError):
        longest_lesson([])
"""


def origins(here):
    return {
        key.removeprefix("entered/"): value["origin"]
        for key, value in here.session.given("entered/").items()
    }


class Approves(Absent):
    """Approves the specification, and knows nothing else."""

    def specification(self, file, problem):
        return True


def test_a_program_that_was_found_from_the_examples_alone_wins(judged, story, written):
    here = judged(
        implementer=written("return lessons[0]"),
        architect=story.specified(examples=[*EXAMPLES, tried(None)]),
        person=Approves(),
    )

    product = here.run()

    assert isinstance(product, Product)
    assert product.attempt.version == "0.0"
    assert origins(here)["0/0"] == "found from the examples, without a model"
    assert any("found from the examples" in doubt for doubt in product.unsure)
    assert len(here.script.asked("implementer")) == 3  # none was bought beside it
    assert "max(lessons, key=lambda x: x['minutes'])" in product.attempt.best.code


def test_examples_that_nobody_approved_make_no_program(judged, story):
    here = judged(architect=story.specified(examples=[*EXAMPLES, tried(None)]))

    here.run()

    assert "0/0" not in origins(here)


def test_a_program_that_lacks_an_import_is_mended_without_a_model(judged, story):
    code = story.code.replace("from typing import TypedDict\n", "")
    here = judged(implementer=story.fenced(code))

    product = here.run()

    assert isinstance(product, Product)
    assert product.attempt.version == "1.1"
    assert origins(here)["1/1"] == "1.0, mended: adds from typing import TypedDict"
    assert product.attempt.iterations == 0
    # Two more were to bear it out, and lack the same.
    assert len(here.script.asked("implementer")) == 5


@pytest.mark.parametrize(
    ("body", "said"),
    [
        # It fails on an empty day, or answers it, and was to refuse it.
        (f"return {BEST}", "refuses what `longest_lesson` fails on"),
        (
            "first = {'subject': '', 'minutes': 0}\n"
            "    for each in lessons:\n"
            "        if each['minutes'] > first['minutes']:\n"
            "            first = each\n"
            "    return first",
            "refuses an empty `lessons`",
        ),
    ],
)
def test_a_program_that_does_not_refuse_is_mended_without_a_model(
    judged, story, written, body, said
):
    here = judged(
        implementer=written(body),
        test_engineer=story.fenced(REFUSING),
        # Its two rivals are wrong alike, so it cannot be as sure as usual.
        options={"candidates": 3, "threshold": 60},
    )

    result = here.run()

    assert result.attempt.version != "1.0"
    number = result.attempt.version.replace(".", "/")
    assert origins(here)[number] == f"1.0, mended: {said}"
    assert result.attempt.best.report.passed
    assert result.attempt.iterations == 0
    assert isinstance(result, Product)


def seeing(here):
    """Let the judge see what the two programs of a tie do."""

    def does(code, lessons):
        if not lessons:
            return Observed(refused=True)
        order = [*reversed(lessons)] if "reversed" in code else lessons
        return Observed(value=max(order, key=lambda each: each["minutes"]))

    here.judge.observe = lambda case, stories: [
        (does(case.files["plugin.py"], call.arguments.get("lessons")),)
        for (call,) in stories
    ]
    tie = [{"subject": each, "minutes": 30} for each in ("maths", "art")]
    called = Call(command="longest-lesson", arguments={"lessons": tie})
    here.judge.calls = lambda case: {"test_plugin.py::test_r1_the_longest": (called,)}
    return here


@pytest.mark.parametrize(
    ("forwards", "backwards", "winner"),
    [("second", "first", "2.0"), ("first", "first", "1.0"), ("none", "none", "1.0")],
)
def test_in_a_tie_peers_are_asked_in_both_orders_and_it_is_recorded(
    world, story, forwards, backwards, winner
):
    def said(better):
        return json.dumps({"better": better, "why": "So it seems."})

    last = story.code.replace("max(lessons", "max(reversed(lessons)")
    here = seeing(
        world(
            implementer=[story.fenced(story.code), story.fenced(last)],
            architect=story.specified(examples=EXAMPLES[:1]),
            requirements_analyst=[
                json.dumps(story.questions),
                said(forwards),
                said(backwards),
            ],
            options={"candidates": 2, "autonomy": Autonomy.FULL},
        )
    )

    result = here.run()

    one, other = here.script.asked("requirements-analyst")[1:]
    assert one.template.startswith("reviewer/")
    assert one.messages[1] != other.messages[1]
    assert story.code.split("\n")[-2].strip() not in one.messages[1].content
    choice = known(Session(here.session.folder)).choice
    assert choice.winner == result.attempt.version == winner
    (duel,) = choice.duels
    assert {duel.first, duel.second} == {"1.0", "2.0"}
    assert (duel.forwards, duel.backwards) == (Opinion(forwards), Opinion(backwards))
    # A reviewer decides who is named, and never that it is good enough.
    assert isinstance(result, Failure)
    assert "% sure" in result.missing[-1]


class Wavers(Absent):
    """Errs when first asked about an example, and not when asked again."""

    def __init__(self, again):
        self.again, self.cards = again, []

    def card(self, number, card):
        lessons = json.loads(card.input.partition(" = ")[2])
        most = max((each["minutes"] for each in lessons), default=None)
        right = f'"minutes": {most}' in card.output
        is_first = not self.cards
        self.cards.append(card.input)
        if not is_first and self.cards.count(card.input) > 1:
            return self.again
        return "no" if is_first and right else "yes" if right else "no"


def wavering(judged, story, written, again):
    return judged(
        implementer=[written(f"return {b}") for b in (BEST, "lessons[0]", BEST)],
        architect=story.specified(examples=EXAMPLES[:2]),
        person=Wavers(again),
        options=SEMI,
    )


def test_an_answer_that_all_else_speaks_against_is_withdrawn(judged, story, written):
    here = wavering(judged, story, written, "yes")

    result = here.run()

    assert here.session.given("card/1")["card/1"]["wanted"] is False
    assert here.session.given("card/1/again") == {"card/1/again": "withdrawn"}
    assert here.person.cards.count(here.person.cards[0]) == 2
    assert isinstance(result, Product)
    assert BEST in result.attempt.best.code
    told = known(Session(here.session.folder)).matrix.tests
    answers = [a for a in here.session.given("card/").values() if isinstance(a, dict)]
    assert sum(test.startswith("example-") for test in told) == len(answers) - 1


def test_an_answer_that_is_meant_stays_and_nothing_is_shipped_against_it(
    judged, story, written
):
    here = wavering(judged, story, written, "no")

    result = here.run()

    assert here.session.given("card/1/again") == {"card/1/again": "meant"}
    assert isinstance(result, Failure)
    assert result.missing[0].endswith("approved examples fail: `example-1`")


class Misled(Absent):
    """Says yes to the first of the lessons, knows no more, and errs but once."""

    def __init__(self):
        self.cards = []

    def card(self, number, card):
        lessons = json.loads(card.input.partition(" = ")[2])
        self.cards.append(card.input)
        if self.cards.count(card.input) > 1:
            return json.dumps(max(lessons, key=lambda each: each["minutes"]))
        is_first = json.dumps(lessons[0]) in card.output
        return ("yes" if is_first else "no") if len(self.cards) == 1 else None


LAZY = """\
from plugin import longest_lesson


def test_r1_the_longest():
    assert longest_lesson([{"subject": "art", "minutes": 45}])["minutes"] == 45


def test_r2_the_count():
    assert longest_lesson([{"subject": "art", "minutes": 30}])["subject"] == "art"
"""


def test_an_answer_that_decided_who_wins_is_asked_once_more_where_nothing_else_helps(
    judged, story, written
):
    first = "lessons[0]"
    here = judged(
        implementer=[written(f"return {b}") for b in (first, BEST, first, BEST, BEST)],
        test_engineer=story.fenced(LAZY),
        architect=story.specified(examples=[]),
        person=Misled(),
        options={**SEMI, "budget": Budget(calls=9)},
    )

    result = here.run()

    assert here.session.given("card/1")["card/1"]["wanted"] is False
    assert here.session.given("card/1/again") == {"card/1/again": "withdrawn"}
    assert here.person.cards.count(here.person.cards[0]) == 2
    assert BEST in result.attempt.best.code
    # What is only likelier now is not sold as right.
    assert isinstance(result, Failure)
    assert "% sure" in result.missing[0]


class Sees(Absent):
    """Knows the longest lesson when shown one, and nothing else."""

    def __init__(self):
        self.cards = []

    def card(self, number, card):
        self.cards.append(card)
        return "yes" if '"art"' in card.output else "no"


WRONG = """\
from plugin import longest_lesson

DAY = [{"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}]


def test_r1_the_longest():
    assert longest_lesson(DAY)["subject"] == "maths"


def test_r2_the_count():
    assert longest_lesson([*reversed(DAY)])["minutes"] == 45
"""


def test_a_lazy_second_tester_is_overruled_by_a_card_of_the_accuser(
    judged, story, written
):
    """Both testers are wrong alike; the person is shown the input that they accuse."""
    here = judged(
        implementer=written(f"return {BEST}"),
        test_engineer=story.fenced(WRONG),
        architect=story.specified(examples=[]),
        person=Sees(),
        options=SEMI,
    )

    result = here.run()

    (upheld,) = here.session.given("court/1").values()
    assert upheld["test_r1_the_longest"]["upheld"] is True
    (card,) = here.person.cards
    assert "45" in card.output
    board = known(Session(here.session.folder))
    entry = board.ledger["test_r1_the_longest"]
    assert Kind.DISMISSED in [each.kind for each in entry.evidence]
    assert "the person says that what it refuses is right" in board.explain_test(
        "test_r1_the_longest"
    )
    # Nothing speaks against the program any more, and the approved example shows R1.
    assert isinstance(result, Product)
    assert board.ledger["example-1"].requirement == "R1"
    assert result.attempt.success.startswith("2 of 2 requirements are shown")
    assert len(here.script.asked("implementer")) == 3  # and nobody repaired it


def test_a_wrong_example_of_the_architect_is_overruled_and_does_not_travel(
    judged, story, written
):
    wrong = tried(MATHS, MATHS, ART)
    here = judged(
        implementer=written(f"return {BEST}"),
        architect=story.specified(examples=[wrong]),
        person=Sees(),
        options={
            **SEMI,
            "request": "Find lessons! Subject maths, minutes 30; subject art, 45.",
        },
    )

    result = here.run()

    board = known(Session(here.session.folder))
    assert board.ledger["test_example_1"].source is Source.REQUEST
    assert board.ledger.rejecting(["test_example_1"]) == ()
    assert isinstance(result, Product)
    (example,) = result.attempt.specification.examples
    assert example.gives == ART
    assert "== {'minutes': 45, 'subject': 'art'}" in result.acceptance.source
    assert "== {'subject': 'maths'" not in result.acceptance.source


@pytest.mark.parametrize(
    ("body", "is_repaired"), [("return lessons[0]", False), ("return lesson", True)]
)
def test_wrong_answers_want_another_plan_and_what_does_not_run_is_mended(
    judged, story, written, body, is_repaired
):
    here = judged(implementer=[*[written(body)] * 3, story.fenced(story.code)])

    result = here.run()

    assert isinstance(result, Product)
    fourth = here.script.asked("implementer")[3].messages[-1].content
    assert (f"    {body}\n" in fourth) is is_repaired
