"""The report opens from the disk, shows everything, and runs nothing."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from plugwright.judging import Coverage, Mutants, Observed, TestResult, Verdict
from plugwright.judging import Report as Judged
from plugwright.quality import Quality, Remark, Side
from plugwright.validation import Severity
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.board import Told, Version, board
from plugwright_forge.choice import confidence, select
from plugwright_forge.decisions import specification
from plugwright_forge.pages.report import Report, written
from plugwright_forge.probing import Probe, output_of
from plugwright_forge.testing import TestKind

TESTS = ("test_r1_the_longest", "test_r2_the_count")
PROBES = (Probe(id="P1", command="longest-lesson", arguments={"lessons": []}),)
EVIL = '</pre><script>alert("x")</script>'


class Page(HTMLParser):
    """What a browser would load or run."""

    VOID = ("meta", "br", "link", "img")

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def version(number, failing=()):
    results = [
        TestResult(
            test=f"test_plugin.py::{name}",
            verdict=Verdict.WA if name in failing else Verdict.AC,
        )
        for name in TESTS
    ]
    return Version(
        candidate=number,
        iteration=0,
        code="x = 1\ny = 2",
        outputs=(output_of([Observed(value=number % 2)]),),
        report=Judged(results=tuple(results)),
    )


@pytest.fixture
def page(story):
    def make(**changes):
        acceptance = Acceptance(source="", functions=TESTS, trusted=frozenset(TESTS))
        versions = [version(1), version(2, [TESTS[1]]), version(3)]
        told = [Told(probe="P1", output=output_of([Observed(value=1)]))]
        found = board(versions, PROBES, told, acceptance)
        choice = select(found.matrix, found.ledger)
        about = {
            "specification": specification(story.specified()),
            "matrix": found.matrix,
            "ledger": found.ledger,
            "choice": choice,
            "version": choice.winner,
            "confidence": confidence(found.matrix, found.ledger, choice.winner),
            "passed": True,
        }
        return Page(written(Report(**about | changes)))

    return make


def test_it_is_one_whole_page_that_loads_and_runs_nothing(page):
    found = page()
    assert found.open == []
    assert {tag for tag, _ in found.tags} & {"script", "link", "img", "iframe"} == set()
    assert not any("src" in about or "href" in about for _, about in found.tags)


def test_every_test_and_every_version_is_there(page):
    found = page()
    for name in ("1.0", "2.0", "3.0", "r1 the longest", "example-1"):
        assert name in found.text
    assert sum(about.get("class") == "WA" for _, about in found.tags) == 2
    assert sum(about.get("class") == "winner" for _, about in found.tags) == 1


def test_it_says_of_what_kind_each_test_is_and_how_many_there_are(page):
    found = page(kinds={TESTS[0]: TestKind.UNIT, TESTS[1]: TestKind.EDGE})
    said = "5 tests: seen by the host 2, unit 1, edge 1, example 1."
    assert said in found.text


def test_it_says_why_each_won_or_lost_and_why_a_test_is_trusted(page):
    found = page()
    assert "1.0 won" in found.text
    assert "2.0 lost at" in found.text
    assert "an example that the person approved" in found.text


def test_what_became_of_the_winner_is_what_is_marked(page):
    found = page(version="2.0")
    assert "2.0 was taken: it improves 1.0, which won." in found.text
    assert "1 of 1" in found.text
    assert "0 of 1" in found.text


def test_what_is_missing_and_unsure_is_said(page):
    found = page(passed=False, missing=["R2 is not shown"], unsure=["An empty day?"])
    assert "not good enough" in found.text
    assert "R2 is not shown" in found.text
    assert "An empty day?" in found.text


def test_nothing_that_a_model_wrote_becomes_part_of_the_page(page, story):
    wanted = specification(
        story.specified(summary=EVIL, requirements=[{"id": "R1", "text": EVIL}])
    )
    found = page(specification=wanted, unsure=[EVIL], source=EVIL, missing=[EVIL])
    assert "script" not in {tag for tag, _ in found.tags}
    assert EVIL in found.text


def test_coverage_and_mutants_are_shown_where_they_were_measured(page):
    coverage = Coverage(lines=(1, 2), executed=(1,), branches=((1, 2),), taken=())
    mutants = Mutants(killed=1, counted=2, alive=("line 1: `1` became `2`",))
    found = page(coverage=coverage, source="x = 1\ny = 2", mutants=mutants)
    assert "1 of 2 lines ran, 0 of 1 ways" in found.text
    assert "1 of 2 mistakes" in found.text
    assert "line 1: `1` became `2`" in found.text
    assert "What the tests ran" not in page().text


def test_each_stage_of_quality_stands_for_itself_with_its_plot(page):
    remark = Remark(
        stage="performance",
        what=f"it grows {EVIL}",
        severity=Severity.WARNING,
        plots={"plan, by n": "<svg><path d='M0 0'/></svg>"},
    )
    side = Side(stage="performance", plugin="qa", remarks=(remark,))
    found = page(quality=Quality(sides=(side,)))

    assert "Quality, stage by stage" in found.text
    assert "warning" in found.text
    assert EVIL in found.text
    assert "Fuel against size: plan, by n" in found.text
    assert "svg" in {tag for tag, _ in found.tags}
    assert "script" not in {tag for tag, _ in found.tags}
