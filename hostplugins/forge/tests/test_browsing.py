"""The matrix in a terminal: everything in 60 columns, and why."""

from __future__ import annotations

import pytest

from plugwright.errors import UsageError
from plugwright.judging import Observed, Report, TestResult, Verdict
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.board import Told, Version, board
from plugwright_forge.browsing import find, show, table
from plugwright_forge.probing import Probe, output_of
from plugwright_forge.session import Session

TESTS = (
    "test_r1_the_longest_of_all_lessons_that_a_day_can_have_is_found",
    "test_r2_the_count",
)
PROBES = (Probe(id="P1", command="longest-lesson", arguments={"lessons": []}),)


def version(number, iteration=0, failing=()):
    results = [
        TestResult(
            test=f"test_plugin.py::{name}",
            verdict=Verdict.WA if name in failing else Verdict.AC,
        )
        for name in TESTS
    ]
    return Version(
        candidate=number,
        iteration=iteration,
        code="x = 1",
        outputs=(output_of([Observed(value=number % 2)]),),
        report=Report(results=tuple(results)),
    )


@pytest.fixture
def known():
    acceptance = Acceptance(source="", functions=TESTS, trusted=frozenset(TESTS))
    versions = [version(n) for n in range(1, 16)]
    versions += [version(2, 1, [TESTS[1]])]
    told = [Told(probe="P1", output=output_of([Observed(value=1)]))]
    return board(versions, PROBES, told, acceptance)


@pytest.fixture
def session(world):
    return world().begin()


@pytest.mark.parametrize("columns", [20, 60, 80, 200])
def test_every_version_and_test_fits_on_a_screen(known, columns):
    lines = [*table(known, columns)]

    assert max(map(len, lines)) <= max(columns, 40)
    heads = [line for line in lines if line.startswith("    trust")]
    shown = [name for head in heads for name in head.split()[1:-1]]
    assert shown == list(known.matrix.programs)
    assert sum(line.startswith("  2 ") for line in lines) == len(heads)


def test_the_overview_says_who_won_and_how_sure_that_is(session, known, capsys):
    show(session, known, None, None)

    said = capsys.readouterr().out
    assert "not finished" in said
    assert f"{known.choice.winner} is the best" in said
    assert "A passed" in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    "name", ["2", TESTS[1], TESTS[1].removeprefix("test_"), f"file.py::{TESTS[1]}"]
)
def test_a_test_is_named_by_number_or_name(session, known, capsys, name):
    show(session, known, name, None)

    said = capsys.readouterr().out
    assert said.startswith("`test_r2_the_count`") or "test_r2_the_count" in said
    assert "failed by 2.1" in said


def test_a_candidate_is_told_why_it_lost(session, known, capsys):
    show(session, known, None, "2.1")
    assert "2.1 lost at" in capsys.readouterr().out
    show(session, known, None, known.choice.winner)
    assert "won" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("test", "candidate", "said"),
    [
        ("9", None, "there is no test `9`"),
        ("test_r2_the_cuont", None, "did you mean `test_r2_the_count`"),
        (None, "99", "there is no candidate `99`"),
        (None, "2.9", "did you mean"),
    ],
)
def test_what_is_not_there_is_named(session, known, test, candidate, said):
    with pytest.raises(UsageError, match=said) as refused:
        show(session, known, test, candidate)
    assert said in str(refused.value)


def test_a_session_without_candidates_says_so(session, capsys):
    show(session, board(()), None, None)
    assert "No candidate was written" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no candidate yet"):
        show(session, board(()), None, "1")


def test_the_newest_session_is_found_finished_or_not(world, tmp_path):
    with pytest.raises(UsageError, match="there is no session"):
        find(tmp_path / "forge", "")
    here = world()
    here.begin()
    second = here.begin()
    second.end("failed")

    assert find(here.root, "").name == second.name
    assert find(here.root, second.name).has("end")
    assert isinstance(find(here.root, ""), Session)
