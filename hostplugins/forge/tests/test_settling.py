"""In guided mode a person reads and changes the specification before work begins."""

from __future__ import annotations

import pytest

from plugwright_forge.autonomy import Autonomy
from plugwright_forge.product import Product


class Reader:
    """Changes the document, one change for each time it is shown."""

    def __init__(self, *changes):
        self.changes = list(changes)
        self.problems = []
        self.texts = []

    def answer(self, number, question):
        return None

    def card(self, number, card):
        return None

    def specification(self, file, problem):
        self.problems.append(problem)
        self.texts.append(file.read_text("utf-8"))
        if not self.changes:
            return False
        old, new = self.changes.pop(0)
        assert old in self.texts[-1]
        file.write_text(self.texts[-1].replace(old, new), "utf-8")
        return True


@pytest.fixture
def guided(world):
    def make(*changes, **options):
        reader = Reader(*changes)
        return world(person=reader, options=options), reader

    return make


def test_what_a_person_changed_is_what_everybody_works_from(guided):
    here, _ = guided(("Counts all lessons.", "Counts the lessons of one day."))
    product = here.run()
    assert isinstance(product, Product)
    first, second = here.script.asked("test-engineer")
    for asked in (first, second):
        assert "Counts the lessons of one day." in asked.messages[1].content
        assert "Counts all lessons." not in asked.messages[1].content


def test_what_does_not_hold_is_told_and_asked_again(guided):
    here, reader = guided(('id = "R2"', 'id = "R1"'), ('id = "R1"', 'id = "R3"'))
    here.run()
    assert reader.problems[0] == ""
    assert "there are two of the requirement `R1`" in reader.problems[1]


def test_what_the_policy_forbids_is_told_there_too(guided):
    wish, old = "http:GET https://example.org/*", 'permission = "storage"'
    back = (f'permission = "{wish}"', old)
    here, reader = guided((old, back[0]), back)
    product = here.run()

    assert f"the policy forbids what it would need: `{wish}`" in reader.problems[1]
    assert f"--allow '{wish}'" in reader.problems[1]
    (kept,) = product.attempt.specification.permissions
    assert str(kept.permission) == "storage"


def test_where_nobody_reads_it_the_architects_goes_on(guided):
    here, reader = guided()
    assert isinstance(here.run(), Product)
    assert len(reader.texts) == 1


@pytest.mark.parametrize("autonomy", [Autonomy.SEMI, Autonomy.FULL])
def test_it_is_shown_in_guided_mode_alone(guided, autonomy):
    here, reader = guided(autonomy=autonomy)
    here.run()
    assert reader.texts == []


def test_it_is_not_shown_again_when_the_session_goes_on(guided):
    here, reader = guided(("Counts all lessons.", "Counts the lessons of one day."))
    first = here.run()
    again = here.forge(type(here.session)(here.session.folder)).run()
    assert again == first
    assert len(reader.texts) == 1
