"""A change of a plugin keeps its name, its approved examples and its settings."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from plugwright.bundles import Bundle
from plugwright_forge.assembly import assemble
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.decisions import specification
from plugwright_forge.design import NotPossible
from plugwright_forge.improving import base_of, differences, with_approved
from plugwright_forge.person import Absent
from plugwright_forge.product import Product
from plugwright_forge.session import Session
from plugwright_forge.settling import approved_examples
from plugwright_forge.specification.document import dumps, loads
from plugwright_forge.team import Unusable

DAY = [{"subject": "art", "minutes": 45}]
APPROVED = {
    "text": "Art alone gives art.",
    "command": "longest-lesson",
    "arguments": {"lessons": DAY},
    "gives": DAY[0],
}
OTHERWISE = {**APPROVED, "text": "Art alone gives nothing.", "gives": None}
SETTING = {"name": "MOST", "value": 6, "meaning": "Lessons at most."}
MOMENT = 1_767_600_000.0


class Sarah(Absent):
    """Says the same to every question, and remembers them."""

    def __init__(self, says):
        self.says, self.asked = says, []

    def answer(self, number, question):
        self.asked.append(question.question)
        return self.says


@pytest.fixture
def base(world, story):
    """The plugin that exists: it has one approved example, and a changed setting."""
    product = world().run()
    wanted = specification(story.specified(examples=[APPROVED], settings=[SETTING]))
    files = {
        **assemble(product, Session.find(world().root)).files,
        "plugin.py": b"MOST = 9\n" + story.code.encode(),
        "specification.toml": dumps(wanted).encode(),
    }
    return base_of(Bundle(files))


@pytest.fixture
def improve(world, story, base):
    def make(person=None, options=None, **architect):
        changed = story.specified(settings=[SETTING], **architect)
        return world(
            architect=changed,
            implementer=story.fenced("MOST = 9\n" + story.code),
            person=person or Absent(),
            options={"request": "Shout!", "base": base, **(options or {})},
        )

    return make


def test_it_starts_from_what_there_is(improve, base, story):
    here = improve()
    product = here.run()

    assert isinstance(product, Product)
    assert loads(base.specification).settings[0].value == 9
    for role in ("requirements-analyst", "architect"):
        asked = here.script.asked(role)[0].messages[1].content
        assert "Shout!\n\nThis is a change of the plugin `lesson-finder`" in asked
        assert "Art alone gives art." in asked
    asked = here.script.asked("implementer")[0].messages[1].content
    assert f"```python\nMOST = 9\n{story.code}```" in asked
    assert "MOST = 9\n" not in here.script.asked("test-engineer")[0].messages[1].content


def test_approved_examples_stay_and_are_tests(improve):
    product = improve(examples=["Something else."]).run()

    kept = product.attempt.specification.examples
    assert [each.text for each in kept][:2] == [
        "Something else.",
        "Art alone gives art.",
    ]
    assert "Art alone gives art." in product.acceptance.source


@pytest.mark.parametrize(
    ("level", "approved"), [("semi-autonomous", [APPROVED]), ("guided", None)]
)
def test_an_example_of_the_architect_is_approved_by_nobody(improve, level, approved):
    """Unless somebody read the specification; what was approved before still is."""
    new = {**APPROVED, "text": "Two.", "arguments": {"lessons": [*DAY, *DAY]}}

    class Reads(Absent):
        def specification(self, file, problem):
            return True

    here = improve(Reads(), {"autonomy": Autonomy(level)}, examples=[new])
    wanted = here.run().attempt.specification

    known = approved_examples(here.session, wanted)
    texts = [each["text"] for each in approved or [new, APPROVED]]
    assert [each.text for each in known] == texts


@pytest.mark.parametrize(
    ("says", "autonomy", "text", "asked"),
    [
        ("new", "guided", OTHERWISE["text"], 1),
        ("The new one.", "semi-autonomous", OTHERWISE["text"], 1),
        ("approved", "guided", APPROVED["text"], 1),
        (None, "guided", APPROVED["text"], 1),
        ("new", "fully-autonomous", APPROVED["text"], 0),
    ],
)
def test_a_change_of_an_approved_example_is_asked_about(
    improve, says, autonomy, text, asked
):
    sarah = Sarah(says)
    here = improve(sarah, {"autonomy": autonomy}, examples=[OTHERWISE])
    here.session = here.begin()
    here.forge(here.session).run()
    (kept,) = here.session.given("improve/example/1").values()

    settled = loads((here.session.folder / "specification.toml").read_text("utf-8"))
    assert text in [each.text for each in settled.examples]
    assert sum("Which is right" in question for question in sarah.asked) == asked
    assert kept is not None


FIND = {
    "name": "longest-lesson",
    "function": "longest_lesson",
    "parameters": [
        {"name": "lessons", "type": "list[Lesson]", "meaning": "All of one day."}
    ],
    "returns": "Lesson",
    "summary": "Find the longest lesson.",
}
RENAMED = {**FIND, "name": "find-longest"}
OTHER = {**FIND, "parameters": [{**FIND["parameters"][0], "name": "day"}]}
LEAST = {"name": "least", "type": "int", "meaning": "Minutes at least."}
MORE = {**FIND, "parameters": [*FIND["parameters"], LEAST]}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (RENAMED, "it cannot be tried: there is no command `longest-lesson`."),
        (OTHER, "it cannot be tried: `longest-lesson` takes no `lessons`."),
        (MORE, "it cannot be tried: `longest-lesson` takes `least`, too."),
    ],
)
def test_an_example_that_the_change_leaves_without_a_call_is_asked_about(
    improve, story, command, said
):
    sarah = Sarah("new")
    here = improve(sarah, commands=[command])
    found = with_approved(
        here.begin(),
        sarah,
        specification(story.specified(commands=[command])),
        here.options["base"],
    )

    assert [each for each in sarah.asked if said in each]
    assert not [each for each in found.examples if each.can_be_tried]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (RENAMED, "there is no command `longest-lesson`"),
        (MORE, "`longest-lesson` takes `least`, too"),
    ],
)
def test_who_stays_with_what_the_change_makes_impossible_is_told(
    improve, command, said
):
    here = improve(Sarah("approved"), commands=[command])

    with pytest.raises(NotPossible, match=said):
        here.run()


def test_an_example_of_a_requirement_that_is_gone_is_of_none(improve, story, base):
    old = APPROVED | {"requirement": "R2"}
    known = specification(story.specified(examples=[old]))
    wanted = specification(
        story.specified(requirements=[{"id": "R1", "text": "It finds the longest."}])
    )
    here = improve()

    found = with_approved(
        here.begin(), Absent(), wanted, replace(base, specification=dumps(known))
    )

    assert [each.requirement for each in found.examples if each.can_be_tried] == [""]


def test_it_stays_the_same_plugin(improve, story):
    here = improve()
    here.script.lines["architect"] = [
        story.specified(name="another"),
        story.specified(name="another"),
    ]
    with pytest.raises(Unusable, match="it is a change of `lesson-finder`"):
        here.run()


def test_a_resumed_improvement_asks_nothing_twice(improve):
    here = improve(Sarah("new"), examples=[OTHERWISE])
    here.session = here.begin()
    here.forge(here.session).run()
    asked = len(here.script.asked())
    person = here.person = Sarah("approved")

    again = Session.find(here.root, here.session.name, now=lambda: MOMENT)
    here.forge(again).run()

    assert len(here.script.asked()) == asked
    assert person.asked == []
    assert again.options.base == here.session.options.base


def test_the_bundle_says_what_it_improves(improve, base):
    here = improve()
    product = here.run()
    made = assemble(product, here.session)
    assert made.manifest.provenance["improves"] == base.bundle


def test_differences_of_the_specification_are_said_in_words(story):
    old = specification(story.specified(examples=[APPROVED], settings=[SETTING]))
    changes = json.loads(story.specified(summary="Shouts.", examples=[OTHERWISE]))
    changes["requirements"] = [
        {"id": "R1", "text": "Shouts."},
        {"id": "R3", "text": "Whispers."},
    ]
    new = specification(json.dumps(changes))

    assert [*differences(old, new)] == [
        "it is now: Shouts. (before: Finds the longest lesson.)",
        "gone: R2: Counts all lessons.",
        "changed: R1: Shouts. (before: Gives the longest lesson.)",
        "new: R3: Whispers.",
        "gone: setting MOST: Lessons at most. (a whole number; 6)",
        "changed: example Art alone gives nothing. (before: Art alone gives art.)",
    ]
    assert [*differences(old, old)] == []
