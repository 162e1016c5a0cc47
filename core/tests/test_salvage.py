"""A damaged file of records: what can be read is kept, and the rest is named."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from plugwright.database import MIGRATIONS, Database
from plugwright.errors import HostError, UsageError
from plugwright.ledger import Entry, Kind, Ledger
from plugwright.salvage import Salvaged, salvage

PAGE = 4096
LEAF = 10
"""How a page begins that holds rows by their keys, and no more pages."""
PLUGINS = ("planner", "reader", "writer")
NOTES = 2000
EVERYTHING = """
SELECT max(hash) FROM ledger UNION ALL SELECT max(hash) FROM head
UNION ALL SELECT max(why) FROM lives UNION ALL SELECT max(at) FROM approvals
UNION ALL SELECT max(value) FROM storage UNION ALL SELECT max(told) FROM usage
"""
ROWS = 3 * len(PLUGINS) + NOTES


def bundle_of(plugin: str) -> str:
    return plugin[0] * 64


def fill(path: Path) -> None:
    """Write what a home has after a while, in the order in which it comes to be."""
    chance = random.Random(1)
    with closing(Database(path)) as database:
        ledger = Ledger(database)
        for plugin in PLUGINS:
            settle(database, ledger, plugin)
        for first in range(0, NOTES, 100):
            ledger.extend(
                Entry(
                    kind=Kind.DENIED,
                    plugin=PLUGINS[number % 3],
                    bundle=bundle_of(PLUGINS[number % 3]),
                    detail={"n": number, "what": "x" * chance.randrange(300)},
                )
                for number in range(first, first + 100)
            )
            with database.transaction() as connection:
                for plugin in PLUGINS:
                    connection.execute(
                        "INSERT INTO storage VALUES (?, ?, 900, ?)",
                        (plugin, f"key {first:05}", "v" * 900),
                    )
                    connection.execute(
                        "INSERT INTO usage (plugin, hour) VALUES (?, ?)",
                        (plugin, first),
                    )


def settle(database: Database, ledger: Ledger, plugin: str) -> None:
    """Let a plugin be approved and active, as far as the records are concerned."""
    about = {"plugin": plugin, "bundle": bundle_of(plugin)}
    with database.transaction() as connection:
        columns = connection.execute("PRAGMA table_info(approvals)").fetchall()
        approval = {name: f"any {name}" for _, name, *_ in columns}
        approval |= {"bundle": bundle_of(plugin), "by": "a person"}
        ledger.append(connection, Kind.FORGED, **about)
        ledger.append(connection, Kind.APPROVED, **about, detail=approval)
        active = ledger.append(connection, Kind.ACTIVE, **about)
        connection.execute(
            "INSERT INTO lives (bundle, plugin, version, state, since, activated)"
            " VALUES (?, ?, '1.0', 'active', 'today', ?)",
            (bundle_of(plugin), plugin, active.seq),
        )
        connection.execute(
            "INSERT INTO approvals VALUES (?, ?, ?, ?, ?, ?)", (*approval.values(),)
        )


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("filled") / "plugwright.db"
    fill(path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path, filled) -> Path:
    path = tmp_path / "plugwright.db"
    path.write_bytes(filled)
    return path


def rescue(path: Path) -> Salvaged:
    """Salvage a file; whatever it was, what comes out has to be whole."""
    before = path.read_bytes()
    with closing(Database(path)) as database, pytest.raises(HostError, match="damaged"):
        database.read(EVERYTHING)
    return mend(path, before)


def mend(path: Path, before: bytes) -> Salvaged:
    done = salvage(path)
    assert done is not None
    assert done.aside.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == [
        path.name,
        done.aside.name,
    ]
    with closing(Database(path)) as database:
        assert Ledger(database).verify() is None
        assert database.read("PRAGMA integrity_check") == [("ok",)]
        assert database.read("PRAGMA foreign_key_check") == []
    assert salvage(path) is None
    return done


def kept(done: Salvaged) -> tuple[int, ...]:
    return tuple(done.kept[name] for name in ("lives", "approvals", "storage", "usage"))


def told(path: Path) -> list:
    """Give the rows of kind `salvaged`, the oldest first."""
    with closing(Database(path)) as database:
        rows = Ledger(database).rows()[::-1]
    return [row for row in rows if row.kind == Kind.SALVAGED]


def page_of(path: Path, name: str) -> int:
    """Find where a table or an index begins, counted from zero."""
    with closing(sqlite3.connect(path)) as connection:
        [(page,)] = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        )
    return page - 1


def overwrite(path: Path, page: int, content: bytes = b"\xa5" * PAGE) -> None:
    raw = bytearray(path.read_bytes())
    raw[page * PAGE : (page + 1) * PAGE] = content
    path.write_bytes(raw)


def page_with(path: Path, text: bytes) -> int:
    return path.read_bytes().index(text) // PAGE


def test_what_is_whole_or_not_there_is_left_alone(tmp_path, path, filled):
    assert salvage(path) is None
    assert path.read_bytes() == filled
    assert salvage(tmp_path / "none.db") is None
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("part", [0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_a_file_that_was_cut_off_is_kept_up_to_there(path, filled, part):
    path.write_bytes(filled[: int(len(filled) * part)])

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
def test_pages_of_garbage_are_stepped_over(path, filled, seed):
    chance = random.Random(seed)
    pages = chance.sample(range(20, len(filled) // PAGE), 3)
    for page in pages:
        overwrite(path, page, chance.randbytes(PAGE))

    done = mend(path, path.read_bytes())

    assert done.lost
    assert done.proven + done.retold >= ROWS - 60
    assert kept(done)[:2] == (3, 3)


def test_what_follows_a_gap_is_told_again(path):
    with closing(Database(path)) as database:
        before = {row.seq: row for row in Ledger(database).rows()}
    overwrite(path, page_with(path, b'{"n":1000,'))

    done = rescue(path)

    [lost] = done.lost
    first, last = (int(word) for word in lost.split() if word.isdigit())
    assert first == done.proven + 1
    assert done.retold == ROWS - last
    begin, *retold, end = told(path)
    assert begin.previous == before[done.proven].hash
    assert [vars(before[row.facts()["row"]["seq"]]) for row in retold] == [
        {name: row.facts()["row"][name] for name in vars(row)} for row in retold
    ]
    assert all(row.facts()["row"]["is_sealed"] for row in retold)
    assert retold[0].plugin == before[last + 1].plugin
    assert end.facts()["lost"] == [lost]


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        triggers = [(name, sql) for name, sql in found if "TRIGGER" in (sql or "")]
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_row_that_was_changed_ends_the_proof_and_is_told_as_it_is(path):
    change(path, "UPDATE ledger SET plugin = CAST(x'ff41' AS TEXT) WHERE seq = 5")

    done = mend(path, path.read_bytes())

    assert (done.proven, done.retold) == (4, ROWS - 4)
    row = told(path)[1]
    assert row.plugin == ""
    assert row.facts()["row"]["plugin"] == "\udcffA"
    assert row.facts()["row"]["is_sealed"] is False
    # The reader's was told in row 5, the writer's after that.
    assert kept(done) == (3, 1, 60, 60)
    assert done.lost == (
        "the approval of `reader` (bundle rrrrrrrrrrrr)",
        "the approval of `writer` (bundle wwwwwwwwwwww)",
    )


def test_activations_that_are_not_proven_keep_their_order(path):
    change(path, "UPDATE ledger SET plugin = 'x' WHERE seq = 5")
    mend(path, path.read_bytes())
    with closing(Database(path)) as database:
        found = dict(database.read("SELECT plugin, activated FROM lives"))
        rows = {row.seq: row for row in Ledger(database).rows()}
    assert found["planner"] == 3
    assert 3 < found["reader"] < found["writer"] < len(rows)
    assert rows[found["reader"]].facts()["life"]["activated"] == 6


@pytest.mark.parametrize(
    ("statement", "is_kept"),
    [
        ("UPDATE approvals SET at = 'any at'", True),
        ("UPDATE approvals SET at = 'any bt'", False),
        ("UPDATE approvals SET bundle = 'x' WHERE by = 'a person'", False),
        ("DELETE FROM approvals", False),
    ],
)
def test_no_approval_is_kept_that_the_ledger_does_not_prove(path, statement, is_kept):
    change(
        path,
        "DELETE FROM approvals WHERE bundle NOT LIKE 'p%'",
        statement,
        "UPDATE head SET hash = 'damaged'",
    )
    done = mend(path, path.read_bytes())
    assert done.proven == ROWS
    assert done.kept["approvals"] == is_kept
    lost = "the approval of `planner` (bundle pppppppppppp)" in done.lost
    assert lost is not is_kept


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.REVOKED])
def test_an_approval_that_was_taken_back_does_not_come_back(path, kind):
    with closing(Database(path)) as database:
        Ledger(database).note(kind, plugin="reader", bundle="r" * 64)
    change(path, "UPDATE head SET hash = 'damaged'")
    done = mend(path, path.read_bytes())
    assert done.kept["approvals"] == 2
    assert done.lost == ("the approval of `reader` (bundle rrrrrrrrrrrr)",)


def test_rows_that_make_no_sense_are_left_out_and_named(path):
    change(
        path,
        "UPDATE lives SET state = 'actire' WHERE plugin = 'reader'",
        "UPDATE storage SET value = CAST(x'ff' AS TEXT) WHERE plugin = 'writer'",
        "UPDATE head SET hash = 'damaged'",
    )
    done = mend(path, path.read_bytes())
    assert kept(done) == (2, 2, 40, 60)
    assert done.lost == (
        "where `reader` (bundle rrrrrrrrrrrr) was in its life",
        "the approval of `reader` (bundle rrrrrrrrrrrr)",
        "20 damaged rows of `storage`",
    )


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


def test_both_ends_of_what_a_plugin_keeps_are_found(path):
    raw = path.read_bytes()
    leaves = [at // PAGE for at in range(0, len(raw), PAGE) if raw[at] == LEAF]
    held = [leaf for leaf in leaves if b"readerkey" in raw[leaf * PAGE :][:PAGE]]
    overwrite(path, held[len(held) // 2])
    done = rescue(path)
    assert "rows of `storage` that belong to `reader`" in done.lost
    assert 50 < done.kept["storage"] < 60
    with closing(Database(path)) as database:
        found = database.read("SELECT key FROM storage WHERE plugin = 'reader'")
    assert {("key 00000",), ("key 01900",)} <= {*found}


def test_a_head_that_cannot_be_true_is_not_believed(path):
    change(path, f"UPDATE head SET seq = {1 << 60}")
    done = mend(path, path.read_bytes())
    assert done.proven == ROWS
    assert done.lost == (f"whatever followed row {ROWS} of the ledger",)


def test_rows_with_numbers_that_cannot_be_true_are_not_believed(path):
    change(path, f"UPDATE ledger SET seq = {1 << 60} WHERE seq = 100")
    done = mend(path, path.read_bytes())
    assert (done.proven, done.retold) == (99, ROWS - 100)
    assert done.lost[0] == "row 100 of the ledger"


@pytest.mark.parametrize("content", [b"garbage " * 1000, b"\xa5" * PAGE])
def test_a_file_without_a_first_page_is_kept_aside_and_all_of_it_is_named(
    path, filled, content
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


def test_a_damaged_file_of_a_newer_plugwright_is_left_alone(path, filled):
    with closing(sqlite3.connect(path, isolation_level=None)) as newer:
        newer.execute("PRAGMA user_version = 99")
        newer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(path.read_bytes()[: len(filled) // 2])
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


def test_values_of_another_type_are_told_as_what_they_are(path):
    change(
        path,
        "CREATE TABLE other AS SELECT * FROM ledger WHERE seq < 8",
        "UPDATE other SET plugin = NULL, detail = x'00ff' WHERE seq = 7",
        "DROP TABLE ledger",
        "ALTER TABLE other RENAME TO ledger",
    )
    with closing(Database(path)) as database:
        assert Ledger(database).rows(limit=1)[0].detail == r"b'\x00\xff'"
    done = mend(path, path.read_bytes())
    assert (done.proven, done.retold) == (6, 1)
    facts = told(path)[1].facts()["row"]
    assert (facts["plugin"], facts["detail"]) == ("None", r"b'\x00\xff'")
