"""A damaged file of facts: what can be read is kept, and the rest is named."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from writers import ENVIRONMENT, check_all_embedded, check_whole, writer

from plugwright.cli.door import run
from plugwright.database import Database
from plugwright.errors import HostError, UsageError
from plugwright.host import Host
from plugwright.rescue import Rescued
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.hashing import Hashing
from plugwright_memory.opening import open_memory as open_in
from plugwright_memory.salvage import nameless, salvage
from plugwright_memory.schema import MIGRATIONS

PAGE = 4096
OWNERS = ("agent:tutor", "person", "models")
FACTS = 300
"""Of each owner."""


def opened(path: Path) -> Database:
    return Database(path, migrations=MIGRATIONS)


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("filled") / "memory.db"
    chance = random.Random(1)
    with closing(opened(path)) as database:
        for first in range(0, FACTS, 50):
            for owner in OWNERS:
                length = 3000 if first == 100 else 20
                SqliteMemory(database, owner).remember_all(
                    (
                        f"fact {number} of {owner} " + "é" * chance.randrange(length)
                        for number in range(first, first + 50)
                    ),
                    about="numbers",
                )
    return path.read_bytes()


@pytest.fixture
def path(tmp_path, filled) -> Path:
    path = tmp_path / "memory.db"
    path.write_bytes(filled)
    return path


@pytest.fixture(scope="module")
def expected(tmp_path_factory, filled) -> dict[str, dict[str, dict]]:
    path = tmp_path_factory.mktemp("expected") / "memory.db"
    path.write_bytes(filled)
    return facts(path)


def facts(path: Path) -> dict[str, dict[str, dict]]:
    """Give what each owner keeps, by the ids of the facts."""
    with closing(opened(path)) as database:
        return {
            owner: {
                fact["id"]: fact
                for fact in map(json.loads, SqliteMemory(database, owner).export())
            }
            for (owner,) in database.read("SELECT name FROM owners ORDER BY number")
        }


def root(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [(page,)] = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)
        )
    return int(page)


def overwrite(path: Path, page: int, content: bytes = bytes(PAGE)) -> None:
    with open(path, "r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(content)


def mend(path: Path) -> Rescued:
    """Salvage a file; whatever it was, what comes out has to be whole."""
    before = path.read_bytes()
    done = salvage(path)
    assert done is not None
    assert done.aside.read_bytes() == before
    assert re.fullmatch(r"memory\.db\.broken-\d{8}T\d{12}", done.aside.name)
    assert {file.name for file in path.parent.iterdir()} == {
        path.name,
        done.aside.name,
    }
    with closing(opened(path)) as database:
        check_whole(database)
    assert salvage(path) is None
    done.aside.unlink()
    return done


def check_same(path: Path, expected: dict[str, dict[str, dict]]) -> int:
    """See that nothing is anybody else's, or made up; gives how many facts are kept."""
    found = facts(path)
    for owner, kept in found.items():
        names = [name for name in expected if name == owner] or [*expected]
        for id, fact in kept.items():
            assert fact in [expected[name].get(id) for name in names]
    return sum(map(len, found.values()))


def test_a_whole_file_is_left_alone(path, filled):
    assert salvage(path) is None
    assert path.read_bytes() == filled
    assert [file.name for file in path.parent.iterdir()] == ["memory.db"]


