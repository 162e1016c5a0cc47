"""Out of one file as lines of JSON, and into another."""

from __future__ import annotations

import json

import pytest
from writers import check_all_embedded, check_whole

from plugwright.cli.door import run
from plugwright.database import Database
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright_memory.exchange import lines_of, take_in, write_lines
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.schema import MIGRATIONS


@pytest.fixture
def filled(open_memory, clock):
    ada = open_memory("agent:ada")
    ada.remember("Größe:\n3", about="shoes")
    ada.remember("soon over", expires=clock() + 10)
    ada.remember_run("run-7", "Sorted the invoices.")
    open_memory("person").remember("字典")


@pytest.fixture
def other(tmp_path):
    database = Database(tmp_path / "other" / "memory.db", migrations=MIGRATIONS)
    yield database
    database.close()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "facts.jsonl"


def kept(database):
    return [
        {**fact, "owner": owner}
        for (owner,) in database.read("SELECT name FROM owners ORDER BY 1")
        for fact in map(json.loads, SqliteMemory(database, owner, lambda: 0).export())
    ]


@pytest.mark.usefixtures("filled")
class TestFilled:
    def test_what_goes_out_comes_in_as_it_was(self, database, other, file, clock):
        assert write_lines(file, lines_of(database)) == 3  # by now one has expired
        done = take_in(other, file, clock())

        assert (done.new, done.known, done.expired) == (3, 0, 0)
        assert kept(other) == [
            fact for fact in kept(database) if fact["expires"] is None
        ]
        found = SqliteMemory(other, "agent:ada", clock).recall("invoices", kind="run")
        assert found[0].run == "run-7"
        check_whole(other)

    def test_a_second_time_changes_nothing(self, database, other, file, clock):
        write_lines(file, lines_of(database))
        take_in(other, file, clock())
        before = kept(other)
        done = take_in(other, file, clock())

        assert (done.new, done.known) == (0, 3)
        assert kept(other) == before

    def test_one_owner_can_go_out_alone(self, database, file):
        [line] = lines_of(database, "person")

        assert json.loads(line)["text"] == "字典"


def test_a_run_that_is_known_under_another_id_stays_as_it_is(
    other, file, open_memory, database, clock
):
    open_memory("me").remember_run("run-7", "theirs")
    write_lines(file, lines_of(database))
    SqliteMemory(other, "me").remember_run("run-7", "ours")

    assert take_in(other, file, clock()).known == 1
    assert [fact["text"] for fact in kept(other)] == ["ours"]


def test_what_has_expired_is_not_taken_in(other, file):
    file.write_text('{"id": "a", "text": "over", "expires": 5.0}\n')

    done = take_in(other, file, 5.0)
    assert (done.new, done.expired) == (0, 1)
    assert kept(other) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no json", "Invalid JSON"),
        ('{"id": "b"}', "`text`"),
        ('{"id": "b", "text": 3}', "`text` has to be text"),
        ('{"id": "b", "text": " "}', "there is nothing to remember"),
        (
            '{"id": "b", "text": "b", "owner": "a\\nb"}',
            "cannot be the name of an owner",
        ),
        ('{"id": "b", "text": "b", "more": 1}', "`more`"),
        ('{"id": "", "text": "b"}', "`id`"),
        ('{"id": "b", "text": "b", "kept": NaN}', "line 2"),
        ('{"id": "b", "text": "\\ud800"}', "line 2"),
        ("[]", "line 2"),
        ("\x00\xff", "line 2"),
    ],
)
def test_one_wrong_line_takes_in_nothing_and_is_named(other, file, line, said):
    good = '{"id": "a", "text": "fine"}'
    file.write_text(f"{good}\n{line}\n", "latin-1")

    with pytest.raises(UsageError, match=r"line 2: .*; nothing was taken in") as told:
        take_in(other, file)
    assert said in told.value.message
    assert kept(other) == []


def test_lines_of_the_person_s_own_export_come_back_to_the_person(
    open_memory, other, file
):
    # They name no owner.
    memory = open_memory("person")
    memory.remember("mine")
    write_lines(file, memory.export())

    take_in(other, file, 0.0)
    assert [fact["owner"] for fact in kept(other)] == ["person"]


def test_a_person_moves_everything_to_another_home(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "one"))
    with Host.discover() as host:
        host.memory("sqlite", "agent:ada").remember("Ada plays piano.")
        host.memory("sqlite", "person").remember("Ben plays harp.")
    file = tmp_path / "all.jsonl"
    assert run(["memory", "export", str(file)]) == 0
    assert "2 facts were written" in capfd.readouterr().out
    assert run(["memory", "export", str(file)]) != 0
    assert "is there already" in capfd.readouterr().err
    assert run(["memory", "export", "-", "--owner", "person"]) == 0
    assert json.loads(capfd.readouterr().out)["text"] == "Ben plays harp."

    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "two"))
    assert run(["memory", "import", str(file)]) == 0
    assert "2 facts were taken in; 0 were there already." in capfd.readouterr().out
    with Host.discover() as host:
        memory = host.memory("sqlite", "agent:ada")
        assert memory.waiting() == 0
        assert [fact.text for fact in memory.recall("pianos")] == ["Ada plays piano."]
    path = tmp_path / "two" / "memory.db"
    database = Database(path, migrations=MIGRATIONS)
    check_all_embedded(database)
    database.close()


def test_a_change_of_the_settings_is_brought_to_all_by_a_command(
    tmp_path, monkeypatch, capfd
):
    home = tmp_path / "home"
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(home))
    home.mkdir(mode=0o700)
    settings = home / "config.toml"
    settings.write_text('[plugins.memory.settings]\nembeddings = "none"\n')
    with Host.discover() as host:
        host.memory("sqlite", "person").remember_all(f"tune {n}" for n in range(100))
    settings.unlink()
    assert run(["memory", "embed"]) == 0
    assert "100 facts were looked at" in capfd.readouterr().out
    assert run(["memory", "embed"]) == 0
    assert "0 facts were looked at" in capfd.readouterr().out
    assert run(["memory", "embed", "--anew"]) == 0
    assert "100 facts were looked at" in capfd.readouterr().out
    database = Database(home / "memory.db", migrations=MIGRATIONS)
    check_all_embedded(database)
    database.close()


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('embeddings = "nobody:at-all"', "nobody"),
        ('embeddings = "hand:asked"', "makes no embeddings"),
        ("embeddings = 3", "embeddings"),
        ('embedings = "none"', "embedings"),
    ],
)
def test_a_wrong_setting_is_told_and_nothing_is_lost(
    tmp_path, monkeypatch, capfd, setting, said
):
    home = tmp_path / "home"
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text(f"[plugins.memory.settings]\n{setting}\n")
    given = tmp_path / "fact.json"
    given.write_text('{"text": "Ada plays piano."}')

    assert run(["run", "memory", "remember", "--input", str(given)]) != 0
    err = capfd.readouterr().err
    assert said in err
    assert "Traceback" not in err
