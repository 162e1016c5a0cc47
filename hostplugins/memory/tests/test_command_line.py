"""`plugwright memory`: a person sees and drops what all keep, nobody else does."""

from __future__ import annotations

import inspect
import json
import os
import random
import subprocess
import sys
import time
from contextlib import closing

import pytest
from writers import ENVIRONMENT, check_whole

import plugwright_memory
from plugwright.cli.door import run
from plugwright.database import Database
from plugwright.errors import ProviderError, UsageError
from plugwright.home import Home
from plugwright.host import Host
from plugwright_memory.everybody import Everybody
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.hashing import Hashing
from plugwright_memory.schema import MIGRATIONS


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def ids(home):
    """Two owners, four facts, and one that expired."""
    with closing(Database(home / "memory.db", migrations=MIGRATIONS)) as file:
        tutor = SqliteMemory(file, "agent:tutor", embedding=Hashing())
        person = SqliteMemory(file, "person", embedding=Hashing())
        found = {
            "piano": tutor.remember("Ada plays piano.", about="music"),
            "run": tutor.remember_run("run-7", "Planned the\npiano lessons."),
            "red": person.remember("\x1b[31mRed\x1b[0m"),
            "tuner": person.remember("The piano tuner comes.", expires=2e9),
        }
        past = time.time() - 100
        long_ago = SqliteMemory(file, "person", lambda: past, Hashing())
        long_ago.remember("A piano was sold.", expires=past + 1)
    home.chmod(0o700)
    return found


@pytest.fixture
def said(capfd):
    def said(*words):
        code = run(["memory", *words])
        out, err = capfd.readouterr()
        return code, out, err

    return said


def first_column(out):
    return [line.split()[0] for line in out.splitlines()]


def test_a_list_has_everybody_s_facts_the_newest_first(said, ids):
    code, out, err = said("list")

    assert (code, err) == (0, "")
    assert first_column(out) == [ids[n] for n in ("tuner", "red", "run", "piano")]
    assert "  person  " in out
    assert "  agent:tutor  Ada plays piano. (about music)\n" in out
    assert "Planned the piano lessons. (run run-7)\n" in out
    assert "\\u001b[31mRed" in out  # a screen must not obey it
    assert "sold" not in out


def test_what_is_left_out_is_told_beside_the_list(said, ids):
    _, out, err = said("list", "--limit", "1")

    assert first_column(out) == [ids["tuner"]]
    assert err == "3 older facts not shown: `--limit 4` shows all\n"


def test_one_owner_s_facts_are_listed_alone(said, ids):
    _, out, err = said("list", "--owner", "agent:tutor")

    assert first_column(out) == [ids["run"], ids["piano"]]
    assert err == ""


def test_owners_are_listed_with_how_much_they_keep(said, ids):
    _, out, _ = said("owners")
    assert first_column(out) == ["agent:tutor", "person"]
    assert "agent:tutor  2 facts, the newest of 2" in out

    _, out, _ = said("owners", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert [(each["owner"], each["facts"]) for each in found] == [
        ("agent:tutor", 2),
        ("person", 2),
    ]


def test_json_is_what_export_writes(said, ids):
    listed = [json.loads(line) for line in said("list", "--json")[1].splitlines()]
    written = [json.loads(line) for line in said("export", "-")[1].splitlines()]

    assert {each["id"] for each in listed} == {*ids.values()}
    assert sorted(listed, key=lambda f: f["id"]) == sorted(
        written, key=lambda f: f["id"]
    )


def test_a_search_finds_the_best_of_each_owner_first(said, ids):
    code, out, _ = said("search", "piano", "playing")
    assert code == 0
    assert first_column(out) == [ids["piano"], ids["tuner"], ids["run"]]

    _, out, _ = said("search", "piano", "--owner", "person")
    assert first_column(out) == [ids["tuner"]]
    _, out, _ = said("search", "piano", "--limit", "1", "--json")
    assert json.loads(out)["owner"] == "agent:tutor"
    assert said("search", "xyzzy") == (0, "No fact fits.\n", "")
    assert said("search", "xyzzy", "--json") == (0, "", "")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "words", [["list"], ["search", "a"], ["owners"], ["list", "--owner", "a"]]
)
def test_an_empty_memory_says_so_and_makes_no_file(said, home, words):
    code, out, err = said(*words)

    assert (code, err) == (0, "")
    assert out in ("Nothing is remembered.\n", "`a` keeps nothing.\n")
    assert said(*(words if "owner" in words[-1] else [*words, "--json"]))[0] == 0
    assert not (home / "memory.db").exists()


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("words", [["list"], ["search", "a"], ["forget", "a", "--yes"]])
def test_a_mistyped_owner_is_no_empty_list(said, words):
    code, out, err = said(*words, "--owner", "agent:tutr")

    assert (code, out) == (2, "")
    assert "nobody called `agent:tutr` keeps facts" in err
    assert "did you mean `agent:tutor`?" in err


