"""`plugwright runs` lists, shows, resumes and replays; `plugwright pain` complains."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
from scripting import building, call, says, wants

from plugwright.agents import Ability, RunStopped, tool
from plugwright.agents.approving import AtTerminal
from plugwright.agents.references import agent_at, may_be_agent
from plugwright.agents.runbook import opened
from plugwright.errors import Unavailable, UsageError


@tool(repeatable=True)
def look(at: str) -> str:
    """Look at something."""
    return f"{at} is there"


@pytest.fixture
def make(home):
    def make(*answers):
        return building(*answers).records(home.folder / "runs.db")

    return make


@pytest.fixture
def done(make):
    """A run that came to its end."""
    agent = make(wants(call("look", at="it")), "It is \x1b[2J there.").tools(look)
    with agent.price(lambda *about: 0.5).build() as built:
        return built.run("Is it there?").run


@pytest.fixture
def stopped(make):
    """A run that did not."""
    agent = make(wants(call("look", at="it")), Unavailable("it", "is away"))
    with agent.tools(look).build() as built, pytest.raises(RunStopped) as raised:
        built.run("Is it there?")
    return raised.value.run


# Where a test installs an agent.
AGENT = """
from pathlib import Path
from plugwright import Agent
from plugwright.agents import tool
from plugwright.providers import Completion

class Model:
    name = "scripted"
    def complete(self, request):
        return Completion(text="done at last")

@tool(repeatable=True)
def look(at: str) -> str:
    '''Look at something.'''
    return f"{at} is there"

def make(host):
    return Agent.builder("tester", host=host).model(Model()).tools(look).build()

agent = Agent.builder("tester").model(Model()).tools(look).build()
changed = Agent.builder("tester").model(Model()).instructions("New.").build()
told = Agent.builder("tester").model(Model()).tools(look).instructions("New.").build()
nothing = 3
"""


def test_runs_are_listed_the_newest_first(plugwright, done, stopped):
    code, out, _ = plugwright("runs")
    first, below, second, *_ = out.splitlines()
    assert code == 0
    assert first.startswith(f"{stopped}  20")
    assert first.endswith("  tester  stopped")
    assert "`it`: is away" in below
    assert second.startswith(done)
    assert "2 requests; 20 tokens in, 10 out; 1 tool call; " in out
    assert "cost 1" in out


def test_runs_are_listed_for_programs(plugwright, done, stopped):
    _, out, _ = plugwright("runs", "--json", "--agent", "tester", "--limit", "1")
    [row] = [json.loads(line) for line in out.splitlines()]
    assert (row["id"], row["state"]) == (stopped, "stopped")
    assert row["spent"]["tool_calls"] == 1
    assert plugwright("runs", "--json", "--agent", "nobody")[1] == ""


def test_where_no_agent_ran_that_is_said(plugwright):
    assert plugwright("runs")[:2] == (0, "No agent has run yet.\n")


def test_an_agent_that_has_no_run_is_told_with_the_nearest(plugwright, done):
    said = "No run of `testr` is there: did you mean `tester`?\n"
    assert plugwright("runs", "--agent", "testr")[:2] == (0, said)
    assert "use one of `tester`" in plugwright("runs", "--agent", "nope")[1]


def test_one_is_no_plural(plugwright, make):
    said = replace(says("x", tokens_out=1), tokens_in=1)
    with make(said).build() as agent:
        agent.run("go")
    assert "1 request; 1 token in, 1 out; " in plugwright("runs")[1]
    assert plugwright("pain", "report")[1] == "Nothing hurt in 1 run.\n"


def test_a_run_is_shown_whole_and_obeyed_by_no_screen(plugwright, done):
    code, out, _ = plugwright("runs", "show", "last")
    assert code == 0
    assert 'assistant:\n  calls look {"at": "it"}' in out
    assert "\ntool:\n  it is there\n" in out
    assert "It is \\u001b[2J there." in out or "It is \\x1b[2J there." in out
    assert "\x1b" not in out


def test_what_hurt_is_shown_with_the_run(plugwright, stopped):
    assert "it hurt: outage: `it`: is away" in plugwright("runs", "show", stopped)[1]


def test_a_run_is_shown_for_programs(plugwright, done):
    _, out, _ = plugwright("runs", "show", done[:10], "--json")
    entries = [json.loads(line) for line in out.splitlines()]
    assert [entry["kind"] for entry in entries] == [
        "said",
        "asked",
        "frame",
        "answer",
        "tool",
        "asked",
        "answer",
    ]


def test_a_run_that_is_not_there_is_refused(refused):
    code, sentence = refused("runs", "show", "nothing")
    assert (code, sentence) == (2, "plugwright: there is no run `nothing`")


@pytest.mark.parametrize("reference", ["mine:agent", "mine:make"])
def test_a_run_is_resumed_by_an_agent_that_is_named(
    plugwright, installed, stopped, reference
):
    installed.module("mine", AGENT)
    code, out, _ = plugwright("runs", "resume", stopped, "--agent", reference)
    assert (code, out) == (0, "done at last\n")
    assert plugwright("runs")[1].splitlines()[0].endswith("done")


def test_a_run_that_says_how_its_agent_is_made_needs_no_name(
    plugwright, installed, make
):
    installed.module("mine", AGENT)
    agent = make(Unavailable("it", "is away")).tools(look).made_by("mine:agent").build()
    with agent, pytest.raises(RunStopped):
        agent.run("go")
    assert plugwright("runs", "resume", "last")[:2] == (0, "done at last\n")


def test_what_was_answered_already_is_only_shown_again(plugwright, installed, done):
    installed.module("mine", AGENT)
    code, out, _ = plugwright("runs", "resume", done, "--agent", "mine:agent")
    assert code == 0
    assert out.endswith("there.\n")
    assert "done at last" not in out


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ((), "does not say how `tester` is made"),
        (("--agent", "mine"), "`mine` names no agent"),
        (("--agent", "mine:nobody"), "the module `mine` has no `nobody`"),
        (("--agent", "nowhere:agent"), "`nowhere:agent` cannot be imported"),
        (("--agent", "mine:nothing"), "`mine:nothing` is no agent but an int"),
    ],
)
def test_an_agent_that_cannot_be_had_is_said(
    plugwright, installed, done, reference, said
):
    installed.module("mine", AGENT)
    code, _, err = plugwright("runs", "resume", done, *reference)
    assert code == 2
    assert said in err


MORE = (
    AGENT
    + """
