"""Rows of damaged records: what is proven is kept, and the rest is named."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from wrecked import (
    LEAF,
    PAGE,
    ROWS,
    change,
    filled,
    kept,
    mend,
    overwrite,
    page_with,
    rescue,
    told,
)

from plugwright.database import Database
from plugwright.ledger import Kind, Ledger


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "plugwright.db"
    path.write_bytes(filled())
    return path


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
