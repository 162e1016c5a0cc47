"""What a linter mends by itself: taken over, if no test is lost by it."""

from __future__ import annotations

import pytest

from plugwright.judging import Mutants
from plugwright.quality import Quality, Remark, Side
from plugwright_forge.product import Product

UNUSED = "import os\nimport re\n"


@pytest.fixture
def linted(world, story):
    """A session whose program has imports that nothing uses, and a linter."""

    def make(mend, **changes):
        asked = []

        def look(source):
            asked.append(source.stages)
            mended = {"plugin.py": mend(source.files["plugin.py"])}
            remark = Remark(stage="lint", what="looked at", mended=mended)
            side = Side(stage="lint", plugin="qa", remarks=(remark,))
            return Quality(sides=(side,))

        here = world(
            implementer=story.fenced(UNUSED + story.code), look=look, **changes
        )
        return here, asked

    return make


def without_unused(code):
    return code.replace(UNUSED, "\n")


def test_imports_that_nothing_uses_are_not_delivered(linted, story):
    here, asked = linted(without_unused)

    product = here.run()

    assert isinstance(product, Product)
    assert asked == [("lint",)]
    assert "import os" not in product.attempt.best.code
    assert "\n\n\nfrom typing" not in product.attempt.best.code
    assert [case.files["plugin.py"] for case in here.judge.cases][-2] == story.code
    # What is judged last is what is delivered.
    assert here.judge.cases[-1].files["plugin.py"] == product.attempt.best.code


def test_what_fails_a_test_when_it_is_tidy_stays_as_it_was(linted):
    def spoilt(code):
        return without_unused(code) + "# WA test_r1_the_longest\n"

    product = linted(spoilt)[0].run()

    assert isinstance(product, Product)
    assert "import os" in product.attempt.best.code
    assert "WA" not in product.attempt.best.code


def test_mistakes_that_nobody_notices_keep_their_lines(linted, story, monkeypatch):
    line = "    minutes: int"
    at = (UNUSED + story.code).split("\n").index(line) + 1
    found = Mutants(killed=9, counted=10, alive=(f"line {at}: `int` was lost",))
    here, _ = linted(without_unused)
    monkeypatch.setattr(here.judge, "mutate", lambda *_: found, raising=False)

    attempt = here.run().attempt

    number = attempt.best.code.split("\n").index(line) + 1
    assert attempt.mutants.alive == (f"line {number}: `int` was lost",)


def test_a_session_that_goes_on_is_not_linted_again(linted):
    here, asked = linted(without_unused)
    first = here.run()

    again = here.forge(type(here.session)(here.session.folder)).run()

    assert again == first
    assert len(asked) == 1