from plugwright.permissions import Permission
_hidden = 1
builder = Agent.builder("tester").model(Model())
"""
)


@pytest.mark.parametrize(
    ("reference", "source", "said", "remedy"),
    [
        ("mine:agnet", MORE, "has no `agnet`", "did you mean `mine:agent`?"),
        ("mine:mkae", MORE, "has no `mkae`", "did you mean `mine:make`?"),
        ("mine:Permissoin", MORE, "has no `Perm", "`mine:agent`, `mine:changed`"),
        ("mine:x", "nothing = 3", "has no `x`", "name an agent, or a function"),
        ("mine:builder", MORE, "is an agent that was not built", "call `.build()`"),
    ],
)
def test_an_agent_that_is_not_in_its_module_is_told_with_what_is(
    installed, reference, source, said, remedy
):
    installed.module("mine", source)
    with pytest.raises(UsageError, match=said) as told:
        agent_at(reference, list)
    assert remedy in told.value.remedy


@pytest.mark.parametrize(
    ("reference", "may_be"),
    [("mine:agent", True), ("mine.x:y", True), ("nowhere:x", False), ("mine", False)],
)
def test_what_may_be_an_agent_is_not_imported_to_be_told(installed, reference, may_be):
    installed.module("mine", "raise AssertionError")
    assert may_be_agent(reference) is may_be


def test_who_is_named_takes_the_persons_answers_for_what_needs_one(
    plugwright, installed, stopped, monkeypatch, tmp_path
):
    installed.module("mine", AGENT)
    installed.module("other", AGENT.replace(".tools(look)", ".approver(print)"))
    asked = AtTerminal()
    assert agent_at("mine:agent", list, asked).plan.approver is asked
    assert agent_at("other:agent", list, asked).plan.approver is print
    assert agent_at("mine:agent", list).plan.approver is None


def test_the_folder_takes_the_place_of_nothing_that_is_installed(
    installed, tmp_path, monkeypatch
):
    installed.module("mine", AGENT)
    (tmp_path / "mine.py").write_text("raise AssertionError")
    (tmp_path / "here.py").write_text("from mine import agent")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each])
    assert agent_at("here:agent", list).name == "tester"


def test_an_ability_that_only_looks_on_is_not_shown(plugwright, make):
    class Looks(Ability):
        def after(self, run, completion):
            return replace(completion, text=completion.text.replace("old", "new"))

    with make("as it was", "old").use(Looks).build() as agent:
        agent.run("go")
        assert "ability" not in plugwright("runs", "show", "last")[1]
        agent.run("go")
    assert "as an ability changed it:\n  new" in plugwright("runs", "show", "last")[1]


def test_a_replay_says_that_nothing_differs(plugwright, installed, done):
    installed.module("mine", AGENT)
    code, out, err = plugwright("runs", "replay", done, "--agent", "mine:agent")
    assert code == 0
    assert out.startswith("It is ")
    assert err == "nothing differs from the record\n"


def test_a_replay_that_differs_is_an_error_that_names_each(plugwright, installed, done):
    installed.module("mine", AGENT)
    code, out, err = plugwright("runs", "replay", done, "--agent", "mine:changed")
    assert code == 1
    assert out.startswith("It is ")
    assert "2 things differ from the record:\n  " in err
    assert "the tool `look` is gone" in err


def test_a_replay_with_one_difference_is_told_in_the_singular(
    plugwright, installed, done
):
    installed.module("mine", AGENT)
    err = plugwright("runs", "replay", done, "--agent", "mine:told")[2]
    assert "`tester`: 1 thing differs from the record:\n" in err


def test_a_replay_of_a_run_without_an_answer_says_how_it_ended(
    plugwright, installed, stopped
):
    installed.module("mine", AGENT)
    code, out, err = plugwright("runs", "replay", stopped, "--agent", "mine:agent")
    assert (code, out) == (0, "")
    assert "it ended without an answer: the record has no more after answer" in err


def test_what_happens_meanwhile_is_told_beside_the_answer(plugwright, installed, make):
    wanting = AGENT.replace(
        'return Completion(text="done at last")',
        """if request.messages[-1].role == "tool":
            return Completion(text="done at last")
        from plugwright.providers import ToolCall
        calls = ToolCall(id="1", name="lok", arguments={}),
        return Completion(text="", calls=calls)""",
    )
    installed.module("mine", wanting)
    with make(Unavailable("it", "is away")).build() as agent, pytest.raises(RunStopped):
        agent.run("go")
    _, out, err = plugwright("runs", "resume", "last", "--agent", "mine:agent")
    assert out == "done at last\n"
    assert "calling lok\n" in err
    assert "lok: error: there is no tool `lok`" in err


# Pain.


@pytest.mark.parametrize(
    ("tokens", "said"), [(1, "; cost 1 token\n"), (2, "; cost 2 tokens\n")]
)
def test_tokens_that_a_pain_cost_are_told(plugwright, home, tokens, said):
    home.make()
    with opened(home.folder / "runs.db") as book:
        book.hurt("", "tester", "retry", "it is away", 0.0, tokens)
    assert f"retry: once{said}" in plugwright("pain", "report")[1]


def test_a_wish_is_written_down_and_reported(plugwright):
    code, out, _ = plugwright("pain", "I wish it knew my files", "--minutes", "2")
    assert code == 0
    assert out.startswith("Written down.")
    _, out, _ = plugwright("pain", "report")
    assert "edge case (severe, not often: defer)" in out
    assert "workaround: once; cost 2 min" in out
    assert "“I wish it knew my files”" in out


@pytest.mark.parametrize("minutes", [(), ("--minutes", "0")])
def test_a_wish_that_cost_no_time_is_no_workaround(plugwright, minutes):
    plugwright("pain", "I wish it knew my files", *minutes)
    assert "\n  wish: once\n" in plugwright("pain", "report")[1]


@pytest.mark.parametrize("minutes", ["nan", "-1", "inf", "-inf", "100001"])
def test_minutes_that_nobody_has_are_refused(plugwright, refused, minutes):
    code, said = refused("pain", "I had to", "--minutes", minutes)
    assert code == 2
    assert f"`--minutes` cannot be {minutes}" in said
    assert "from 0 to 100,000" in said
    assert plugwright("pain", "report")[1] == "Nothing hurt in 0 runs.\n"


def test_where_nothing_hurt_that_is_said(plugwright, done):
    assert plugwright("pain", "report")[:2] == (0, "Nothing hurt in 1 run.\n")


def test_the_report_is_for_programs_too(plugwright, stopped):
    _, out, _ = plugwright("pain", "report", "--json")
    [row] = [json.loads(line) for line in out.splitlines()]
    assert (row["kind"], row["plugin"]) == ("outage", "limits")
    assert row["field"] == "edge case"


def test_the_report_may_be_about_one_agent(plugwright, stopped):
    assert "outage" in plugwright("pain", "report", "--agent", "tester")[1]
    assert plugwright("pain", "report", "--agent", "testr")[1] == (
        "No run of `testr` is there: did you mean `tester`?\n"
    )
    plugwright("pain", "I wish it were there", "--agent", "other")
    assert "wish: once" in plugwright("pain", "report", "--agent", "other")[1]


def test_the_worst_has_a_design_page(plugwright, stopped, refused):
    _, out, _ = plugwright("pain", "report", "--design")
    assert out.startswith("# limits\n")


@pytest.mark.parametrize(
    "arguments",
    [
        (" ",),
        ("report", "--design"),
        ("report", "--minutes", "3"),
        ("matrix",),
        ("I wish", "--json"),
        ("I wish", "--design"),
    ],
)
def test_what_cannot_be_done_says_so(refused, arguments):
    assert refused("pain", *arguments)[0] == 2
