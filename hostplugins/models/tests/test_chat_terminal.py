"""A chat at a real terminal: typed, pasted, interrupted, ended."""

import json
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("there are no such terminals", allow_module_level=True)

from ptys import Pty


@pytest.fixture
def at(config):
    """Open chats with the parrot, each at a terminal of its own."""
    opened = []

    def at(*arguments, columns=80):
        opened.append(Pty(["chat", *(arguments or ("parrot:a",))], columns))
        return opened[-1]

    yield at
    for pty in opened:
        pty.close()


def test_a_conversation_goes_on_until_ctrl_d(at):
    chat = at()
    assert "Talking to `parrot:a`." in chat.until("> ")
    chat.enter("hello there")
    chat.until("[1] hello there\n> ")
    chat.enter("and again")
    chat.until("[2] and again\n> ")
    chat.type("\x04")
    assert chat.code() == 0


def test_ctrl_c_ends_the_answer_and_not_the_chat(at):
    chat = at()
    chat.until("> ")
    chat.enter("go on forever please")
    chat.until("[1] go on")
    chat.type("\x03")
    chat.until("^C\n")
    chat.until("\n> ")
    chat.enter("what did you say")
    chat.until("[2] what did you say\n> ")
    chat.enter("/quit")
    assert chat.code() == 0


def test_ctrl_c_twice_ends_the_chat(at):
    chat = at()
    chat.until("> ")
    chat.enter("go on forever please")
    chat.until("[1] go on")
    chat.type("\x03")
    chat.until("(Ctrl-C once more, or Ctrl-D, ends the chat.)\n> ")
    chat.type("\x03")
    chat.until("stopped by you")
    assert chat.code() == 130


def test_a_line_between_two_ctrl_c_keeps_the_chat(at):
    chat = at()
    chat.until("> ")
    for line in ("one", "two"):
        chat.type("\x03")
        chat.until("ends the chat.)\n> ")
        chat.enter(line)
        chat.until(f"] {line}\n> ")


def test_ctrl_c_twice_leaves_what_hangs_and_hears_nothing(at):
    chat = at()
    chat.until("> ")
    chat.enter("be stuck")
    for _ in range(2):
        chat.until("stuck here\n")
        chat.type("\x03")
    chat.until("it does not stop, so it is left behind")
    assert chat.code() == 130


def test_ctrl_c_ends_a_tool_that_hangs(at):
    chat = at("parrot:a", "--tool", "parrot.*")
    chat.until("> ")
    chat.enter("hang")
    chat.until("calling parrot.hang\n")
    chat.type("\x03")
    chat.until("ends the chat.)\n> ")
    chat.enter("hello")
    chat.until("[1] hello\n> ")


def test_ctrl_c_empties_a_line_that_was_not_sent(at):
    chat = at()
    chat.until("> ")
    chat.type("never mind")
    chat.until("never mind")
    chat.type("\x03")
    chat.until("\n> ")
    chat.enter("this")
    chat.until("[1] this\n> ")


def test_pasted_lines_are_one_question(at):
    chat = at()
    chat.until("> ")
    chat.paste("first\nsecond\nthird")
    chat.type("\r")
    chat.until("[1] first\nsecond\nthird\n> ")


def test_a_line_that_ends_with_a_backslash_goes_on(at):
    chat = at()
    chat.until("> ")
    chat.enter("first\\")
    chat.until(". ")
    chat.enter("second")
    chat.until("[1] first\nsecond\n> ")


