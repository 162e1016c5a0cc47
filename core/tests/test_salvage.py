"""A damaged file of records: what can be read is kept, and the rest is named."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from wrecked import (
    PAGE,
    ROWS,
    filled,
    kept,
    mend,
    overwrite,
    page_of,
    page_with,
    rescue,
    told,
)

from plugwright.database import MIGRATIONS, Database
from plugwright.errors import UsageError
from plugwright.ledger import Kind, Ledger
from plugwright.salvage import salvage


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "plugwright.db"
    path.write_bytes(filled())
    return path


def test_what_is_whole_or_not_there_is_left_alone(tmp_path, path):
    assert salvage(path) is None
    assert path.read_bytes() == filled()
    assert salvage(tmp_path / "none.db") is None
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("part", [0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_a_file_that_was_cut_off_is_kept_up_to_there(path, part):
    path.write_bytes(filled()[: int(len(filled()) * part)])

    done = rescue(path)

    gaps = [lost for lost in done.lost if lost.endswith("of the ledger")]
    assert gaps
    assert f"to {ROWS} of the ledger" in gaps[-1]
    if part >= 0.1:
        assert done.proven >= ROWS * part * 0.5
        assert kept(done)[:2] == (3, 3)
    with closing(Database(path)) as database:
        rows = Ledger(database).rows()[::-1]
        assert [row.seq for row in rows] == [*range(1, len(rows) + 1)]
        assert rows[done.proven].facts() == {
            "proven": done.proven,
            "aside": done.aside.name,
        }
        assert rows[-1].facts() == {"kept": done.kept, "lost": [*done.lost]}
        count = database.read("SELECT count(*) FROM storage")
        assert count == [(done.kept["storage"],)]


@pytest.mark.parametrize("seed", range(12))
def test_pages_of_garbage_are_stepped_over(path, seed):
    chance = random.Random(seed)
    pages = chance.sample(range(20, len(filled()) // PAGE), 3)
    for page in pages:
        overwrite(path, page, chance.randbytes(PAGE))

    done = mend(path, path.read_bytes())

    assert done.lost
    assert done.proven + done.retold >= ROWS - 60
    assert kept(done)[:2] == (3, 3)


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("ledger", f"rows 1 to {ROWS} of the ledger"),
        ("head", f"whatever followed row {ROWS} of the ledger"),
        ("lives", "where `planner` (bundle pppppppppppp) was in its life"),
        ("approvals", "the approval of `planner` (bundle pppppppppppp)"),
        ("storage", "rows of `storage` that belong to `planner`"),
        ("usage", "rows of `usage` that belong to `writer`"),
    ],
)
def test_a_table_of_which_the_root_is_gone_is_named(path, name, lost):
    overwrite(path, page_of(path, name))
    done = rescue(path)
    assert lost in done.lost
    assert {"ledger": done.proven, "head": 0, **done.kept}[name] == 0
    others = {"storage", "usage"} - {name}
    assert all(done.kept[other] == 60 for other in others)


def test_an_index_that_is_damaged_costs_nothing(path):
    overwrite(path, page_of(path, "lives_by_plugin"))
    done = mend(path, path.read_bytes())
    assert done.lost == ()
    assert done.proven == ROWS
    assert kept(done) == (3, 3, 60, 60)


@pytest.mark.parametrize("content", [b"garbage " * 1000, b"\xa5" * PAGE])
def test_a_file_without_a_first_page_is_kept_aside_and_all_of_it_is_named(
    path, content
):
    overwrite(path, 0, content[:PAGE])
    done = rescue(path)
    assert (done.proven, done.retold) == (0, 0)
    assert {
        "whatever followed row 0 of the ledger",
        "rows of `approvals`",
        "rows of `lives`",
        "rows of `storage`",
        "rows of `usage`",
    } <= {*done.lost}


@pytest.mark.parametrize("place", [0, 15, 16, 19, 21, 23, 28, 47])
def test_a_wrong_byte_at_the_very_beginning_costs_nothing(path, place):
    raw = bytearray(path.read_bytes())
    raw[place] ^= 0x55
    path.write_bytes(raw)
    done = mend(path, bytes(raw))
    assert (done.proven, done.retold, done.lost) == (ROWS, 0, ())
    assert kept(done) == (3, 3, 60, 60)


def test_a_column_of_which_the_name_is_damaged_costs_its_table(path):
    raw = path.read_bytes()
    assert raw.count(b"passed INTEGER") == 1
    path.write_bytes(raw.replace(b"passed INTEGER", b"pa\xa5sed INTEGER"))
    done = mend(path, path.read_bytes())
    assert done.proven == ROWS
    assert kept(done) == (0, 0, 60, 60)
    assert "rows of `lives`" in done.lost


@pytest.mark.parametrize("is_headless", [False, True])
def test_what_was_written_last_is_found_in_the_log(tmp_path, path, is_headless):
    with closing(Database(path)) as database:
        Ledger(database).note(Kind.STOPPED, plugin="late")
        folder = tmp_path / "killed"
        folder.mkdir()
        for file in tmp_path.glob("plugwright.db*"):
            shutil.copyfile(file, folder / file.name)
    killed = folder / path.name
    assert (folder / "plugwright.db-wal").stat().st_size > 0
    overwrite(killed, page_with(killed, b'{"n":1000,'))
    if is_headless:
        killed.write_bytes(b"garbage!" * 3 + killed.read_bytes()[24:])

    done = salvage(killed)

    assert done is not None
    assert told(killed)[-2].facts()["row"]["plugin"] == "late"
    names = {file.name for file in folder.iterdir()}
    assert names == {path.name, done.aside.name, f"{done.aside.name}-wal"}


def test_a_file_of_an_older_plugwright_is_brought_up_to_date(tmp_path):
    path = tmp_path / "plugwright.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as older:
        for statement in MIGRATIONS[0].split("\n\n"):
            older.execute(statement)
        older.execute("INSERT INTO storage VALUES ('me', 'old', 1, '1')")
        older.execute("PRAGMA user_version = 1")
    overwrite(path, page_of(path, "head"))
    done = salvage(path)
    assert done is not None
    assert done.lost == ("whatever followed row 0 of the ledger",)


def test_a_damaged_file_of_a_newer_plugwright_is_left_alone(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as newer:
        newer.execute("PRAGMA user_version = 99")
        newer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(path.read_bytes()[: len(filled()) // 2])
    before = path.read_bytes()
    with pytest.raises(UsageError, match="written by a newer Plugwright"):
        salvage(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_every_table_is_one_that_can_be_read_in_pieces(path):
    """Those without row numbers are read plugin by plugin, key by key."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("PRAGMA table_list").fetchall()
        for schema, table, kind, _, is_keyed, _ in found:
            if schema == "main" and kind == "table" and is_keyed:
                columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
                assert [key for *_, key in columns[:3]] == [1, 2, 0]
                assert columns[0][1] == "plugin"
