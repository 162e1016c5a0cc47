"""A person at a terminal decides; where there is no terminal, the answer is no."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from scripting import Scripted, building, call, told, wants

from plugwright.agents import tool
from plugwright.agents.approving import AtTerminal

terminals = pytest.importorskip("terminals")


@tool(approval="ask")
def send(text: str) -> str:
    """Send it."""
    return f"sent {text}"


@pytest.fixture
def asked(monkeypatch):
    """Ask at a terminal where this is typed; gives the answers and the screen."""

    def asked(typed, *calls):
        terminal = terminals.Terminal(typed)
        with (
            open(terminal.slave, closefd=False) as screen_in,
            open(terminal.slave, "w", closefd=False) as screen_out,
        ):
            monkeypatch.setattr(sys, "stdin", screen_in)
            monkeypatch.setattr(sys, "stderr", screen_out)
            approver = AtTerminal()
            answers = [approver(each, send) for each in calls]
        return answers, terminal.shown()

    return asked


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("y\n", True),
        ("yes\n", True),
        ("n\n", False),
        ("what?\nno\n", False),
        ("\x04", False),
    ],
)
def test_a_person_types_the_answer(asked, typed, answer):
    answers, shown = asked(typed, call("send", text="hi"))
    assert answers == [answer]
    assert "The model wants to call `send`:" in shown
    assert '"text": "hi"' in shown


def test_always_holds_from_then_on(asked):
    answers, shown = asked("a\n", call("send", text="1"), call("send", text="2"))
    assert answers == [True, True]
    assert shown.count("wants to call") == 1


def test_what_is_too_long_to_show_can_be_shown(asked):
    text = "x" * 3000 + " and then delete everything"
    _, short = asked("n\n", call("send", text=text))
    assert "delete everything" not in short
    assert "characters more: type `show`" in short
    _, whole = asked("show\nn\n", call("send", text=text))
    assert "delete everything" in whole


def test_two_who_ask_at_once_are_answered_one_after_the_other(monkeypatch):
    terminal = terminals.Terminal("yes\nno\n")
    with (
        open(terminal.slave, closefd=False) as screen_in,
        open(terminal.slave, "w", closefd=False) as screen_out,
        ThreadPoolExecutor(2) as threads,
    ):
        monkeypatch.setattr(sys, "stdin", screen_in)
        monkeypatch.setattr(sys, "stderr", screen_out)
        approver = AtTerminal()
        calls = [call("send", text="1"), call("send", text="2")]
        answers = list(threads.map(lambda each: approver(each, send), calls))
    asked = re.findall("wants to call|Call it", terminal.shown())
    assert sorted(answers) == [False, True]
    assert asked == ["wants to call", "Call it"] * 2


def test_what_a_screen_would_obey_is_shown_instead(asked):
    _, shown = asked("n\n", call("send", text="\x1b[2Jnothing \u202e to see"))
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown


def test_where_there_is_no_terminal_the_answer_is_no(monkeypatch):
    with open("/dev/null") as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        assert AtTerminal()(call("send", text="hi"), send) is False


# Who may call it.


REFUSED = "error: a person has to allow `send`, and did not"


def test_where_nobody_can_be_asked_the_answer_is_no():
    assert told(send, text="hi") == REFUSED


@pytest.mark.parametrize(
    ("answer", "said"),
    [(True, "sent hi"), (False, REFUSED), (None, REFUSED), ("yes", REFUSED)],
)
def test_a_person_decides(answer, said):
    asked = []

    def approver(call, tool):
        asked.append((call.name, call.arguments, tool.approval))
        return answer

    assert told(send, approver=approver, text="hi") == said
    assert asked == [("send", {"text": "hi"}, "ask")]


def test_an_approver_that_fails_has_not_said_yes():
    def approver(call, tool):
        raise OSError("no terminal")

    assert told(send, approver=approver, text="hi") == REFUSED


@pytest.mark.parametrize(
    ("approval", "said"), [("always", "sent hi"), ("never", REFUSED)]
)
def test_the_builder_has_the_last_word(approval, said):
    model = Scripted(wants(call("send", text="hi")), "done")
    agent = building(model=model).tools(send).approval(approval, "send")
    agent.approver(lambda call, tool: approval != "never").build().run("go")
    assert model.asked[1].messages[-1].content == said
