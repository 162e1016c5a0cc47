"""The file of records: lazy, whole, and clear about trouble."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from plugwright.database import MIGRATIONS, Database
from plugwright.errors import HostError, UsageError

OPENER = """
import sys
from pathlib import Path
from plugwright.database import Database

database = Database(Path(sys.argv[1]))
for number in range(20):
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO storage VALUES (?, ?, 1, '1')", (sys.argv[2], str(number))
        )
"""


@pytest.fixture
def database(tmp_path: Path):
    database = Database(tmp_path / "home" / "plugwright.db")
    yield database
    database.close()


def keep(database: Database, key: str, value: str = "1") -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO storage VALUES ('me', ?, ?, ?)", (key, len(value), value)
        )


def keys(database: Database) -> list[str]:
    return [key for (key,) in database.read("SELECT key FROM storage")]


def test_reading_where_nothing_was_written_makes_no_file(database):
    assert database.read("SELECT * FROM ledger") == []
    assert not database.path.parent.exists()


def test_what_was_written_is_there_after_closing(database):
    keep(database, "a")
    database.close()
    database.close()
    assert keys(database) == ["a"]


def test_the_file_is_made_to_survive_a_crash(database):
    keep(database, "a")
    assert database.read("PRAGMA journal_mode") == [("wal",)]
    assert database.read("PRAGMA synchronous") == [(2,)]
    assert database.read("PRAGMA foreign_keys") == [(1,)]
    assert database.read("PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_an_error_in_a_transaction_undoes_all_of_it(database):
    keep(database, "before")

    def fail() -> None:
        with database.transaction() as connection:
            connection.execute("DELETE FROM storage")
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()
    assert keys(database) == ["before"]


def test_a_file_of_an_older_plugwright_is_brought_up_to_date(database):
    database.path.parent.mkdir()
    older = sqlite3.connect(database.path, isolation_level=None)
    for statement in MIGRATIONS[0].split("\n\n"):
        older.execute(statement)
    older.execute("INSERT INTO storage VALUES ('me', 'old', 1, '1')")
    older.execute("PRAGMA user_version = 1")
    older.close()

    assert keys(database) == ["old"]
    assert database.read("SELECT * FROM usage") == []
    assert database.read("PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_a_wrong_type_is_refused(database):
    with (
        pytest.raises(HostError, match="cannot store TEXT value in INTEGER column"),
        database.transaction() as connection,
    ):
        connection.execute("INSERT INTO storage VALUES ('me', 'k', 'many', '1')")


def test_a_file_of_a_newer_plugwright_is_left_alone(database):
    keep(database, "a")
    with database.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UsageError, match="written by a newer Plugwright") as told:
        database.read("SELECT 1")
    assert "upgrade" in told.value.remedy


def test_a_file_that_is_no_database_is_named(database):
    database.path.parent.mkdir()
    database.path.write_bytes(b"garbage " * 1000)
    with pytest.raises(HostError, match="it is damaged") as told:
        keep(database, "a")
    assert str(database.path) in told.value.message
    assert "restore" in told.value.remedy
    assert database.path.read_bytes() == b"garbage " * 1000


def test_a_page_that_was_overwritten_is_damage_too(database):
    keep(database, "a", "x" * 50_000)
    database.close()
    content = bytearray(database.path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    database.path.write_bytes(content)
    with pytest.raises(HostError, match="it is damaged"):
        keys(database)


def test_a_full_disk_is_told_and_nothing_is_lost(database):
    keep(database, "before")
    with database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(HostError, match="the disk is full"):
        keep(database, "big", "x" * 100_000)
    assert keys(database) == ["before"]


def test_a_place_that_cannot_be_a_file_is_named(tmp_path):
    with pytest.raises(HostError, match="it cannot be opened and written"):
        Database(tmp_path).read("SELECT 1")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HostError, match="file"):
        keep(Database(tmp_path / "file" / "plugwright.db"), "a")


def test_another_program_that_holds_the_file_is_told(database):
    keep(database, "a")
    with database.transaction() as connection:
        connection.execute("SELECT 1")
    database.read("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(HostError, match="another program is holding it"):
        keep(database, "b")
    other.close()
    keep(database, "b")


def test_threads_take_turns(database):
    def work(name: str) -> None:
        for number in range(10):
            keep(database, f"{name}{number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys(database)) == 30


def test_processes_that_start_at_once_make_one_file(database):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(database.path), name], env=environment
        )
        for name in "abcd"
    ]
    assert [opener.wait() for opener in openers] == [0, 0, 0, 0]
    assert len(keys(database)) == 80
