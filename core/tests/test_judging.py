"""The shapes of judging: what a report says, and what it says only when asked."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from plugwright.judging import Case, Coverage, Report, TestResult, Verdict


def result(verdict: Verdict) -> TestResult:
    return TestResult(test="test_a.py::test_it", verdict=verdict)


@pytest.mark.parametrize(
    ("verdicts", "passed"),
    [((), False), (("AC",), True), (("AC", "AC"), True), (("AC", "TLE"), False)],
)
def test_a_report_passes_if_there_are_tests_and_all_are_accepted(verdicts, passed):
    report = Report(results=tuple(result(Verdict(each)) for each in verdicts))

    assert report.passed is passed


def test_coverage_is_asked_for_and_otherwise_not_there():
    case = Case(name="x", files={}, tests={})

    assert case.coverage is False
    assert Report(results=()).coverage is None


def test_a_report_with_coverage_can_be_written_down():
    seen = Coverage(lines=(1, 2), executed=(1,), branches=((1, 0), (1, 2)))
    report = Report(results=(result(Verdict.AC),), coverage={"plugin.py": seen})

    written = json.loads(json.dumps(asdict(report)))

    assert written["coverage"] == {
        "plugin.py": {
            "lines": [1, 2],
            "executed": [1],
            "branches": [[1, 0], [1, 2]],
            "taken": [],
        }
    }
