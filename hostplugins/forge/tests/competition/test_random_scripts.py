"""Whatever models say, a session ends in its budget, and the gate holds."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugwright.errors import PlugwrightError
from plugwright_forge.board import Told
from plugwright_forge.budget import Budget
from plugwright_forge.choice import Source
from plugwright_forge.competition import known
from plugwright_forge.product import Product
from plugwright_forge.session import Session

TESTS = ("test_r1_the_longest", "test_r2_the_count", "test_r2_nothing_is_proved")
ROLES = (
    "requirements_analyst",
    "architect",
    "test_engineer",
    "implementer",
    "integration_specialist",
    "documentation_writer",
)


def programs(story):
    """Programs that fail any of the tests in any way, or do not load."""
    return st.lists(
        st.tuples(st.sampled_from(TESTS), st.sampled_from(["WA", "RE", "TLE", "SV"])),
        max_size=3,
    ).map(
        lambda marks: story.fenced(
            story.code + "".join(f"# {verdict} {test}\n" for test, verdict in marks)
        )
    ) | st.sampled_from([story.fenced("def f(:\n"), story.fenced("# CE\n")])


def answers(story):
    good = st.sampled_from(
        [
            json.dumps(story.questions),
            json.dumps(story.specification),
            story.fenced(story.tests),
            json.dumps(story.review),
            json.dumps({"better": "first", "why": "so"}),
            story.fenced(story.readme, "markdown"),
            "I need the code from the implementer.",
            "again and again " * 60,
            "",
        ]
    )
    return programs(story) | good | st.text(max_size=40)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_script_ends_in_its_budget_and_ships_nothing_wrong(world, story, data):
    spoken = {"implementer": data.draw(st.lists(answers(story), min_size=1))}
    spoken |= data.draw(
        st.dictionaries(
            st.sampled_from(ROLES),
            st.lists(answers(story), min_size=1, max_size=4),
            max_size=2,
        )
    )
    calls = data.draw(st.integers(5, 40))
    here = world(
        **spoken,
        options={
            "budget": Budget(calls=calls),
            "candidates": data.draw(st.integers(1, 9)),
        },
    )
    with tempfile.TemporaryDirectory() as folder:
        here.root = Path(folder)
        try:
            result = here.run()
        except PlugwrightError as error:
            result = error
        assert len(here.script.asked()) <= calls
        assert all(set(case.files) == {"plugin.py"} for case in here.judge.cases)
        if isinstance(result, Product):
            _check_shipped(result)
        elif isinstance(result, PlugwrightError):
            assert result.remedy
        else:
            assert result.missing
            board = known(Session(here.session.folder))
            assert board.matrix == result.attempt.board.matrix


def _check_shipped(product: Product) -> None:
    board, version = product.attempt.board, product.attempt.version
    failed = board.matrix.failed(version)
    approved = {
        test
        for test in board.matrix.tests
        if board.ledger[test].source is Source.APPROVED
    }
    assert not failed & approved
    assert not failed & {*board.ledger.rejecting(board.matrix.tests)}
    assert product.report.passed
    assert not product.report.denied
    assert product.attempt.confidence >= 0.85


def test_an_approved_example_that_fails_shuts_the_gate(world, story):
    from plugwright_forge.board import board as written
    from plugwright_forge.gate import missing

    here = world(implementer=story.fenced(story.code))
    attempt = here.run().attempt
    versions = attempt.board.matrix
    assert versions.rows
    told = Told(probe="P1", output="[]")
    from plugwright_forge.board import Version
    from plugwright_forge.probing import Probe

    one = Version(
        candidate=attempt.best.candidate,
        iteration=attempt.best.iteration,
        code="",
        outputs=("[1]",),
        report=attempt.best.report,
    )
    probe = Probe(id="P1", command="longest-lesson", arguments={})
    known_now = written([one], [probe], [told], attempt.matrix.acceptance)
    said = missing(
        attempt.matrix,
        attempt.specification,
        attempt.best,
        0,
        known=known_now,
        version=one.id,
    )
    assert said[0] == "1 of 1 approved examples fail: `example-1`"
