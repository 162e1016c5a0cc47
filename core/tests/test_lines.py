"""Sentences fit a screen, and come whole out of a pipe."""

from __future__ import annotations

import io

import pytest
from terminals import Terminal

from plugwright.lines import broken, say, width

TEXT = "To run it again, type `plugwright enable week-planner 0.1.0` and wait a little."


def test_a_line_is_broken_between_words_and_never_in_a_command():
    assert broken(TEXT, 50, first="- ", rest="  ") == [
        "- To run it again, type",
        "  `plugwright enable week-planner 0.1.0` and wait",
        "  a little.",
    ]


def test_a_command_that_fits_no_line_is_broken_like_words():
    assert broken(TEXT, 20)[1:4] == [
        "type `plugwright",
        "enable week-planner",
        "0.1.0` and wait a",
    ]


def test_what_has_no_blank_stays_whole():
    assert broken("see /a/very/long-path/to/it", 10) == [
        "see",
        "/a/very/long-path/to/it",
    ]


def test_without_a_width_nothing_is_broken_and_an_empty_line_is_a_line():
    assert broken(TEXT, 0, first="  ") == [f"  {TEXT}"]
    assert broken("", 20) == [""]


@pytest.fixture(autouse=True)
def no_columns(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)


def test_a_pipe_has_no_width_whatever_the_screen_is(monkeypatch):
    monkeypatch.setenv("COLUMNS", "47")
    assert width(io.StringIO()) == 0


@pytest.mark.parametrize(("columns", "seen"), [(61, 61), (0, 80)])
def test_a_screen_has_its_own_width(columns, seen):
    screen = Terminal("", columns=columns)
    with open(screen.slave, "w", closefd=False) as stream:
        assert width(stream) == seen
    screen.shown()


@pytest.mark.parametrize(("said", "seen"), [("47", 47), ("0", 61), ("wide", 61)])
def test_a_person_may_say_how_wide_a_screen_is(said, seen, monkeypatch):
    monkeypatch.setenv("COLUMNS", said)
    screen = Terminal("", columns=61)
    with open(screen.slave, "w", closefd=False) as stream:
        assert width(stream) == seen
    screen.shown()


def test_what_is_said_goes_where_it_is_meant_to(capsys):
    say("to a person")
    say("to the side", first="  ", err=True)
    assert capsys.readouterr() == ("to a person\n", "  to the side\n")