def test_a_dumb_terminal_gets_no_escapes(at, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    chat = at()
    chat.until("> ")
    chat.enter("hello")
    chat.until("[1] hello\n> ")
    chat.enter("/quit")
    assert chat.code() == 0
    assert "\x1b" not in chat.shown_raw


def test_a_terminal_may_change_its_size(at):
    chat = at()
    chat.until("> ")
    chat.resize(60)
    chat.enter("/help")
    chat.until("begins a question with `/`.\n> ")
    lines = chat.shown.split("/help\n", 1)[1].splitlines()
    assert 40 < max(map(len, lines)) <= 60


def test_a_tool_is_called_if_a_person_says_so(at):
    chat = at("parrot:a", "--tool", "parrot.roll")
    chat.until("> ")
    chat.enter("roll it")
    chat.until("The model wants to call `parrot.roll` of the plugin `parrot`:")
    chat.until("Call it? yes, no, always, show: ")
    chat.enter("yes")
    chat.until("[1] a 6\n> ")
    chat.enter("roll again")
    chat.until("show: ")
    chat.enter("no")
    chat.until("did not\n> ")


def test_ctrl_c_at_the_question_about_a_tool_does_not_call_it(at):
    chat = at("parrot:a", "--tool", "parrot.*")
    chat.until("> ")
    chat.enter("roll it")
    chat.until("show: ")
    chat.type("\x03")
    chat.until("^C\n")
    chat.until("\n> ")
    chat.enter("hello")
    chat.until("[1] hello\n> ")


def test_slash_commands_change_the_chat(at, tmp_path):
    chat = at(columns=200)
    chat.until("> ")
    chat.enter("/help")
    chat.until("/quit")
    chat.until("> ")
    chat.enter("/model parrot:b")
    chat.until("Talking to `parrot:b`.\n> ")
    chat.enter("/model nobody:b")
    chat.until("has the name `nobody:b`")
    chat.until("> ")
    chat.enter("/system be brief")
    chat.until("be brief\n> ")
    chat.enter("one")
    chat.until("[1be brief] one\n> ")
    chat.enter("/retry")
    chat.until("[1be brief] one\n> ")
    chat.enter("two")
    chat.until("[2be brief] two\n> ")
    chat.enter("/undo")
    chat.until("Taken back: two\n> ")
    chat.enter("/system -")
    chat.until("told nothing at the beginning.\n> ")
    chat.enter("//two")
    chat.until("[2] /two\n> ")
    chat.enter(f"/save {tmp_path}/talk.json")
    chat.until("4 messages were written")
    chat.until("> ")
    chat.enter(f"/save {tmp_path}/talk.json")
    chat.until("is there already")
    chat.until("> ")
    chat.enter("/tools parrot.roll")
    chat.until("parrot.roll (ask): Roll dice.\n> ")
    chat.enter("/tools -parrot.roll")
    chat.until("The model has no tools.")
    chat.until("> ")
    chat.enter("/quti")
    chat.until("did you mean `/quit`?")
    chat.until("> ")
    chat.enter("/quit")
    assert chat.code() == 0
    rows = json.loads((tmp_path / "talk.json").read_text())
    assert [row["role"] for row in rows] == ["user", "assistant"] * 2
    assert rows[2]["content"] == "/two"


def test_a_model_that_fails_is_told_and_can_be_asked_again(at):
    chat = at()
    chat.until("> ")
    chat.enter("/retry")
    chat.until("nothing was asked yet")
    chat.until("> ")
    chat.enter("fail")
    chat.until("`parrot:a`: it is asleep")
    chat.until("wake it up\n> ")
    chat.enter("/retry")
    chat.until("it is asleep")
    chat.until("> ")
    chat.enter("fine")
    chat.until("[1] fine\n> ")


def test_what_was_typed_is_there_after_a_crash(at, home):
    chat = at()
    chat.until("> ")
    chat.enter("remember this")
    chat.until("[1] remember this\n> ")
    chat.kill()
    with open(home.folder / "chat.history", "ab") as file:
        file.write(b'"cut sho')
    again = at()
    again.until("> ")
    again.type("\x1b[A\r")
    again.until("[1] remember this\n> ")
    again.enter("/quit")
    assert again.code() == 0
    kept = (home.folder / "chat.history").read_text().splitlines()
    assert kept == ['"remember this"', '"cut sho', '"remember this"', '"/quit"']
    assert (home.folder / "chat.history").stat().st_mode & 0o077 == 0


def test_a_talk_goes_on_after_a_crash(at):
    chat = at()
    chat.until("> ")
    chat.enter("first")
    chat.until("[1] first\n> ")
    chat.enter("second forever")
    chat.until("[2] second")
    chat.kill()
    again = at()
    again.until("> ")
    again.enter("/load")
    again.until("It goes on after: first\n")
    again.until("`/retry` asks again: second forever\n> ")
    again.enter("/undo")
    again.until("Taken back: second forever\n> ")
    again.enter("third")
    again.until("[2] third\n> ")


def test_a_saved_talk_goes_on(at, tmp_path):
    chat = at("parrot:a", "--tool", "parrot.roll", columns=200)
    chat.until("> ")
    chat.enter("roll it")
    chat.until("show: ")
    chat.enter("always")
    chat.until("[1] a 6\n> ")
    chat.enter(f"/save {tmp_path}/talk.json")
    chat.until("4 messages were written")
    chat.until("> ")
    chat.enter("/clear")
    chat.until("Forgotten: the next question is the first one.\n> ")
    chat.enter("alone")
    chat.until("[1] alone\n> ")
    chat.enter(f"/load {tmp_path}/talk.json")
    chat.until("It goes on after: roll it\n> ")
    chat.enter("more")
    chat.until("[2] more\n> ")
    chat.enter(f"/load {tmp_path}/none.json")
    chat.until("No such file")
    chat.until("> ")
    chat.enter("more")
    chat.until("[3] more\n> ")


def test_nothing_is_wider_than_a_narrow_terminal(at):
    chat = at(columns=60)
    chat.until("> ")
    chat.enter("/help")
    chat.until("begins a question with `/`.")
    chat.until("> ")
    chat.enter("fail")
    chat.until("wake it up\n> ")
    assert max(map(len, chat.shown.splitlines())) <= 60
