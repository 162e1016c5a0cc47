"""What people and models may ask, and what the plugin costs until they do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import plugwright_memory
from plugwright.errors import HostError, UsageError
from plugwright.home import Home
from plugwright.host import Host
from plugwright.hostmanifest import HostManifest
from plugwright_memory.doors import MODELS, PERSON

MARK = "plugwright_impl"
"""What pluggy sets on an answer to a hook."""


@pytest.fixture
def host(tmp_path):
    with Host(Home(tmp_path / "home"), cache=tmp_path / "cache") as host:
        host.manager.register(plugwright_memory, "memory")
        yield host


@pytest.fixture
def run(host):
    doors = {command.name: command for command in host.hooks.commands(host=host)}
    return lambda name, **arguments: doors[name].call(arguments)


@pytest.fixture
def use(host):
    doors = {tool.name: tool for tool in host.hooks.tools(host=host)}
    return lambda name, **arguments: doors[name].call(arguments)


def texts(answer):
    return [fact["text"] for fact in answer["facts"]]


def test_the_memory_is_found_under_its_name(host):
    memory = host.memory("sqlite", "agent:tutor")
    memory.remember("Ada plays piano.")

    again = host.memory("sqlite", "agent:tutor")
    assert [fact.text for fact in again.recall("piano")] == ["Ada plays piano."]
    assert host.memory("sqlite", "agent:other").recall() == []
    assert (host.home.folder / "memory.db").exists()


def test_the_file_is_let_go_of_when_the_host_stops(tmp_path):
    host = Host(Home(tmp_path / "home"), cache=tmp_path / "cache")
    host.manager.register(plugwright_memory, "memory")
    with host:
        host.memory("sqlite", "me").remember("a")
        assert (host.home.folder / "memory.db-wal").exists()
    # SQLite puts its log away when the last one lets go.
    assert not (host.home.folder / "memory.db-wal").exists()


def test_a_host_that_remembers_nothing_makes_no_file(tmp_path):
    with Host(Home(tmp_path / "home"), cache=tmp_path / "cache") as host:
        host.manager.register(plugwright_memory, "memory")
        host.memory("sqlite", "me").recall("a")
    assert not (host.home.folder / "memory.db").exists()


def test_a_person_remembers_recalls_and_forgets(run):
    id = run("remember", text="Ada plays piano.", about="music")["id"]
    [fact] = run("recall", query="piano")["facts"]

    assert fact["id"] == id
    assert (fact["about"], fact["expires"]) == ("music", None)
    assert fact["kept"].endswith("+00:00")
    assert texts(run("recall", about="sport")) == []
    assert run("forget", id=id) == {"forgotten": id}
    assert texts(run("recall")) == []


def test_what_is_kept_for_some_days_says_until_when(run):
    run("remember", text="Ada is ill.", days=2)

    [fact] = run("recall")["facts"]
    assert fact["expires"] > fact["kept"]


def test_very_many_days_are_no_mistake(run):
    run("remember", text="Ada is ten.", days=1e15)

    assert run("recall")["facts"][0]["expires"] == "after all years"


def test_people_and_models_do_not_see_each_others_facts(run, use, host):
    run("remember", text="The code is 1234.")
    use("remember", text="Ada plays piano.")

    assert texts(use("recall")) == ["Ada plays piano."]
    assert texts(run("recall")) == ["The code is 1234."]
    assert len(host.memory("sqlite", PERSON).recall()) == 1
    assert len(host.memory("sqlite", MODELS).recall()) == 1


def test_a_person_is_asked_before_a_model_remembers(host):
    asked = {tool.name: tool.needs_approval for tool in host.hooks.tools(host=host)}

    assert asked == {"remember": True, "recall": False}


def test_no_door_takes_an_owner(host):
    doors = [*host.hooks.commands(host=host), *host.hooks.tools(host=host)]

    assert {name for door in doors for name in door.spec.parameters} == {
        "text",
        "about",
        "days",
        "query",
        "kind",
        "limit",
        "id",
        "file",
    }
    for door in doors:
        assert list(door.spec.input["properties"]) == list(door.spec.parameters)
        assert "null" not in json.dumps(door.spec.input)  # TOML has none


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("remember", {}, "`text` is missing"),
        ("remember", {"text": 3}, "`text` has to be text"),
        ("remember", {"text": "a", "days": -1}, "`days` has to be 0.0 or more"),
        ("remember", {"text": "a", "owner": "x"}, "there is no argument `owner`"),
        ("recall", {"limit": 0}, "`limit` has to be 1 or more"),
        ("recall", {"querry": "a"}, r"no argument `querry` \(did you mean `query`"),
        ("forget", {"id": "nothing"}, "there is no fact `nothing`"),
    ],
)
def test_a_wrong_argument_is_told_in_one_sentence(run, name, arguments, said):
    with pytest.raises(UsageError, match=said):
        run(name, **arguments)


def test_an_export_is_a_new_file_of_json_lines(run, tmp_path):
    run("remember", text="Größe 3")
    run("remember", text="two\nlines")
    path = tmp_path / "facts.jsonl"

    assert run("export", file=str(path)) == {"file": str(path), "facts": 2}
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["Größe 3", "two\nlines"]


def test_an_export_writes_over_nothing(run, tmp_path):
    run("remember", text="a")
    path = tmp_path / "facts.jsonl"
    path.write_text("mine")

    with pytest.raises(UsageError, match="is there already"):
        run("export", file=str(path))
    assert path.read_text() == "mine"
    with pytest.raises(HostError, match="cannot use"):
        run("export", file=str(tmp_path / "no" / "folder"))


def test_the_manifest_names_the_hooks_that_the_code_has():
    manifest = HostManifest.read(
        Path(plugwright_memory.__file__).parent / "plugin.toml"
    )

    found = [name for name, it in vars(plugwright_memory).items() if hasattr(it, MARK)]
    assert manifest.name == "memory"
    assert manifest.hooks == sorted(found)


LOADED = """
import sys
import plugwright.hooks, plugwright.memory
before = set(sys.modules)
import plugwright_memory
plugwright_memory.memories(None)
plugwright_memory.stopping(None)
print(*set(sys.modules) - before)
"""


def test_loading_the_plugin_loads_nothing_else():
    printed = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout

    # No sqlite3, no pydantic, no sqlite_vec.
    assert {*printed.split()} == {"plugwright_memory", "plugwright_memory.settings"}
