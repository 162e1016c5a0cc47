"""The file of records: lazy, whole, and clear about trouble."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from plugwright.database import MIGRATIONS, Damaged, Database, log_ahead
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
    with pytest.raises(HostError, match="Is a directory"):
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


def test_who_makes_the_file_at_the_same_time_is_waited_for(tmp_path):
    path = tmp_path / "plugwright.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    letting_go = threading.Timer(0.1, other.execute, ["COMMIT"])
    hasty = sqlite3.connect(path, timeout=0)

    letting_go.start()
    log_ahead(hasty)
    letting_go.join()

    assert hasty.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    hasty.close()
    other.close()


def test_a_file_of_a_newer_plugwright_is_not_written_at_all(tmp_path):
    path = tmp_path / "plugwright.db"
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.execute("CREATE TABLE other (it)")
    newer.close()
    before = path.read_bytes()
    for ask in (
        lambda database: database.read("SELECT 1"),
        lambda database: keep(database, "a"),
        lambda database: database.jot("DELETE FROM storage"),
    ):
        with pytest.raises(UsageError, match="its version is 99"):
            ask(Database(path))
    assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    ("whole", "damaged"),
    [
        (b"tableheadhead", b"tablehe\xa0dhead"),
        (b"CREATE TABLE head", b"CREATE TABLE he\xa0d"),
        (b"CREATE TABLE head", b"CREATE TABLE heat"),
    ],
)
def test_a_damaged_schema_is_told_as_damage(database, whole, damaged):
    keep(database, "a")
    database.close()
    raw = database.path.read_bytes()
    assert whole in raw
    database.path.write_bytes(raw.replace(whole, damaged))
    with pytest.raises(Damaged, match="it is damaged"):
        database.read("SELECT * FROM head")


def test_a_table_that_is_gone_is_damage(database):
    keep(database, "a")
    with database.transaction() as connection:
        connection.execute("DROP TABLE usage")
    with pytest.raises(Damaged, match="it is damaged"):
        database.read("SELECT * FROM usage")


@pytest.fixture
def fixed(database):
    """A file beside which SQLite cannot make what it needs for writing."""
    keep(database, "a")
    database.close()
    blocked = database.path.with_name("plugwright.db-shm")
    blocked.mkdir()
    yield database
    database.close()
    blocked.rmdir()


def test_what_cannot_be_written_can_be_read(fixed):
    before = fixed.path.read_bytes()
    assert keys(fixed) == ["a"]
    with fixed.snapshot() as connection:
        assert connection.execute("SELECT key FROM storage").fetchall() == [("a",)]
    with pytest.raises(HostError, match="cannot use"):
        keep(fixed, "b")
    with pytest.raises(HostError, match="cannot use"):
        fixed.jot("DELETE FROM storage")
    assert keys(fixed) == ["a"]
    assert fixed.path.read_bytes() == before


def test_an_older_file_that_cannot_be_written_says_so(fixed):
    raw = bytearray(fixed.path.read_bytes())
    raw[60:64] = (1).to_bytes(4, "big")  # where SQLite keeps `user_version`
    fixed.path.write_bytes(raw)
    with pytest.raises(HostError, match="written by an older Plugwright") as told:
        keys(fixed)
    assert "make it writable" in told.value.remedy


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
@pytest.mark.parametrize("is_in_use", [False, True])
def test_a_folder_that_is_read_only_can_be_read(is_in_use):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plugwright.db"
        writer = Database(path)
        keep(writer, "a")
        if not is_in_use:
            writer.close()
        for file in Path(folder).iterdir():
            file.chmod(0o444)
        Path(folder).chmod(0o555)
        try:
            with nobody(), closing(Database(path)) as reader:
                assert keys(reader) == ["a"]
                with pytest.raises(HostError, match="cannot use"):
                    keep(reader, "b")
        finally:
            Path(folder).chmod(0o700)
            writer.close()


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_file_that_was_cut_off_is_told(database, part):
    for number in range(50):
        keep(database, f"{number}", "x" * 1000)
    database.close()
    raw = database.path.read_bytes()
    database.path.write_bytes(raw[: int(len(raw) * part)])
    for ask in (keys, lambda database: keep(database, "a")):
        with pytest.raises(Damaged, match="it is damaged") as told:
            ask(database)
        assert "plugwright ledger salvage" in told.value.remedy


def test_a_question_about_text_that_cannot_be_written_has_no_answer(database):
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO host_plugins VALUES ('a', '', '', 0, 0, '', '', '', 0, 0, 0)"
        )
    question = "SELECT count(*) FROM host_plugins WHERE name = "
    assert database.read(f"{question}?", ("a",)) == [(1,)]
    assert database.read(f"{question}?", ("\udcff",)) == [(0,)]
    assert database.read(f"{question}:name", {"name": "\udcff", "n": 3}) == [(0,)]
