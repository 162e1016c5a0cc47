"""A replay does a run again, asks no model, and says what is different."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest
from pydantic import BaseModel
from scripting import Louder, Scripted, call, wants

from plugwright.agents import Ability, RunStopped, tool
from plugwright.errors import Unavailable
from plugwright.providers import Message, Sampling


@tool(repeatable=True)
def look(at: str) -> str:
    """Look at something."""
    return f"{at} is there"


def kinds(agent, run):
    return [entry.kind for entry in agent.book.entries(run)]


class Answer(BaseModel):
    number: int


def test_a_replay_gives_the_same_and_asks_no_model(make):
    first = make(wants(call("look", at="it")), "x", '{"number": 3}').tools(look)
    first = first.instructions("Be short.").answers(Answer).build()
    result = first.run("go")

    model = Scripted()
    again = make(model=model).tools(look).instructions("Be short.").answers(Answer)
    done = again.build().replay(result.run)
    assert done.differences == ()
    assert done.result is not None
    assert done.result.value == Answer(number=3)
    assert done.result.messages == result.messages
    assert not model.asked
    assert len(first.book.rows()) == 1


def test_a_replay_does_what_abilities_do_and_begins_no_tool(make):
    @tool
    def once() -> str:
        """Do it."""
        return "done it"

    agent = make(wants(call("once")), "quiet").tools(once).use(Louder).build()
    done = make().tools(once).use(Louder).build().replay(agent.run("go").run)
    assert done.result is not None
    assert done.result.text == "QUIET"
    assert done.differences == ()


def test_an_ability_may_know_that_it_is_a_replay(make):
    class Knows(Ability):
        seen: ClassVar = []

        def around(self, run, request, ask):
            self.seen.append(run.is_replay)
            return ask(request)

    agent = make("x").use(Knows).build()
    agent.replay(agent.run("go").run)
    assert Knows.seen == [False, True]


def test_a_replay_names_what_is_different(make):
    def other(at: str) -> str:
        """Look elsewhere."""
        return at

    run = (
        make(wants(call("look", at="it")), "done").tools(look).instructions("Be short.")
    )
    run = run.build().run("go").run
    changed = make().tools(tool(name="look")(other), other).instructions("Be long.")
    done = changed.build().replay(run)
    assert [*done.differences] == [
        "before answer 1: the instructions differ: `Be short.` is `Be long.` now",
        "before answer 1: the tool `other` is new",
        "before answer 1: the tool `look` has another summary",
    ]
    assert done.result is not None
    assert done.result.text == "done"


def test_a_replay_names_instructions_that_are_new_or_gone(make):
    bare = make("x").build().run("go").run
    told = make("x").instructions("Be short.").build().run("go").run
    new = make().instructions("Be short.").build().replay(bare)
    assert [*new.differences] == ["before answer 1: the instructions are new"]
    gone = make().build().replay(told)
    assert [*gone.differences] == ["before answer 1: the instructions are gone"]


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ((Message("user", "stop"),), "message 1 differs: `go` is `stop` now"),
        ((Message("assistant", "go"),), "message 1 is of another kind"),
        (
            (Message("user", "go"), Message("user", "now")),
            "there are 2 messages, and were 1",
        ),
    ],
)
def test_a_replay_names_messages_that_an_ability_changed(make, instead, said):
    class Rewrites(Ability):
        def around(self, run, request, ask):
            return ask(replace(request, messages=instead))

    run = make("x").build().run("go").run
    done = make().use(Rewrites).build().replay(run)
    assert [*done.differences] == [f"before answer 1: {said}"]


def test_a_replay_names_another_schema_and_other_settings(make):
    run = make("7").answers(int).build().run("go").run
    done = make().answers(Answer).sampling(Sampling(seed=5)).build().replay(run)
    assert done.result is None
    assert [*done.differences][1:3] == [
        "before answer 1: the answer is asked for by another schema",
        "before answer 1: `seed` is 5, and was 0",
    ]


def test_a_replay_may_call_the_tools_that_are_repeatable(make):
    run = make(wants(call("look", at="it")), "done").tools(look).build().run("go").run

    @tool(name="look", repeatable=True)
    def blind(at: str) -> str:
        """Look at something."""
        return f"{at} is gone"

    done = make().tools(blind).build().replay(run, tools=True)
    assert "before answer 1: a tool says something else: " in done.differences[0]
    assert "`it is there` is `it is gone` now" in done.differences[0]
    assert make().tools(blind).build().replay(run).differences == ()


def test_a_run_that_was_stopped_is_replayed_as_far_as_it_came(make):
    agent = make(wants(call("look", at="it")), Unavailable("it", "away")).tools(look)
    with pytest.raises(RunStopped) as raised:
        agent.build().run("go")
    done = make().tools(look).build().replay(raised.value.run)
    assert done.result is None
    assert "no more after answer" in done.stopped
    assert done.differences == ()
