"""What is shown: letters that live on a terminal, and plain lines in a pipe."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from plugwright.judging import TestResult, Verdict
from plugwright_forge.progress import LETTERS, Board, Lines


def watch(display):
    with display:
        display.phase("candidates")
        display.working("implementer", "candidate-1")
        display.judging("candidate 1")
        for number, verdict in enumerate([*Verdict] * 10):
            display.result(
                "candidate 1", TestResult(test=f"t{number}", verdict=verdict)
            )
        display.note("a note\x1b[2J\nof two lines [bold]")
        with display.paused():
            pass
        display.iteration(1, 3, 4)


def test_every_verdict_has_a_letter_of_its_own():
    assert len({*LETTERS.values()}) == len(Verdict)


def test_a_pipe_gets_plain_lines(capsys):
    watch(Lines())

    assert capsys.readouterr().out.split("\n") == [
        "== candidates",
        "implementer works on candidate-1",
        "a letter for each test: A passed  W wrong  R error  T too slow  "
        "C does not load  S not allowed",
        f"judge: candidate 1: {'AWTMORCSI' * 10} 10/90",
        "a note [2J of two lines [bold]",
        "iteration 1: 3 of 4 requirements met (75 %)",
        "",
    ]


@pytest.mark.parametrize("width", [60, 100])
def test_a_board_fits_its_terminal(width):
    screen = StringIO()
    watch(Board(Console(file=screen, width=width, force_terminal=True)))

    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.getvalue())

    assert max(map(len, re.split(r"[\r\n]+", shown))) <= width
    assert "candidate 1" in shown
    assert "3 of 4 requirements met (75 %)" in shown
    assert "of two lines [bold]" in shown
    assert "\x1b[2J" not in screen.getvalue()


def test_a_board_has_one_row_for_all_versions_of_a_candidate():
    screen = StringIO()
    board = Board(Console(file=screen, width=60))
    with board:
        for subject in ("candidate 1", "candidate 1.1", "1.1, by other tests"):
            board.judging(subject)
            board.result(subject, TestResult(test="t", verdict=Verdict.AC))

    assert re.findall(r"^(.*?) +1/1", screen.getvalue(), re.MULTILINE) == [
        "candidate 1",
        "1.1, by other tests",
    ]
