"""An agent may use what plugins offer, with the permissions that they have anyway."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import specimens
from doubles import activate
from scripting import Scripted, call, wants

from plugwright import Agent, hookimpl
from plugwright.commands import Command, Tool
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.manifest import CommandSpec
from plugwright.providers import ProviderOffer

ROLL = CommandSpec(
    summary="Roll dice.",
    parameters=("sides",),
    input={"type": "object", "properties": {"sides": {"type": "integer"}}},
)


def dice(**about):
    """A host plugin with one tool and one command."""

    def roll(arguments):
        if arguments["sides"] == 0:
            raise ValueError("no sides")
        return {"rolled": arguments["sides"]}

    return SimpleNamespace(
        tools=hookimpl(lambda: [Tool(name="roll", spec=ROLL, call=roll, **about)]),
        commands=hookimpl(
            lambda: [
                Command(name="count", spec=CommandSpec(summary="Count."), call=len)
            ]
        ),
    )


def told(host, name, *, wanted=None, approver=None, **arguments):
    model = Scripted(wants(call(wanted or name, **arguments)), "done")
    builder = Agent.builder("tester", host=host).model(model).tools(name)
    if approver is not None:
        builder.approver(approver)
    builder.records(None).build().run("go")
    return model.asked[0].tools, model.asked[1].messages[-1].content


def yes(call, tool):
    return True


@pytest.mark.parametrize(
    ("needs_approval", "approver", "said"),
    [
        (False, None, '{"rolled": 6}'),
        (True, None, "error: a person has to allow `dice.roll`, and did not"),
        (True, yes, '{"rolled": 6}'),
    ],
)
def test_a_tool_of_a_host_plugin_asks_a_person_if_it_says_so(
    host, needs_approval, approver, said
):
    host.take_in(dice(needs_approval=needs_approval), "dice")
    [spec], text = told(host, "dice.roll", approver=approver, sides=6)
    assert text == said
    assert (spec.name, spec.summary) == ("dice.roll", "Roll dice.")
    assert spec.parameters == ROLL.input


def test_what_a_plugin_raises_is_told_with_its_name(host):
    host.take_in(dice(needs_approval=False), "dice")
    _, text = told(host, "dice.roll", sides=0)
    assert text.startswith("error: `dice`")
    assert "no sides" in text


def test_all_that_a_plugin_offers_may_be_given_at_once(host):
    host.take_in(dice(needs_approval=False), "dice")
    specs, text = told(host, "dice.*", wanted="dice.roll", sides=2)
    assert {spec.name for spec in specs} == {"dice.roll", "dice.count"}
    assert text == '{"rolled": 2}'


def test_a_command_is_asked_for_and_then_called_as_by_a_person(home):
    with Host(home) as host:
        activate(host, specimens.chatty())
        host.manager.register(specimens.Engine(), "engine")
        [spec], text = told(host, "chatty.due", approver=yes)
        direct = host.run("chatty", "due", {})
        refused = told(host, "chatty.due")[1]
    assert spec.name == "chatty.due"
    assert text == json.dumps(direct)
    assert "a person has to allow" in refused


def test_what_a_sandboxed_plugin_may_not_do_an_agent_may_not_do_by_it(home):
    with Host(home) as host:
        activate(host, specimens.keeper(permissions=("log",)))
        host.manager.register(specimens.Engine(), "engine")
        _, text = told(host, "keeper.when", approver=yes)
        [denied, *_] = host.ledger.rows(limit=1)
    assert text.startswith("error: `clock` was not granted (`keeper` has to ask for it")
    assert (denied.kind, denied.plugin) == ("denied", "keeper")


@pytest.mark.parametrize("name", ["dice.rol", "dic.roll", "dice"])
def test_what_nobody_offers_is_refused(host, name):
    host.take_in(dice(), "dice")
    with pytest.raises(
        UsageError, match=f"no plugin offers the tool or command `{name}"
    ):
        Agent.builder("tester", host=host).model(Scripted()).tools(name).build()


def test_a_model_may_be_named(host):
    def opens(argument):
        return Scripted(f"I am {argument}")

    offer = ProviderOffer(scheme="echo", summary="says it", open=opens)
    host.take_in(SimpleNamespace(providers=hookimpl(lambda: [offer])), "echo")
    agent = Agent.builder("tester", host=host).model("echo:me").build()
    assert agent.run("who?").text == "I am me"
    assert (host.home.folder / "runs.db").exists()


def test_without_a_host_one_is_found_and_closed_with_the_agent(installed, home):
    installed.plugin(
        "echo",
        "from plugwright import hookimpl\n"
        "from plugwright.commands import Tool\n"
        "from plugwright.manifest import CommandSpec\n"
        "from plugwright.providers import Completion, ProviderOffer\n"
        "class Echo:\n"
        "    name = 'echo'\n"
        "    def complete(self, request): return Completion(text='yes')\n"
        "@hookimpl\n"
        "def providers():\n"
        "    offer = ProviderOffer(scheme='echo', summary='', open=lambda _: Echo())\n"
        "    return [offer]\n"
        "@hookimpl\n"
        "def tools():\n"
        "    spec = CommandSpec(summary='Say it.')\n"
        "    return [Tool(name='say', spec=spec, call=len)]\n",
    )
    with Agent.builder("tester").model("echo:").tools("echo.say").build() as agent:
        assert agent.run("go").text == "yes"
    assert (home.folder / "runs.db").exists()
