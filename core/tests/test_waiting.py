"""Who waits for a model sees that, and how long already, until it says something."""

from __future__ import annotations

import sys
import time

from terminals import Terminal

from plugwright.waiting import waiting

ERASED = "\r\x1b[K"


def seen(monkeypatch, wait, after=0.02):
    terminal = Terminal("")
    with open(terminal.slave, "w", closefd=False) as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        wait(after)
        monkeypatch.undo()
    return terminal.shown()


def test_the_line_stands_while_nothing_comes_and_is_gone_afterwards(monkeypatch):
    def wait(after):
        with waiting("openai:far", after) as heard:
            time.sleep(5 * after)
            heard()
            sys.stderr.write("an answer")
            time.sleep(5 * after)

    shown = seen(monkeypatch, wait)

    line, _, answer = shown.rpartition(ERASED)
    assert f"{ERASED}waiting for openai:far (0 s)" in line
    assert answer == "an answer"


def test_an_error_finds_an_empty_line(monkeypatch):
    def wait(after):
        try:
            with waiting("openai:far", after):
                time.sleep(5 * after)
                raise ValueError
        except ValueError:
            sys.stderr.write("it fell over")

    assert seen(monkeypatch, wait).endswith(f"{ERASED}it fell over")


def test_nothing_is_said_to_who_waits_no_time(monkeypatch):
    def wait(after):
        with waiting("openai:near", after=60):
            pass

    assert seen(monkeypatch, wait) == ""


def test_a_name_cannot_write_to_the_terminal_what_it_likes(monkeypatch):
    def wait(after):
        with waiting("x\x1b]0;title\x07\n" + "y" * 100, after):
            time.sleep(5 * after)

    shown = seen(monkeypatch, wait)

    assert "\x1b]" not in shown
    assert "\n" not in shown
    assert "y" * 60 not in shown


def test_a_pipe_gets_nothing(capsys):
    with waiting("openai:far", 0.01) as heard:
        time.sleep(0.05)
        heard()

    assert capsys.readouterr().err == ""
