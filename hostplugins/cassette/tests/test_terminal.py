"""A person answers at the keyboard."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from plugwright.errors import UsageError
from plugwright.providers import Message, ToolCall, ToolSpec
from plugwright_cassette.terminal import Terminal, open_terminal


@pytest.fixture
def screen():
    return Console(file=io.StringIO(), width=60)


def _typed(text, screen):
    return Terminal(io.StringIO(text), screen)


def test_an_answer_ends_with_a_single_dot(ask, screen):
    terminal = _typed("def f():\n    ...\n.\nthe next answer\n.\n", screen)

    assert terminal.complete(ask()).text == "def f():\n    ..."
    assert terminal.complete(ask()).text == "the next answer"


def test_the_end_of_the_input_ends_an_answer_too(ask, screen):
    assert _typed("yes", screen).complete(ask()).text == "yes"


def test_a_dot_before_anything_is_typed_ends_nothing(ask, screen):
    assert _typed(".\n\n.\nyes\n.\n", screen).complete(ask()).text.strip() == "yes"


@pytest.mark.parametrize("typed", ["", "\n \n", ".\n"])
def test_no_answer_at_all_is_an_error_that_says_what_to_do(ask, screen, typed):
    with pytest.raises(UsageError, match="before an answer was typed") as caught:
        _typed(typed, screen).complete(ask())

    assert "`hand:FOLDER`" in caught.value.remedy


def test_the_prompt_is_shown_with_role_and_brackets_intact(ask, screen):
    _typed("yes\n.\n", screen).complete(ask("Say [bold]no[/bold]."))
    shown = screen.file.getvalue()

    for words in ("implementer · implementer/1", "system", "Say [bold]no[/bold]."):
        assert words in shown


def test_tools_calls_and_the_schema_are_shown(ask, screen):
    call = ToolCall(id="c1", name="add", arguments={"a": 1})
    request = replace(
        ask(),
        messages=(Message("assistant", "", calls=(call,)), Message("tool", "[b]5")),
        tools=(ToolSpec(name="add", summary="Sums up.", parameters={}),),
        schema={"const": 5},
    )
    _typed("yes\n.\n", screen).complete(request)
    shown = screen.file.getvalue()

    for words in ('[calls add({"a": 1}) as c1]', "[b]5", "Sums up.", '{"const": 5}'):
        assert words in shown


def test_without_a_terminal_the_folder_is_named(monkeypatch):
    for keyboard in (io.StringIO("yes\n.\n"), None):
        monkeypatch.setattr("sys.stdin", keyboard)

        with pytest.raises(UsageError, match=r"needs a terminal.*`hand:FOLDER`"):
            open_terminal()


def test_with_a_terminal_it_opens(monkeypatch):
    keyboard = io.StringIO("yes\n.\n")
    keyboard.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", keyboard)

    assert open_terminal().name == "hand"
