"""A chat without a terminal is one question; agents can be talked to, too."""

import io
import json
import sys

import pytest
from parrot_plugin import Parrot

from plugwright.agents import Plan
from plugwright.agents.runbook import opened
from plugwright.errors import UsageError
from plugwright.providers import Message, ToolCall
from plugwright_models.conversation import CUT, Conversation
from plugwright_models.history import History
from plugwright_models.saving import load, save


@pytest.fixture
def ask(plugwright, monkeypatch):
    """Ask through a pipe."""

    def ask(question, *arguments):
        content = question if isinstance(question, bytes) else question.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        return plugwright("chat", *arguments)

    return ask


def test_a_question_from_a_pipe_gets_its_answer_and_nothing_else(ask):
    assert ask("one\ntwo\n", "parrot:a") == (0, "[1] one\ntwo\n", "")


def test_it_may_be_told_something_first(ask):
    assert ask("hi", "parrot:a", "--system", "short") == (0, "[1short] hi\n", "")


def test_an_answer_as_json(ask, home):
    code, out, err = ask("hi there", "parrot:a", "--json")
    row = json.loads(out)
    assert (code, err, row["text"]) == (0, "", "[1] hi there")
    assert (row["model"], row["tokens_in"], row["tokens_out"]) == ("parrot:a", 7, 2)
    with opened(home.folder / "runs.db") as book:
        assert book.row(row["run"]).agent == "chat"


def test_nobody_is_here_to_allow_a_tool(ask):
    code, out, err = ask("roll", "parrot:a", "--tool", "parrot.roll")
    assert code == 0
    assert "a person has to allow `parrot.roll`, and did not" in out
    assert "calling parrot.roll" in err


@pytest.mark.parametrize(
    ("question", "name", "code", "said"),
    [
        ("", "parrot:a", 2, "there is no question"),
        (" \n", "parrot:a", 2, "there is no question"),
        ("fail", "parrot:a", 1, "`parrot:a`: it is asleep\n  what to do: wake it up"),
        ("hi", "", 2, "nobody was named to talk to"),
        ("hi", "parot:a", 2, "no model, alias or role has the name `parot:a`"),
        ("hi", "parot:a", 2, "lists what there is; an agent is named as `MODULE:NAME`"),
        ("hi", "qwen2.5:7b", 2, "name a model as PROVIDER:NAME; `plugwright models`"),
        ("hi", "coder", 2, "no model, alias or role has the name `coder`"),
        ("hi", "parot/a", 2, "did you mean `parrot/a`?"),
        ("hi", "json:nothing", 2, "the module `json` has no `nothing`"),
        (b"a\0b" * 9, "parrot:a", 2, "what comes through the pipe is no text"),
    ],
)
def test_what_cannot_be_answered_is_told(ask, question, name, code, said):
    found, out, err = ask(question, *filter(None, [name]))
    assert (found, out) == (code, "")
    assert said in err


def test_bytes_that_are_no_text_are_a_question_all_the_same(ask):
    assert ask(b"a\xffb", "parrot:a")[:2] == (0, "[1] a\ufffdb\n")


def test_without_a_name_the_role_chat_answers(ask, config):
    config('[roles]\nchat = "polly"\n[aliases]\npolly = "parrot:p"\n')
    _, out, _ = ask("hi", "--json")
    assert json.loads(out)["model"] == "parrot:p"


def test_an_agent_is_talked_to_by_its_module(ask, tmp_path):
    (tmp_path / "site" / "talking_agents.py").write_text(
        "from plugwright import Agent\n"
        "def tutor(host):\n"
        "    builder = Agent.builder('tutor', host=host).model('parrot:t')\n"
        "    return builder.instructions('teach').build()\n"
    )
    assert ask("hi", "talking_agents:tutor") == (0, "[1teach] hi\n", "")
    sys.modules.pop("talking_agents", None)


def test_a_talk_goes_on_from_one_pipe_to_the_next(ask, tmp_path):
    assert ask("hi", "parrot:a", "--load", "last")[0] == 2
    ask("one", "parrot:a")
    assert ask("two", "parrot:a", "--load", "last")[1] == "[2] two\n"
    assert ask("three", "parrot:a", "--load", "last")[1] == "[3] three\n"


CALL = ToolCall(id="1", name="parrot.roll", arguments={"sides": 6})
TALK = [
    Message("system", "be brief"),
    Message("user", "roll it — twice"),
    Message("assistant", "", (CALL,)),
    Message("tool", "a 6", answers="1"),
    Message("assistant", "a 6 it is"),
    Message("user", "and?"),
]


def test_a_talk_comes_back_as_it_was_saved(tmp_path):
    path = tmp_path / "talk.json"
    save(path, "parrot", TALK)
    assert load(path) == TALK
    with pytest.raises(UsageError, match="is there already"):
        save(path, "parrot", [])


def test_a_talk_can_be_read_by_people(tmp_path):
    save(tmp_path / "talk.md", "parrot", TALK)
    text = (tmp_path / "talk.md").read_text("utf-8")
    assert text.startswith("# A talk with parrot\n\n## system\n\nbe brief\n")
    assert 'calls `parrot.roll` with `{"sides": 6}`' in text


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "[3]",
        '[{"role": "root", "content": "x"}]',
        '[{"role": "user"}]',
        '[{"role": "user", "content": 3}]',
        '[{"role": "assistant", "content": "", "calls": [{"id": 1}]}]',
        "[" * 100_000,
        "\xff",
    ],
)
def test_what_is_no_saved_talk_is_told(ask, tmp_path, content):
    path = tmp_path / "talk.json"
    path.write_bytes(content.encode("latin-1"))
    code, out, err = ask("hi", "parrot:a", "--load", str(path))
    assert (code, out) == (2, "")
    assert "is no saved talk" in err
    assert "load what `/save FILE.json` wrote" in err


def test_a_talk_that_was_cut_short_can_go_on():
    conversation = Conversation(Plan(name="chat", provider=Parrot("a")))
    conversation.take(TALK)
    assert conversation.unanswered == "and?"
    assert conversation.messages == TALK[1:5]
    for cut in (3, 4):  # while a tool was called, and after it
        conversation.take(TALK[:cut])
        *_, last = conversation.messages
        assert (last.role, last.content, last.calls) == ("assistant", CUT, ())
    with pytest.raises(UsageError, match="nobody asked anything"):
        conversation.take(TALK[:1])
    assert conversation.turns


def test_history_reads_the_end_of_a_long_file(home, monkeypatch):
    monkeypatch.setattr("plugwright_models.history._TAIL", 100)
    history = History(home.folder / "chat.history")
    for number in range(50):
        history.add(f"question\n{number}")
    entries = history.entries()
    assert entries[-1] == "question\n49"
    assert 1 < len(entries) < 10
    assert all(entry.startswith("question\n") for entry in entries)