@pytest.mark.parametrize("share", [0.97, 0.8, 0.6, 0.4, 0.2, 0.05])
@pytest.mark.parametrize("rest", [0, 1000])
def test_of_a_file_that_was_cut_short_what_is_there_is_kept_and_found_by_its_words(
    path, filled, expected, share, rest
):
    path.write_bytes(filled[: int(len(filled) * share) // PAGE * PAGE + rest])
    done = mend(path)
    assert check_same(path, expected) == done.kept["facts"]
    assert done.kept["facts"] > 0 or share < 0.1
    if done.kept["facts"] < FACTS * len(OWNERS):
        assert any("facts" in lost for lost in done.lost)
    with closing(opened(path)) as database:
        for owner, kept in facts(path).items():
            some = [*kept.values()][:3]
            memory = SqliteMemory(database, owner)
            for fact in some:
                found = memory.recall(fact["text"][:20], limit=1000)
                assert fact["id"] in {each.id for each in found}


def test_each_page_may_be_garbage_and_nothing_is_made_up_or_somebody_else_s(
    path, filled, expected
):
    least = FACTS * len(OWNERS)
    for page in range(1, len(filled) // PAGE + 1, 12):
        path.write_bytes(filled)
        overwrite(path, page, random.Random(page).randbytes(PAGE))
        if salvage(path) is None:
            # A page that is not in use any more.
            continue
        kept = check_same(path, expected)
        least = min(least, kept)
        for aside in path.parent.glob("*.broken-*"):
            aside.unlink()
        with closing(opened(path)) as database:
            check_whole(database)
    assert least > FACTS * len(OWNERS) - 60


@pytest.mark.parametrize(
    "name", ["facts_by_subject", "facts_by_owner", "words_2_data", "words_2_content"]
)
def test_what_can_be_made_anew_costs_no_fact(path, expected, name):
    overwrite(path, root(path, name))
    done = mend(path)
    assert facts(path) == expected
    assert done.lost == []


@pytest.mark.parametrize("content", [bytes(PAGE), random.Random(2).randbytes(PAGE)])
def test_without_the_page_that_says_which_tables_there_are_all_facts_are_kept(
    path, expected, content
):
    overwrite(path, 1, content)
    done = mend(path)
    assert facts(path) == expected
    assert done.lost == []


def test_words_that_are_not_those_of_the_facts_are_made_anew(path, expected):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM words_1 WHERE rowid < 10")
    assert mend(path).kept == {"owners": 3, "facts": FACTS * len(OWNERS)}
    assert facts(path) == expected


def test_facts_whose_owner_s_name_is_lost_are_nobody_else_s(path, expected):
    overwrite(path, root(path, "owners"))
    done = mend(path)
    assert done.kept == {"owners": 0, "facts": FACTS * len(OWNERS)}
    found = facts(path)
    for number, owner in enumerate(OWNERS, 1):
        assert found[nameless(number)] == expected[owner]
    assert any("`salvaged:2`" in note for note in done.notes)


def test_an_owner_who_is_gone_leaves_facts_that_are_nobody_else_s(path, expected):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM owners WHERE name = 'models'")
    mend(path)
    assert facts(path)[nameless(3)] == expected["models"]


def test_of_two_owners_of_one_name_the_second_is_not_believed(path, expected):
    place = (root(path, "owners") - 1) * PAGE
    content = path.read_bytes()
    page = content[place : place + PAGE].replace(b"models", b"person")
    path.write_bytes(content[:place] + page + content[place + PAGE :])
    assert "owner 3: the row is damaged" in mend(path).lost
    found = facts(path)
    assert found["person"] == expected["person"]
    assert found[nameless(3)] == expected["models"]


def test_facts_that_lost_their_place_are_kept_and_told(path, expected):
    overwrite(path, root(path, "facts"))
    done = mend(path)
    assert facts(path) == expected
    assert "one that was forgotten may be among them" in done.notes[0]


def test_rows_that_make_no_sense_are_counted(path, expected):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE facts SET owner = -1 WHERE number = 7")
        connection.execute("UPDATE facts SET owner = 2 WHERE number = 8")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, ', UNIQUE (owner, id)', '')"
            " WHERE name = 'facts'"
        )
        connection.execute("INSERT INTO owners VALUES (1 << 40, 'far')")
    done = mend(path)
    assert "1 facts that make no sense" in done.lost
    assert f"owner {1 << 40}: the row is damaged" in done.lost


def test_two_facts_of_one_id_are_not_both_kept(path, expected):
    # As after a flipped byte: the index still has what the row does not say any more.
    first, second = list(expected["agent:tutor"])[:2]
    content = path.read_bytes()
    path.write_bytes(content.replace(second.encode(), first.encode()))
    done = mend(path)
    assert "1 facts that make no sense" in done.lost
    assert check_same(path, expected) == FACTS * len(OWNERS) - 1


@pytest.mark.parametrize("content", [b"", b"garbage " * 2000, bytes(8 * PAGE)])
def test_a_file_that_is_no_database_is_kept_aside_and_a_new_one_is_made(path, content):
    path.write_bytes(content)
    done = mend(path)
    assert done.kept == {"owners": 0, "facts": 0}
    assert done.lost == [
        f"{what} from 1 on, as far as there were any"
        for what in ("owners", "facts", "runs of facts")
    ]


def test_a_file_of_a_newer_version_is_refused_also_when_it_is_damaged(path, filled):
    newer = filled[:60] + (9).to_bytes(4, "big") + filled[64 : len(filled) // 2]
    path.write_bytes(newer)
    with pytest.raises(UsageError, match="written by a newer Plugwright"):
        salvage(path)
    assert path.read_bytes() == newer
    assert [file.name for file in path.parent.iterdir()] == ["memory.db"]


def test_it_is_refused_while_another_process_has_the_file_open(path):
    busy = writer(path, "tutor")
    try:
        busy.stdout.readline()
        with pytest.raises(UsageError, match="another process has"):
            salvage(path)
    finally:
        busy.kill()
        busy.communicate()
    assert {file.name for file in path.parent.iterdir()} <= {
        "memory.db",
        "memory.db-wal",
        "memory.db-shm",
    }


def test_what_a_killed_process_left_in_the_log_is_kept_too(path):
    busy = writer(path, "tutor")
    ids = {busy.stdout.readline().split()[1] for _ in range(2)}
    busy.kill()
    busy.communicate()
    assert path.with_name("memory.db-wal").stat().st_size > PAGE
    overwrite(path, 2)  # in the file; it may be in the log as well
    with open(path, "r+b") as file:
        file.truncate(3 * PAGE)
    done = salvage(path)
    assert done is not None
    assert not path.with_name("memory.db-wal").exists()
    assert ids <= {id for kept in facts(path).values() for id in kept}


SALVAGER = """
import os, sys
from pathlib import Path
from plugwright_memory.salvage import salvage

left = int(sys.argv[2])

def count(event, about):
    global left
    if event in ("open", "os.rename", "os.remove", "os.truncate", "sqlite3.connect"):
        left -= 1
        if left < 0:
            os._exit(9)  # at once, as when it is killed

sys.addaudithook(count)
salvage(Path(sys.argv[1]))
"""


def test_killing_it_before_any_step_leaves_the_old_file_or_the_new_one(path, expected):
    page = root(path, "words_2_content")
    busy = writer(path, "tutor")
    busy.stdout.readline()
    busy.kill()
    busy.communicate()
    # Damage that the log does not mend: it tells of another owner's words.
    overwrite(path, page)
    log = path.with_name("memory.db-wal")
    broken, told = path.read_bytes(), log.read_bytes()
    outcomes = []
    kept = None
    for steps in range(100):
        path.write_bytes(broken)
        log.write_bytes(told)
        command = [sys.executable, "-c", SALVAGER, path, str(steps)]
        ended = subprocess.run(command, env=ENVIRONMENT)
        # Whatever is there now: either what was there, or what comes out at the end.
        again = salvage(path)
        outcomes.append(again is None)
        found = facts(path)
        kept = kept or found
        assert found == kept
        if ended.returncode == 0:
            break
    assert {**kept, "tutor": 0} == {**expected, "tutor": 0}
    assert len(kept["tutor"]) > 0
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) > 10


def test_a_person_salvages_what_is_remembered_and_goes_on(
    tmp_path, monkeypatch, capfd, filled
):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(home))
    path = home / "memory.db"
    path.write_bytes(filled[: len(filled) // 2 // PAGE * PAGE])
    remedy = "`plugwright memory salvage` keeps what can be read"

    with Host.discover() as host, pytest.raises(HostError, match="damaged") as told:
        open_in(host, "person").recall("fact")
    assert remedy in told.value.remedy
    capfd.readouterr()
    assert run(["memory", "salvage"]) == 0
    out = capfd.readouterr().out
    assert " facts were kept." in out
    assert "lost: facts " in out
    assert run(["memory", "salvage"]) == 0
    assert "what is remembered is whole" in capfd.readouterr().out
    with Host.discover() as host:
        assert open_in(host, "person").recall("fact")


# Vectors are made anew, never taken over.


@pytest.fixture
def embedded(tmp_path) -> Path:
    path = tmp_path / "embedded" / "memory.db"
    with closing(opened(path)) as database:
        for owner in OWNERS:
            memory = SqliteMemory(database, owner, embedding=Hashing())
            memory.remember_all(f"fact {number} of {owner}" for number in range(100))
            memory.remember_run("run-7", f"{owner} sorted the invoices")
    return path


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE shelves SET codes = zeroblob(length(codes) - 1) WHERE owner = 2",
        "UPDATE shelves SET facts = zeroblob(length(facts)) WHERE owner = 2",
        "DELETE FROM shelves WHERE owner = 1",
        "DELETE FROM vectors WHERE fact = 5",
        "UPDATE vectors SET shelf = 3 WHERE fact = 5",
        "INSERT INTO vectors VALUES (9999, 1, 1, 1.0, x'00')",
        "DROP TABLE embedded",
    ],
)
def test_vectors_that_are_not_those_of_the_facts_are_made_anew(embedded, damage):
    before = facts(embedded)
    with closing(sqlite3.connect(embedded)) as connection, connection:
        connection.execute(damage)
    done = mend(embedded)

    assert facts(embedded) == before
    assert done.lost == []
    with closing(opened(embedded)) as database:
        assert database.read("SELECT count(*) FROM vectors") == [(0,)]
        for owner in OWNERS:
            memory = SqliteMemory(database, owner, embedding=Hashing())
            assert memory.waiting() == 101
            while memory.embed_some():
                pass
            [run] = memory.recall("invoice", kind="run")
            assert run.run == "run-7"
        check_all_embedded(database)


def test_a_vector_may_be_garbage_and_no_fact_is_lost(embedded):
    before = facts(embedded)
    overwrite(embedded, root(embedded, "vectors"))
    done = mend(embedded)

    assert facts(embedded) == before
    assert done.lost == []


def test_without_the_table_of_runs_their_summaries_are_facts(embedded):
    count = sum(map(len, facts(embedded).values()))
    overwrite(embedded, root(embedded, "runs"))
    done = mend(embedded)

    assert sum(map(len, facts(embedded).values())) == count
    assert any("runs" in lost for lost in done.lost)
