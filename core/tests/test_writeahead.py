"""A log that SQLite writes ahead, put into a copy of its file."""

from __future__ import annotations

import random
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from plugwright.writeahead import _sum, fold

# Killed with two changes in the log, and a page of a third that is not whole.
WRITER = """
import os, sqlite3, sys

connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA page_size = {sys.argv[2]}")
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE things (a TEXT)")
connection.execute("INSERT INTO things VALUES ('first')")
if sys.argv[3] == "again":
    connection.execute("PRAGMA wal_checkpoint(RESTART)")
connection.execute("INSERT INTO things VALUES ('second')")
connection.execute("INSERT INTO things VALUES (?)", ("x" * 20_000,))
os._exit(0)
"""


def killed(path: Path, size: int = 4096, how: str = "once") -> Path:
    command = [sys.executable, "-c", WRITER, path, str(size), how]
    subprocess.run(command, check=True)
    return path.with_name(f"{path.name}-wal")


def folded(path: Path, log: Path) -> tuple[tuple[int, int], list[str]]:
    """Fold into a copy; give what that says, and the texts there."""
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    told = fold(log, copy)
    with closing(sqlite3.connect(copy)) as connection:
        found = connection.execute("SELECT a FROM things ORDER BY rowid").fetchall()
    return told, [text[:6] for (text,) in found]


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "things.db"


@pytest.mark.parametrize("size", [512, 4096, 65536])
@pytest.mark.parametrize("how", ["once", "again"])
def test_all_that_the_log_says_is_in_the_copy_as_sqlite_puts_it(path, size, how):
    log = killed(path, size, how)
    assert folded(path, log) == ((size, 0), ["first", "second", "xxxxxx"])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert path.with_name("copy.db").read_bytes() == path.read_bytes()


def test_an_empty_file_comes_back_from_its_log(path):
    log = killed(path)
    path.write_bytes(b"")
    assert folded(path, log)[1] == ["first", "second", "xxxxxx"]


def test_a_log_that_is_cut_short_counts_up_to_its_last_whole_change(path):
    log = killed(path)
    content = log.read_bytes()
    for cut in (1, 4119, 4121):
        log.write_bytes(content[:-cut])
        (_, torn), texts = folded(path, log)
        assert texts == ["first", "second"]
        assert torn > 0


def test_from_the_first_wrong_byte_on_a_log_is_not_believed(path):
    log = killed(path)
    content = log.read_bytes()
    last = bytearray(content)
    last[-1] ^= 1
    log.write_bytes(last)
    (_, torn), texts = folded(path, log)
    assert texts == ["first", "second"]
    assert torn == 6


@pytest.mark.parametrize("log", [b"", b"short", bytes(31)])
def test_a_log_of_nothing_says_nothing(path, tmp_path, log):
    path.write_bytes(b"as it was")
    other = tmp_path / "log"
    other.write_bytes(log)
    assert fold(other, path) == (0, 0)
    assert path.read_bytes() == b"as it was"


def test_a_log_that_begins_with_nonsense_is_not_believed(path):
    log = killed(path)
    content = log.read_bytes()
    chance = random.Random(1)
    for _ in range(50):
        wrong = bytearray(content)
        wrong[chance.randrange(32)] ^= chance.randrange(1, 256)
        log.write_bytes(wrong)
        before = path.read_bytes()
        assert fold(log, path) == (0, 1)
        assert path.read_bytes() == before


def test_a_machine_that_writes_numbers_the_other_way_writes_other_sums(path, tmp_path):
    # The pages are the same; only the sums are added up in another order of bytes.
    log = killed(path)
    content = log.read_bytes()
    other = 0x377F0682 ^ 0x377F0683 ^ struct.unpack(">I", content[:4])[0]
    order = {0x377F0682: "<", 0x377F0683: ">"}[other]
    head = struct.pack(">I", other) + content[4:24]
    total = _sum(order, head, (0, 0))
    made = head + struct.pack(">2I", *total)
    for place in range(32, len(content), 24 + 4096):
        frame = content[place : place + 24 + 4096]
        total = _sum(order, frame[24:], _sum(order, frame[:8], total))
        made += frame[:16] + struct.pack(">2I", *total) + frame[24:]
    log.write_bytes(made)
    assert folded(path, log) == ((4096, 0), ["first", "second", "xxxxxx"])