def test_what_is_forgotten_is_gone_with_all_that_stands_for_it(said, ids, home):
    code, out, err = said("forget", ids["piano"], ids["red"], ids["red"], "--yes")

    assert (code, out, err) == (0, "2 facts were dropped.\n", "")
    assert first_column(said("list")[1]) == [ids["tuner"], ids["run"]]
    with closing(Database(home / "memory.db", migrations=MIGRATIONS)) as file:
        check_whole(file)


def test_an_id_that_is_not_there_drops_nothing(said, ids):
    wrong = ids["piano"][:-1] + "_"
    code, out, err = said("forget", ids["red"], wrong, "--yes")

    assert (code, out) == (2, "")
    assert f"there is no fact `{wrong}`, so nothing was dropped" in err
    assert f"did you mean `{ids['piano']}`?" in err
    assert len(said("list")[1].splitlines()) == 4

    code, _, err = said("forget", ids["red"], "--owner", "agent:tutor", "--yes")
    assert code == 2
    assert f"there is no fact `{ids['red']}` of `agent:tutor`" in err
    code, _, err = said("forget", "\udcff", "--yes")
    assert code == 2
    assert "`plugwright memory list` shows the ids" in err


def test_of_two_owners_with_one_id_it_has_to_be_said_whose(said, ids, tmp_path):
    line = {"owner": "agent:copy", "id": ids["piano"], "text": "Ada plays harp."}
    (tmp_path / "more.jsonl").write_text(json.dumps(line))
    said("import", str(tmp_path / "more.jsonl"))

    code, _, err = said("forget", ids["piano"], "--yes")
    assert code == 2
    assert "`agent:copy` and `agent:tutor` each have a fact" in err
    assert said("forget", ids["piano"], "--owner", "agent:copy", "--yes")[0] == 0
    assert "Ada plays piano." in said("list")[1]


def test_without_a_terminal_nothing_is_dropped_unasked(said, ids):
    code, out, err = said("forget", ids["red"])

    assert (code, out) == (2, "")
    assert "there is no terminal to ask at, so nothing was dropped" in err
    assert "--yes" in err
    assert len(said("list")[1].splitlines()) == 4


COMMAND = [
    sys.executable,
    "-c",
    "import sys; from plugwright.cli.door import run; sys.exit(run(sys.argv[1:]))",
    "memory",
]


def at_a_terminal(home, answer, *words):
    """Run a command as on a screen of 60 columns; gives its code and what it shows."""
    pty = pytest.importorskip("pty", reason="has no such terminals")
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        [*COMMAND, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=ENVIRONMENT | {"PLUGWRIGHT_HOME": str(home), "COLUMNS": "60"},
    )
    os.close(theirs)
    os.write(ours, answer)
    shown = b""
    try:
        while more := os.read(ours, 4096):
            shown += more
    except OSError:  # how a terminal of Linux ends
        pass
    os.close(ours)
    return asked.wait(), shown.decode()


def test_a_person_at_the_terminal_is_asked(said, ids, home):
    code, shown = at_a_terminal(home, b"n\n", "forget", ids["piano"])
    assert code == 1
    assert "Ada plays piano." in shown
    assert "Drop this fact for good? [y/N]" in shown
    assert "Nothing was dropped." in shown
    assert len(said("list")[1].splitlines()) == 4

    code, shown = at_a_terminal(home, b"y\n", "forget", ids["piano"], ids["red"])
    assert code == 0
    assert "Drop these 2 facts for good? [y/N]" in shown
    assert "2 facts were dropped." in shown
    assert len(said("list")[1].splitlines()) == 2


def test_a_screen_of_60_columns_is_enough(home):
    with closing(Database(home / "memory.db", migrations=MIGRATIONS)) as file:
        SqliteMemory(file, "agent:tutor").remember("word " * 1000)
    home.chmod(0o700)
    _, shown = at_a_terminal(home, b"", "list")

    lines = shown.splitlines()
    assert max(map(len, lines)) <= 60
    assert len(lines) < 10
    assert lines[-1].endswith("…")


