"""The file: several at once, full, read-only, too new, and killed in the middle."""

from __future__ import annotations

import gzip
import json
import os
import random
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from writers import check_all_embedded, check_whole, writer

from plugwright.database import Database
from plugwright.errors import HostError, UsageError
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.hashing import Hashing
from plugwright_memory.salvage import salvage
from plugwright_memory.schema import MIGRATIONS


def test_the_file_waits_for_the_disk(memory, database):
    memory.remember("a")

    assert database.read("PRAGMA journal_mode") == [("wal",)]
    assert database.read("PRAGMA synchronous") == [(2,)]
    assert database.read("PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_two_processes_at_once_lose_nothing(path, database, clock):
    # "shared" is written by two, and each is the first to come for all it knows.
    writers = [writer(path, owner, 60) for owner in ("shared", "shared", "alone")]
    outputs = [each.communicate()[0] for each in writers]

    assert [each.returncode for each in writers] == [0, 0, 0]
    kept = [line.split()[1] for output in outputs[:2] for line in output.splitlines()]
    shared = SqliteMemory(database, "shared").recall("fact", limit=1000)
    assert {fact.id for fact in shared} == {*kept}
    assert len(kept) == 120
    assert len(SqliteMemory(database, "alone").recall("alone", limit=1000)) == 60
    check_all_embedded(database)


def test_killing_it_at_any_instant_loses_nothing_that_was_said(path):
    chance = random.Random(7)
    expected: set[str] = set()
    rounds = 0
    ends = time.monotonic() + 2.5
    while rounds < 3 or time.monotonic() < ends:
        busy = writer(path, "tutor")
        assert busy.stdout is not None
        first = busy.stdout.readline()
        time.sleep(chance.uniform(0, 0.1))
        busy.kill()
        lines = [first, *busy.communicate()[0].splitlines()]
        for word, id in (line.split() for line in lines):
            (expected.add if word == "kept" else expected.discard)(id)
        database = Database(path, migrations=MIGRATIONS)
        memory = SqliteMemory(database, "tutor")
        found = {json.loads(line)["id"] for line in memory.export()}
        # What it was about to say, when it was killed, may have happened or not.
        assert len(expected ^ found) <= 1
        check_all_embedded(database)
        expected = found
        database.close()
        rounds += 1
    assert len(expected) > 3


def test_threads_take_turns(memory, database):
    def work(name):
        for number in range(20):
            memory.remember(f"{name} {number}")
            memory.recall(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(memory.recall(limit=1000)) == 60
    check_whole(database)


def test_a_full_disk_is_told_and_nothing_is_lost(memory, database):
    memory.remember("before")
    with database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(HostError, match=r"cannot use `.*memory\.db`: the disk is full"):
        memory.remember("big " * 10_000)
    assert [fact.text for fact in memory.recall()] == ["before"]
    assert memory.recall("big") == []


def test_an_owner_who_came_when_the_disk_was_full_can_come_again(
    memory, open_memory, database
):
    memory.remember("before")
    with database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    new = open_memory("new")
    with pytest.raises(HostError, match="the disk is full"):
        new.remember("big " * 10_000)
    database.close()  # and with it the limit of this test

    new.remember("small")
    assert [fact.text for fact in new.recall("small")] == ["small"]
    check_whole(database)


@contextmanager
def nobody():
    """Be a user who may write nothing here, also where tests run as root."""
    if os.geteuid() == 0:
        os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        if os.getresuid()[2] == 0:
            os.setresuid(0, 0, 0)


@pytest.mark.skipif(not hasattr(os, "getresuid"), reason="has no such users")
def test_a_file_that_cannot_be_written_can_be_read(clock):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory.db"
        with closing(Database(path, migrations=MIGRATIONS)) as writer:
            SqliteMemory(writer, "me", clock).remember("Ada plays piano")
            SqliteMemory(writer, "me", clock).remember("gone", expires=clock() + 1)
        clock.seconds += 1
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        try:
            with nobody(), closing(Database(path, migrations=MIGRATIONS)) as reader:
                memory = SqliteMemory(reader, "me", clock)
                assert [fact.text for fact in memory.recall("piano")] == [
                    "Ada plays piano"
                ]
                assert len(memory.recall()) == 1
                with pytest.raises(HostError, match=r"cannot use `.*memory\.db`: "):
                    memory.remember("more")
        finally:
            Path(folder).chmod(0o700)


def test_a_file_of_a_newer_version_is_refused_and_left_alone(
    memory, open_memory, database, path
):
    memory.remember("a")
    with database.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()

    with pytest.raises(UsageError, match="written by a newer Plugwright") as told:
        open_memory("tutor")
    assert "its version is 99, this one knows 2" in told.value.message
    assert path.read_bytes() == before


def test_a_file_of_an_older_version_is_brought_up_to_date(memory, path):
    memory.remember("a")
    later = (*MIGRATIONS, "CREATE TABLE later (id TEXT)")
    newer = Database(path, migrations=later)

    assert [fact.text for fact in SqliteMemory(newer, "agent:tutor").recall()] == ["a"]
    assert newer.read("SELECT * FROM later") == []
    assert newer.read("PRAGMA user_version") == [(3,)]
    newer.close()


WRITTEN_BEFORE = Path(__file__).parent / "files" / "version1.db.gz"
"""What the first version wrote: two owners, 122 facts each, one that was forgotten."""


def test_a_file_that_the_first_version_wrote_is_brought_up_to_date(path, clock):
    path.parent.mkdir()
    path.write_bytes(gzip.decompress(WRITTEN_BEFORE.read_bytes()))
    with closing(Database(path, migrations=MIGRATIONS)) as database:
        memory = SqliteMemory(database, "person", clock, Hashing())

        assert len([*memory.export()]) == 122
        assert memory.recall("京都")[0].text == "Straße nach 京都"
        assert memory.recall("forgotten") == []
        assert memory.waiting() == 122
        # The first vector brings some of the others with it.
        memory.remember_run("run-1", "tried the piano")
        assert 0 < memory.waiting() < 122
        while memory.embed_some():
            pass
        assert memory.waiting() == 0
        assert len(memory.recall("pianoo", about="music", limit=1000)) > 100
        assert SqliteMemory(database, "agent:tutor", clock, Hashing()).waiting() == 122
        check_whole(database)


def test_a_file_of_the_first_version_is_left_alone_by_salvage_if_it_is_whole(path):
    path.parent.mkdir()
    content = gzip.decompress(WRITTEN_BEFORE.read_bytes())
    path.write_bytes(content)

    assert salvage(path) is None
    assert path.read_bytes() == content


def test_a_damaged_file_of_the_first_version_is_salvaged(path, clock):
    path.parent.mkdir()
    content = gzip.decompress(WRITTEN_BEFORE.read_bytes())
    path.write_bytes(content[: len(content) // 4096 * 4096 - 4096])

    done = salvage(path)
    assert done is not None
    assert done.kept["facts"] > 200
    with closing(Database(path, migrations=MIGRATIONS)) as database:
        assert SqliteMemory(database, "person", clock).recall("piano")
        check_whole(database)


def test_a_file_that_is_no_database_is_named_and_left_alone(open_memory, path):
    path.parent.mkdir()
    path.write_bytes(b"garbage " * 1000)

    with pytest.raises(HostError, match="it is damaged") as told:
        open_memory("tutor")
    assert str(path) in told.value.message
    assert path.read_bytes() == b"garbage " * 1000
