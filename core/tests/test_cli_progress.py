"""Long work moves a bar, or is a line each."""

from __future__ import annotations

import sys

from terminals import Terminal


def test_long_work_moves_a_bar_at_a_terminal_and_leaves_nothing_behind(monkeypatch):
    from plugwright.cli.progress import progress_bar

    terminal = Terminal("")
    with open(terminal.slave, "w", closefd=False) as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setenv("TERM", "xterm")
        with progress_bar() as report:
            report("building [the] guest", 0.1)
            report("building [the] guest", 1.0)
            report("warming it", 0.5)
    shown = terminal.shown()
    assert "━" in shown
    assert "warming it" in shown
    assert shown.endswith("\x1b[2K")


def test_long_work_is_a_line_each_when_nobody_is_at_a_terminal(capsys):
    from plugwright.cli.progress import progress_bar

    with progress_bar() as report:
        for part in (0.1, 0.5, 1.0):
            report("building [the] guest", part)
        report("warming it", 0.5)
    assert capsys.readouterr().err == "building [the] guest\nwarming it\n"
