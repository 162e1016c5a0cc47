"""What everybody who validates says of a plugin in the making, as a vector."""

from __future__ import annotations

import pytest

from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.judging import Case, Report, TestResult, Verdict
from plugwright.quality import (
    STAGES,
    Grade,
    Quality,
    Remark,
    Side,
    Source,
    in_words,
    quality,
    rejudged,
    unseen,
)
from plugwright.validation import Finding, Severity

SOURCE = Source(name="s", files={"plugin.py": "x = 1\n"})


class Says:
    """Answers with what it is told to answer."""

    def __init__(self, *findings):
        self.findings = findings

    @hookimpl
    def validate(self, subject, host):
        assert subject.kind == "source"
        assert host is not None
        return [*self.findings]


@pytest.fixture
def asked(tmp_path):
    """Ask an empty host with some plugins."""
    from plugwright.home import Home

    def ask(**plugins) -> Quality:
        with Host(Home(tmp_path)) as host:
            for name, plugin in plugins.items():
                host.take_in(plugin, name)
            return quality(host, SOURCE)

    return ask


def remark(severity=Severity.WARNING, stage="lint", **more):
    return Remark(stage=stage, what="odd", severity=severity, **more)


def test_a_plain_finding_is_of_the_stage_that_is_called_like_its_plugin(asked):
    found = asked(spelling=Says(Finding(what="a typo", where="README.md:2")))

    assert found.grades == {
        **dict.fromkeys(STAGES, Grade.UNSEEN),
        "spelling": Grade.WARNING,
    }
    (said,) = found["spelling"].remarks
    assert in_words(said) == "spelling: a typo (README.md:2)"


def test_stages_have_names_and_two_plugins_may_have_one(asked):
    found = asked(a=Says(remark()), b=Says(remark(Severity.NOTE)))

    assert found["lint"].plugin == "b, a"
    assert len(found["lint"].remarks) == 2
    assert found.grades["lint"] is Grade.WARNING


def test_doubt_about_how_grave_it_is_is_an_error(asked):
    found = asked(odd=Says(Finding(what="odd", severity="terrible")))

    assert found.grades["odd"] is Grade.ERROR
    assert found.missing() == ("odd: odd",)


def test_what_fails_lets_nothing_pass(asked):
    class Broken:
        @hookimpl
        def validate(self, subject):
            raise ValueError(subject.name)

    found = asked(a=Says(remark()), broken=Broken())

    assert found.grades == dict.fromkeys(STAGES, Grade.UNSEEN)
    assert all("`broken`" in said for said in found.unseen())


@pytest.mark.parametrize(
    ("remarks", "grade"),
    [
        ([], Grade.CLEAR),
        ([remark(Severity.NOTE)], Grade.CLEAR),
        ([remark(Severity.NOTE), remark()], Grade.WARNING),
        ([remark(), unseen("lint", "no")], Grade.UNSEEN),
        ([remark(Severity.ERROR), unseen("lint", "no")], Grade.ERROR),
    ],
)
def test_a_stage_is_as_good_as_the_worst_that_is_said(remarks, grade):
    assert Side(stage="lint", plugin="qa", remarks=tuple(remarks)).grade is grade


def test_plots_and_mended_files_of_all_stages_are_together(asked):
    found = asked(
        a=Says(remark(plots={"p": "<svg/>"}), remark(mended={"plugin.py": "y"}))
    )
    assert (found.plots, found.mended) == ({"p": "<svg/>"}, {"plugin.py": "y"})


class Judge:
    """Accepts a test where a word is in the plugin."""

    name = "words"

    def judge(self, case, watch=None):
        text = "".join(case.files.values())
        results = [
            TestResult(test=word, verdict=Verdict.AC if word in text else Verdict.WA)
            for word in ("one", "two")
        ]
        return Report(results=tuple(results), denied=("http",) * text.count("http"))


@pytest.mark.parametrize(
    ("mended", "is_kept"),
    [
        ({"plugin.py": "one two"}, True),
        ({"plugin.py": "one three"}, True),
        ({"plugin.py": "two"}, False),
        ({"plugin.py": "one http"}, False),
        ({"other.py": "two"}, False),
        ({}, False),
    ],
)
def test_mended_files_are_kept_only_if_no_test_is_lost(mended, is_kept):
    case = Case(name="s", files={"plugin.py": "one"}, tests={})
    before = Judge().judge(case)
    after, report = rejudged(Judge(), case, before, mended)

    assert (dict(after.files) == mended) is is_kept
    assert report == (Judge().judge(after) if is_kept else before)
