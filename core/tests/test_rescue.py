"""A new file in the place of a damaged one; each plugin tests what it keeps."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from plugwright.errors import HostError
from plugwright.rescue import Plan, Wreckage, rescue

TABLE = """
CREATE TABLE things (n INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL) STRICT;

CREATE INDEX things_by_text ON things (text);
"""


def keep(connection: sqlite3.Connection, wreckage: Wreckage) -> None:
    for number, (_, text) in wreckage.tables["things"].rows.items():
        connection.execute("INSERT INTO things VALUES (?, ?)", (number, text))
    wreckage.name_lost("things", "things")


PLAN = Plan(migrations=(TABLE,), tables=("things",), fill=keep)


def make(path: Path, count: int = 1000) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in TABLE.split("\n\n"):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        connection.execute("BEGIN")
        for number in range(count):
            text = f"{number} " + "x" * 100
            connection.execute("INSERT INTO things (text) VALUES (?)", (text,))
        connection.execute("COMMIT")


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "things.db"
    make(path)
    return path


def leaves(content: bytes) -> list[int]:
    pages = range(4, len(content) // 4096)
    return [page for page in pages if content[page * 4096] == 13]


def test_what_is_lost_is_named_but_not_every_stretch_of_it(path):
    content = bytearray(path.read_bytes())
    for page in leaves(content)[::2]:
        content[page * 4096 : (page + 1) * 4096] = bytes(4096)
    path.write_bytes(content)
    done = rescue(path, PLAN)
    assert done is not None
    [lost] = done.lost
    assert lost.startswith("things ")
    assert " to " in lost
    assert "more stretches, as far as there were any" in lost
    assert f"lost: {lost}" in done.lines()


def test_the_new_file_is_as_private_as_the_old_one(path):
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[: 4096 * 10])
    done = rescue(path, PLAN)
    assert done is not None
    assert [file.stat().st_mode & 0o777 for file in (path, done.aside)] == [0o600] * 2


def test_on_a_full_disk_all_stays_as_it_was(path):
    def fill(connection: sqlite3.Connection, wreckage: Wreckage) -> None:
        connection.execute("PRAGMA max_page_count = 5")
        keep(connection, wreckage)

    broken = path.read_bytes()[: 4096 * 20]
    path.write_bytes(broken)
    plan = Plan(migrations=(TABLE,), tables=("things",), fill=fill)
    with pytest.raises(HostError, match="the disk is full"):
        rescue(path, plan)
    assert path.read_bytes() == broken
    assert [*path.parent.iterdir()] == [path]


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    path = tmp_path / "things.db"
    path.mkdir()
    with pytest.raises(HostError, match="cannot use"):
        rescue(path, PLAN)


def test_who_opened_the_old_file_and_waited_does_not_go_on_with_it(path):
    path.write_bytes(path.read_bytes()[: 4096 * 20])
    with open(path, "rb") as old:
        # Only opened, as SQLite does before it looks for locks.
        assert rescue(path, PLAN) is not None
        assert old.read(8) == b"replaced"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_log_is_told_where_it_is_torn(path):
    script = (
        "import os, sys, sqlite3; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('PRAGMA journal_mode = WAL');"
        "c.execute(\"INSERT INTO things (text) VALUES ('new')\"); c.commit();"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, path], check=True)
    log = path.with_name("things.db-wal")
    log.write_bytes(log.read_bytes()[:-1] + b"?")
    content = bytearray(path.read_bytes())
    page = leaves(content)[0]
    content[page * 4096 : (page + 1) * 4096] = bytes(4096)
    path.write_bytes(content)
    done = rescue(path, PLAN)
    assert done is not None
    assert any("pages of its log" in lost for lost in done.lost)