def test_a_file_from_a_newer_version_is_one_sentence(said, ids, home):
    with (
        closing(Database(home / "memory.db", migrations=MIGRATIONS)) as file,
        file.transaction() as connection,
    ):
        connection.execute("PRAGMA user_version = 99")
    for words in (["list"], ["owners"], ["search", "a"], ["forget", ids["red"]]):
        code, out, err = said(*words)
        assert (code, out) == (2, "")
        assert "written by a newer Plugwright" in err
        assert "Traceback" not in err


@pytest.mark.usefixtures("ids")
def test_a_damaged_file_is_one_sentence(said, home):
    (home / "memory.db").write_bytes(b"garbage " * 1000)
    for words in (["list"], ["owners"], ["search", "a"], ["forget", "a", "--yes"]):
        code, out, err = said(*words)
        assert (code, out) == (1, "")
        assert "it is damaged" in err
        assert "plugwright memory salvage" in err


def test_a_person_looks_while_another_process_holds_the_home(said, ids, home):
    with Home(home).lock():
        assert said("list")[0] == 0
        assert said("search", "piano")[0] == 0
        assert said("forget", ids["red"], "--yes")[0] == 0


def test_killing_it_drops_all_or_nothing(home):
    chance = random.Random(3)
    path = home / "memory.db"
    with closing(Database(path, migrations=MIGRATIONS)) as file:
        for _ in range(6):
            memory = SqliteMemory(file, "tutor", embedding=Hashing())
            ids = memory.remember_all(f"fact {n}" for n in range(300))
            home.chmod(0o700)
            busy = subprocess.Popen(
                [*COMMAND, "forget", *ids, "--yes"],
                env=ENVIRONMENT | {"PLUGWRIGHT_HOME": str(home)},
                stdout=subprocess.DEVNULL,
            )
            time.sleep(chance.uniform(0.2, 0.9))
            busy.kill()
            busy.wait()
            left = {json.loads(line)["id"] for line in memory.export()}
            assert len(left & {*ids}) in (0, len(ids))
            check_whole(file)


class Counting:
    """The hashing embedding, which counts its questions, and may be out of reach."""

    identity, at_least, weight = Hashing.identity, Hashing.at_least, Hashing.weight

    def __init__(self, is_there=True):
        self.asked = 0
        self.is_there = is_there

    def embed(self, texts):
        self.asked += 1
        if not self.is_there:
            raise ProviderError("away", "nobody answers")
        return Hashing().embed(texts)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_model_is_asked_once_for_all_owners(database, is_there):
    for number in range(5):
        memory = SqliteMemory(database, f"agent:{number}", embedding=Hashing())
        memory.remember("Ada plays piano.")
    counting = Counting(is_there)

    assert len(Everybody(database).search("piano", 10, counting)) == 5
    assert counting.asked == 1


@pytest.mark.usefixtures("ids")
def test_what_plugins_and_agents_are_offered_has_no_back_door(home, ids, said):
    with Host(Home(home)) as host:
        host.manager.register(plugwright_memory, "memory")
        other = host.memory("sqlite", "agent:other")
        assert said("list")[0] == 0  # the commands are there, in the same process

        assert other.recall() == []
        assert other.recall("piano") == []
        assert [*other.export()] == []
        assert not any(other.forget(id) for id in ids.values())
        # Nothing that it can do takes the name of an owner.
        for name, does in inspect.getmembers(other, callable):
            if not name.startswith("_"):
                assert "owner" not in inspect.signature(does).parameters
        doors = [*host.hooks.commands(host=host), *host.hooks.tools(host=host)]
        assert {door.name for door in doors} == {
            "remember",
            "recall",
            "forget",
            "export",
        }
        for door in doors:
            if door.name == "forget":
                with pytest.raises(UsageError, match="there is no fact"):
                    door.call({"id": ids["piano"]})
            assert "owner" not in door.spec.parameters
    assert len(said("list")[1].splitlines()) == 4


LOADED = """
import sys
from plugwright.host import Host
with Host.discover() as host:
    host.memory("sqlite", "agent:a").recall("a")
    host.hooks.commands(host=host), host.hooks.tools(host=host)
print("plugwright_memory.everybody" in sys.modules)
"""


def test_no_agent_or_plugin_loads_what_sees_everybody(home):
    printed = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT | {"PLUGWRIGHT_HOME": str(home)},
    )
    assert printed.stdout == "False\n"
