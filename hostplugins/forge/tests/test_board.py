"""The board says what the steps of a session come to, the same every time."""

from __future__ import annotations

import pytest

from plugwright.judging import Observed, Report, TestResult, Verdict
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.board import FACTS, Told, Version, board
from plugwright_forge.choice import Source, select
from plugwright_forge.probing import Probe, output_of

PROBES = tuple(Probe(id=f"P{n}", command="double", arguments={"n": n}) for n in (1, 2))
TESTS = ("test_r1_one", "test_r1_two", "test_r2_nothing")
ACCEPTANCE = Acceptance(
    source="", functions=TESTS, trusted=frozenset({"test_r1_one", "test_r1_two"})
)


def result(function, verdict=Verdict.AC, case=""):
    return TestResult(test=f"test_plugin.py::{function}{case}", verdict=verdict, fuel=5)


def version(number, *values, failing=(), iteration=0):
    results = [
        result(name, Verdict.WA if name in failing else Verdict.AC) for name in TESTS
    ]
    return Version(
        candidate=number,
        iteration=iteration,
        code="pass",
        outputs=tuple(output_of([Observed(value=value)]) for value in values),
        report=Report(results=tuple(results)),
    )


def test_what_differs_in_fuel_alone_is_the_same_output():
    assert output_of([Observed(value=1, fuel=1)]) == output_of([Observed(value=1)])
    assert output_of([Observed(value=1)]) != output_of([Observed(value=1.0)])
    assert output_of([Observed(refused=True)]) != output_of([Observed()])


def test_every_case_of_a_test_has_to_be_accepted():
    report = Report(
        results=(
            result("test_r1_one", case="[a]"),
            result("test_r1_one", Verdict.TLE, case="[b]"),
            result("test_r1_two"),
        )
    )
    one = Version(candidate=1, iteration=0, code="", report=report)
    found = board([one], acceptance=ACCEPTANCE).matrix
    assert found.row("1.0").cells[0].verdict is Verdict.TLE
    assert found.row("1.0").cells[0].fuel == 10
    assert found.passed("1.0") == {"test_r1_two", *FACTS}
    assert "test_r2_nothing" in found.failed("1.0")


def test_before_there_are_tests_only_behaviour_is_known():
    versions = [
        Version(candidate=n, iteration=0, code="", outputs=("[]", "[]")) for n in (1, 2)
    ]
    found = board(versions, PROBES)
    assert found.matrix.tests == FACTS
    assert found.matrix.passed("1.0") == found.matrix.failed("1.0") == frozenset()
    assert found.matrix.probes == ("P1", "P2")
    assert found.matrix.voices == 2


def test_a_test_that_an_empty_plugin_passes_never_rejects_anybody():
    versions = [version(n, 2, 4) for n in range(1, 6)]
    ledger = board(versions, PROBES, acceptance=ACCEPTANCE).ledger
    assert "test_r2_nothing" not in ledger.rejecting(TESTS)
    assert set(ledger.rejecting(TESTS)) == {"test_r1_one", "test_r1_two"}
    assert ledger["test_r1_one"].requirement == "R1"


def test_what_a_person_said_is_an_approved_example_for_all():
    versions = [version(1, 2, 4), version(2, 2, 5)]
    told = [Told(probe="P2", output=output_of([Observed(value=5)]))]
    found = board(versions, PROBES, told, ACCEPTANCE)
    assert found.ledger["example-1"].source is Source.APPROVED
    assert "example-1" in found.matrix.passed("2.0")
    assert "example-1" in found.matrix.failed("1.0")
    assert select(found.matrix, found.ledger).winner == "2.0"


def test_what_a_person_does_not_want_rules_out_only_that():
    versions = [version(1, 2, 4), version(2, 2, 5)]
    told = [Told(probe="P2", output=output_of([Observed(value=5)]), wanted=False)]
    found = board(versions, PROBES, told, ACCEPTANCE)
    assert select(found.matrix, found.ledger).winner == "1.0"


def test_repairs_of_one_candidate_have_one_voice():
    versions = [version(1, 2, 4), version(1, 2, 4, iteration=1), version(2, 2, 4)]
    assert board(versions, PROBES, acceptance=ACCEPTANCE).matrix.voices == 2


@pytest.mark.parametrize("failing", [(), ("test_r1_one",)])
def test_the_same_steps_give_the_same_board(failing):
    versions = [version(1, 2, 4, failing=failing), version(2, 2, 4)]
    assert board(versions, PROBES) == board(versions, PROBES)
