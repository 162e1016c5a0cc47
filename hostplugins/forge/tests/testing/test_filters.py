"""What speaks against a test, and which words the ledger has for it."""

from __future__ import annotations

import pytest

from plugwright.judging import Report, TestResult, Verdict
from plugwright_forge.choice import Kind
from plugwright_forge.testing.filters import (
    flaws,
    steady,
    together,
    trivial,
    turned_round,
)


def report(**verdicts):
    return Report(
        results=tuple(
            TestResult(test=f"test_plugin.py::{name}", verdict=Verdict(verdict))
            for name, verdict in verdicts.items()
        )
    )


def kinds(found):
    return {name: [each.kind for each in known] for name, known in found.items()}


def test_what_an_empty_plugin_passes_is_trivial():
    found = trivial(report(a="AC", b="WA"), ["a", "b"])

    assert kinds(found) == {"a": [Kind.TRIVIAL]}


def test_a_test_of_several_cases_proves_something_if_one_of_them_does():
    cases = Report(
        results=(
            TestResult(test="test_plugin.py::a[1]", verdict=Verdict.AC),
            TestResult(test="test_plugin.py::a[2]", verdict=Verdict.WA),
        )
    )

    assert trivial(cases, ["a"]) == {}


def test_a_test_that_changes_its_mind_is_flaky():
    first, second = report(a="WA", b="AC"), report(a="WA", b="WA")

    assert kinds(steady(first, [second], [first])) == {"b": [Kind.FLAKY]}


def test_a_test_that_goes_otherwise_in_another_order_depends_on_it():
    first, turned = report(a="WA", b="AC"), report(b="WA", a="WA")

    assert kinds(steady(first, [first], [turned])) == {"b": [Kind.ORDER]}


def test_the_order_alone_is_no_difference():
    assert steady(report(a="WA", b="AC"), [], [report(b="AC", a="WA")]) == {}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("assert plan(1) == plan(1)", Kind.COPIED),
        ("expected = plan(1)\n    assert plan(1) == expected", Kind.COPIED),
        ("assert plan(1) == datetime.date.today().year", Kind.CLOCK),
        ("assert plan(1) == time.time()", Kind.CLOCK),
    ],
)
def test_a_flaw_that_can_be_read_is_found_without_running(body, kind):
    found = flaws(f"def test_r1_x():\n    {body}\n", {"plan"})

    assert kinds(found) == {"test_r1_x": [kind]}


@pytest.mark.parametrize(
    "body",
    [
        "assert plan(1) == 1",
        "assert plan(plan(1)) == plan(1)",
        "set_clock('2026-01-05')\n    assert today() == 5",
        "assert plan(datetime.date(2026, 1, 5).isoformat())",
    ],
)
def test_an_honest_test_has_no_flaw(body):
    assert flaws(f"def test_r1_x():\n    {body}\n", {"plan"}) == {}


def test_tests_are_turned_round_with_all_that_belongs_to_them():
    source = "X = 1\n\n\n@mark\ndef test_a():\n    1\n\n\ndef test_b():\n    2\n"

    turned = turned_round(source)

    assert turned.index("def test_b") < turned.index("@mark\ndef test_a")
    assert turned.startswith("X = 1\n")


def test_what_several_sides_know_is_put_together():
    one = trivial(report(a="AC"), ["a"])
    other = steady(report(a="AC", b="AC"), [report(a="WA", b="WA")], [])

    assert kinds(together(one, other)) == {
        "a": [Kind.TRIVIAL, Kind.FLAKY],
        "b": [Kind.FLAKY],
    }
