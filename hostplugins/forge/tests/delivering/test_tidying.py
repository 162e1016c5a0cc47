"""What a linter mends by itself: taken over, if no test is lost by it."""

from __future__ import annotations

import pytest

from plugwright.judging import Call, Mutants, Observed
from plugwright.quality import Quality, Remark, Side
from plugwright_forge.budget import Budget
from plugwright_forge.options import Options
from plugwright_forge.product import Product
from plugwright_forge.session import Session

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
    assert here.judge.cases[-2].files["plugin.py"] == story.code
    # What is judged last is what is delivered.
    assert here.judge.cases[-1].files["plugin.py"] == product.attempt.best.code


def test_what_fails_a_test_when_it_is_tidy_stays_as_it_was(linted):
    def spoilt(code):
        return without_unused(code) + "# WA test_r1_the_longest\n"

    product = linted(spoilt)[0].run()

    assert isinstance(product, Product)
    assert "import os" in product.attempt.best.code
    assert "WA" not in product.attempt.best.code


def test_what_gives_something_else_when_it_is_tidy_stays_as_it_was(linted):
    """Though no test sees it."""
    here, _ = linted(without_unused)
    here.judge.observe = lambda case, stories: [
        tuple(Observed(value="import os" in case.files["plugin.py"]) for _ in story)
        for story in stories
    ]
    here.judge.calls = lambda case: {
        "test_plugin.py::test_r1_the_longest": [
            Call(command="longest-lesson", arguments={"lessons": []})
        ]
    }

    assert "import os" in here.run().attempt.best.code


@pytest.fixture
def timed(linted):
    """Give what comes of so many seconds, and how many are gone: ten a judging."""

    def run(mend, seconds):
        here, _ = linted(mend)
        judge, gone = here.judge.judge, [0.0]

        def slow(case, watch=None):
            gone[0] += 10
            return judge(case, watch)

        here.judge.judge = slow
        options = Options(
            request="Find lessons!", model="scripted", budget=Budget(seconds=seconds)
        )
        session = Session.begin(here.root / mend.__name__, options, lambda: gone[0])
        return here.forge(session).run(), gone[0]

    return run


def test_what_the_last_judging_needs_is_not_spent_on_looks(timed):
    _, needed = timed(str, 3600.0)
    enough = (needed - 10) / (1 - Budget().reserve) + 1

    result, gone = timed(without_unused, enough)

    assert isinstance(result, Product)
    assert gone == needed
    assert "import os" in result.attempt.best.code


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
