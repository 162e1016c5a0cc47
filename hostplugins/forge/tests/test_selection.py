"""Who goes on, what a repair is worth, and what the gate says."""

from __future__ import annotations

import pytest

from plugwright.judging import Report, TestResult, Verdict
from plugwright_forge import choice
from plugwright_forge.acceptance import Acceptance, function_of, requirement_of
from plugwright_forge.board import Ruling, Version, board
from plugwright_forge.decisions import specification
from plugwright_forge.evidence import evidence
from plugwright_forge.gate import missing
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.repair import improves

FUNCTIONS = ("test_r1_a", "test_r1_b", "test_r2_c", "test_r2_free")


@pytest.fixture
def matrix():
    trusted = frozenset(FUNCTIONS[:3])
    return Matrix(Acceptance(source="", functions=FUNCTIONS, trusted=trusted))


def trial(number=1, verdicts="AAAA", *, fuel=1, code="pass", **more):
    """Make a trial out of one letter per test; `C` alone did not load."""
    words = {"A": "AC", "W": "WA", "T": "TLE", "S": "SV", "R": "RE"}
    results = tuple(
        TestResult(
            test=f"test_plugin.py::{name}",
            verdict=Verdict(words[letter]),
            message="at 0x7f00 so",
            fuel=fuel,
        )
        for name, letter in zip(FUNCTIONS, verdicts, strict=False)
        if verdicts != "C"
    )
    results = results or (
        TestResult(test="test_plugin.py", verdict=Verdict.CE, message="no colon"),
    )
    report = Report(results=results, denied=more.pop("denied", ()))
    return Trial(candidate=number, iteration=0, code=code, report=report, **more)


def select(matrix, trials, **more):
    """Choose as the contest does, where nothing was observed beside the tests."""
    versions = [
        Version(
            candidate=each.candidate,
            iteration=each.iteration,
            code=each.code,
            report=each.report,
            problems=each.problems,
        )
        for each in trials
    ]
    known = board(versions, acceptance=matrix.acceptance, **more)
    winner = choice.select(known.matrix, known.ledger).winner
    return trials[[version.id for version in versions].index(winner)]


def test_the_id_of_a_test_names_its_function_and_its_requirement():
    assert function_of("test_plugin.py::test_r1_x[a::b]") == "test_r1_x"
    assert requirement_of("test_r12_x") == "R12"
    assert requirement_of("test_r2") == "R2"
    assert requirement_of("test_rx") == ""


def test_who_alone_passes_a_test_beats_two_who_agree_on_less_if_it_is_trusted(matrix):
    """Where a test may be wrong, two who fail it alike speak against it."""
    trials = [trial(1, "AAWA"), trial(2, "AAWA"), trial(3, "AAAA", fuel=99)]

    assert select(matrix, trials).candidate == 1
    upheld = {"test_r2_c": Ruling(upheld=True, why="a second tester says so")}
    assert select(matrix, trials, rulings=upheld).candidate == 3


def test_two_who_agree_beat_one_who_passes_as_many(matrix):
    trials = [trial(1, "AAWA"), trial(2, "WAAA", fuel=9), trial(3, "WAAA", fuel=8)]

    assert select(matrix, trials).candidate == 3


def test_a_pass_count_alone_does_not_win(matrix):
    """The root of two supporters is worth more than one test among few."""
    two = [trial(1, "AAWA"), trial(2, "AWWA"), trial(3, "AWWA")]

    assert select(matrix, two).candidate == 1
    four = [*two, trial(4, "AWWA"), trial(5, "AWWA"), trial(6, "AWWA")]
    assert select(matrix, four).candidate == 2


def test_of_equals_less_fuel_then_shorter_code_then_who_came_first(matrix):
    slow, fast = trial(1, fuel=2), trial(2, fuel=1)
    long, short = trial(1, code="a = 1\n" * 3), trial(2, code="a = 3\n")

    assert select(matrix, [slow, fast]) is fast
    assert select(matrix, [long, short]) is short
    assert select(matrix, [trial(2), trial(1)]).candidate == 2


def test_what_loads_beats_what_does_not(matrix):
    assert select(matrix, [trial(1, "C"), trial(2, "WWWW")]).candidate == 2


def test_an_untrusted_test_decides_nothing(matrix):
    assert matrix.flawless(trial(verdicts="AAAW"))


def test_a_reach_for_more_is_a_flaw(matrix):
    clean, greedy = trial(2, fuel=9), trial(1, denied=("clock",))

    assert select(matrix, [greedy, clean]) is clean


@pytest.mark.parametrize(
    ("old", "new", "better"),
    [
        ("WAAA", "AAAA", True),
        ("WWAA", "AWAA", True),
        ("WAAA", "AWAA", False),
        ("WAAA", "WAAA", False),
        ("C", "WWWW", True),
        ("C", "C", False),
        ("WAAW", "WAAA", False),
    ],
)
def test_a_repair_counts_if_nothing_got_worse_and_something_better(
    matrix, old, new, better
):
    assert improves(matrix, trial(verdicts=new), trial(verdicts=old)) is better


def test_a_mended_interface_is_an_improvement_too(matrix):
    old, new = trial(problems=("no command",)), trial()

    assert improves(matrix, new, old)
    assert not improves(matrix, old, new)


def test_evidence_is_the_same_on_every_machine(matrix):
    slow = trial(verdicts="WTAW", fuel=123_456)

    assert evidence(matrix, slow) == (
        "- test_plugin.py::test_r1_a: WA: at 0x… so\n"
        "- test_plugin.py::test_r1_b: TLE: it ran too long: an endless loop, or far "
        "too slow"
    )


def test_the_gate_is_open_when_nothing_is_missing(matrix, story):
    specified = specification(story.specified())

    assert missing(matrix, specified, trial(verdicts="AAAW"), 100) == ()


@pytest.mark.parametrize(
    ("tried", "threshold", "words"),
    [
        (trial(verdicts="AWAA"), 50, ["1 of 3 trusted tests fail: `test_r1_b` (WA)"]),
        (trial(verdicts="C"), 0, ["the plugin does not load: no colon"]),
        (trial(denied=("clock",)), 50, ["reached for what was not granted: `clock`"]),
        (trial(verdicts="AASA"), 0, ["`test_r2_c` (SV)", "what was not granted"]),
        (trial(problems=("there is no command `x`",)), 50, ["there is no command"]),
        (trial(verdicts="AAWA"), 85, ["1 of 3", "1 of 2 requirements", "R2 (Counts"]),
    ],
)
def test_the_gate_says_what_is_missing(matrix, story, tried, threshold, words):
    said = missing(matrix, specification(story.specified()), tried, threshold)

    for word in words:
        assert any(word in sentence for sentence in said)


def test_a_requirement_without_a_trusted_test_is_not_met(story):
    acceptance = Acceptance(
        source="", functions=FUNCTIONS, trusted=frozenset(FUNCTIONS[:2])
    )
    specified = specification(story.specified())

    [said] = missing(Matrix(acceptance), specified, trial(), 85)

    assert said.startswith("1 of 2 requirements are shown to be met, and 85 %")
    assert missing(Matrix(acceptance), specified, trial(), 50) == ()


def test_the_matrix_is_written_as_a_table(matrix):
    table = matrix.in_words([trial(1, "AWAA"), trial(2, "C")])

    assert table.split("\n") == [
        "| test | 1.0 | 2.0 |",
        "| --- | --- | --- |",
        "| test_r1_a | AC | CE |",
        "| test_r1_b | WA | CE |",
        "| test_r2_c | AC | CE |",
        "| test_r2_free (not trusted) | AC | CE |",
    ]
