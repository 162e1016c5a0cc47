"""What the documentation says of agents is what they do."""

from __future__ import annotations

import inspect
import re
import sys
from contextlib import closing

import pytest
from support import ROOT

import plugwright_agents
from plugwright.agents import Ability, Agent, Builder, Limits
from plugwright.agents.pains import Pain
from plugwright.home import Home
from plugwright.host import Host
from plugwright.providers import Capabilities, Request, Sampling
from plugwright_cassette.scripted import Scripted
from plugwright_models.slash import COMMANDS

sys.path.insert(0, str(ROOT / "docs"))

from making import agents, pages


def text_of(page: str) -> str:
    return pages.filled((pages.PAGES / page).read_text("utf-8"))


def rows_of(table: str) -> list[str]:
    return re.findall(r"^\| `?(.+?)`? \|", table, flags=re.MULTILINE)[2:]


def public(owner: type) -> set[str]:
    found = inspect.getmembers(owner, inspect.isfunction)
    return {name for name, _ in found if not name.startswith("_")}


@pytest.mark.parametrize(
    ("made", "known"),
    [
        ("builder", public(Builder)),
        ("methods of abilities", public(Ability)),
        ("limits of runs", {*Limits.__dataclass_fields__}),
        ("sampling", {*Sampling.__dataclass_fields__}),
        ("capabilities", {*Capabilities.__dataclass_fields__}),
        ("pains", {*Pain}),
        ("slash commands", {each.usage for each in COMMANDS.values()}),
    ],
)
def test_a_table_has_every_row(made, known):
    rows = rows_of(pages.MADE[made]())

    assert {row.partition("(")[0] for row in rows} == known
    assert len(rows) == len(known)


def test_every_ability_of_the_agents_is_explained_with_its_options():
    offered = {offer.name for offer in plugwright_agents.abilities()}

    text = text_of("reference/agents.md")

    assert {*agents.ABILITIES} == offered
    for name, ability in agents.ABILITIES.items():
        part = text.partition(f"### `{name}` ")[2].partition("\n### ")[0]
        assert f'.use("{name}"' in part
        for option in inspect.signature(ability.__init__).parameters:
            if option not in ("self", "host"):
                assert re.search(rf"\b{option}\b", part), (name, option)


def test_every_way_to_run_an_agent_is_explained():
    explained = {*re.findall(r"^\| `(\w+)\(", agents.running(), re.MULTILINE)}

    ways = public(Agent) - {"approved_by", "builder", "close"}

    assert explained == ways


class Model(Scripted):
    """Says what the examples want to hear, by whatever name it is asked for."""

    def __init__(self) -> None:
        super().__init__(self.say)

    def say(self, request: Request) -> str:
        return '[{"day": "monday", "minutes": 20}]' if request.schema else "One of two."


def examples(page: str) -> list[str]:
    """Give the blocks of Python of a page, without single lines of a builder."""
    text = (pages.PAGES / page).read_text("utf-8")
    found = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [block for block in found if not block.startswith(".")]


@pytest.fixture
def host(tmp_path, monkeypatch):
    # Examples open a host of their own where they are given none.
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    with closing(Host.discover(Home(tmp_path / "home"))) as found:
        yield found


@pytest.mark.parametrize("page", ["reference/agents.md", "how/runs.md"])
def test_the_examples_of_a_page_do_what_they_say(page, host, capsys):
    model = Model()
    names = {"__name__": "example", "model": model, "host": host, "Agent": Agent}
    done = 0
    for example in examples(page):
        code = example.replace('"ollama/qwen2.5:7b"', "model")
        exec(compile(code, page, "exec", dont_inherit=True), names)
        done += 1

    assert done
    if page == "reference/agents.md":
        assert names["second"].messages[-3:-1] != names["first"].messages[-3:-1]
        assert names["lessons"][0].minutes == 20
        assert names["careful"].plan.tools["memory.remember"].approval == "never"
        assert "One of two." in capsys.readouterr().out


def test_the_example_of_an_error_that_keeps_the_run_goes_on(host):
    model = Model()
    agent = Agent.builder("tutor").model(model).records(None).build()
    (example,) = examples("errors/run-stopped.md")
    names = {"agent": agent}

    exec(f"from plugwright.agents import RunStopped\n{example}", names)

    assert names["result"].text == "One of two."
