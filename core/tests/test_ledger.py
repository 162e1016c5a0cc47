"""What happened stays as it was told, or shows that it was changed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.ledger import Broken, Kind, Ledger, Row

COLUMNS = ["seq", "at", "kind", "plugin", "bundle", "detail", "previous", "hash"]


@pytest.fixture
def database(tmp_path: Path):
    database = Database(tmp_path / "plugwright.db")
    yield database
    database.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    ledger = Ledger(database)
    for number, kind in enumerate([Kind.FORGED, Kind.JUDGED, Kind.DENIED]):
        ledger.note(kind, plugin="planner", bundle="b" * 64, detail={"n": number})
    return ledger


def tamper(database: Database, *statements: str) -> None:
    """Do what somebody with the file in their hands can do."""
    connection = sqlite3.connect(database.path, isolation_level=None)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_an_empty_ledger_is_whole(tmp_path):
    assert Ledger(Database(tmp_path / "none.db")).verify() is None


def test_rows_come_newest_first_with_what_was_told(ledger):
    rows = ledger.rows()
    assert [row.kind for row in rows] == [Kind.DENIED, Kind.JUDGED, Kind.FORGED]
    assert [row.seq for row in rows] == [3, 2, 1]
    assert rows[0].facts() == {"n": 2}
    assert rows[0].previous == rows[1].hash
    assert rows[0].at.endswith("+00:00")
    assert ledger.verify() is None


def test_rows_can_be_limited_to_a_few_or_to_one_plugin(ledger):
    ledger.note(Kind.STOPPED, plugin="other")
    assert [row.plugin for row in ledger.rows(limit=1)] == ["other"]
    assert len(ledger.rows(plugin="planner")) == 3


def test_any_text_can_be_told(ledger):
    row = ledger.note(Kind.DENIED, plugin="planner", detail={"what": "é \ud800 \x00"})
    assert ledger.rows(limit=1) == [row]
    assert row.facts() == {"what": "é \ud800 \x00"}
    assert ledger.verify() is None


def test_a_row_goes_with_its_transaction(database, ledger):
    def fail() -> None:
        with database.transaction() as connection:
            ledger.append(connection, Kind.ACTIVE, plugin="planner")
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(ledger.rows()) == 3
    assert ledger.verify() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET plugin = 'other'",
        "DELETE FROM ledger WHERE seq = 3",
        "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 2",
        "INSERT INTO ledger SELECT 9, at, kind, plugin, bundle, detail, previous, hash"
        " FROM ledger WHERE seq = 2",
    ],
)
def test_nothing_but_appending_is_possible(database, ledger, statement):
    told = pytest.raises(HostError, match="append-only")
    with told, database.transaction() as connection:
        connection.execute(statement)
    assert ledger.verify() is None


@pytest.mark.parametrize("seq", [1, 2, 3])
@pytest.mark.parametrize("column", COLUMNS[1:])
def test_one_flipped_bit_in_any_text_is_found(database, ledger, column, seq):
    before = {row.seq: getattr(row, column) for row in ledger.rows()}[seq].encode()
    for place in range(len(before)):
        for bit in (0x01, 0x80):
            flipped = bytearray(before)
            flipped[place] ^= bit
            tamper(
                database,
                f"UPDATE ledger SET {column} = CAST(x'{flipped.hex()}' AS TEXT)"
                f" WHERE seq = {seq}",
            )
            assert ledger.verify() == Broken(seq, f"row {seq} was changed")
    if not before:
        tamper(database, f"UPDATE ledger SET {column} = 'a' WHERE seq = {seq}")
        assert ledger.verify() == Broken(seq, f"row {seq} was changed")


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE ledger SET seq = 4 WHERE seq = 3", Broken(3, "row 3 is missing")),
        ("UPDATE ledger SET seq = 0 WHERE seq = 1", Broken(1, "row 1 is missing")),
        ("DELETE FROM ledger WHERE seq = 2", Broken(2, "row 2 is missing")),
        (
            "DELETE FROM ledger WHERE seq = 3",
            Broken(3, "the ledger does not end with row 2"),
        ),
        ("DELETE FROM ledger", Broken(1, "the ledger does not end with row 0")),
        (
            "UPDATE head SET hash = 'a'",
            Broken(4, "the ledger does not end with row 3"),
        ),
        ("DELETE FROM head", Broken(1, "the ledger has no head")),
    ],
)
def test_rows_that_were_moved_or_removed_are_found(database, ledger, statement, broken):
    tamper(database, statement)
    assert ledger.verify() == broken


def test_a_row_that_was_sealed_anew_does_not_fit_the_next(database, ledger):
    forged = ledger.rows()[1]
    changed = replace(forged, kind="approved")
    tamper(
        database,
        f"UPDATE ledger SET kind = 'approved', hash = '{changed.seal()}' WHERE seq = 2",
    )
    assert ledger.verify() == Broken(3, "row 3 does not follow row 2")


def test_a_row_of_bytes_is_not_sealed():
    assert not Row(1, "", "", "", b"", "{}", "").is_sealed  # type: ignore[arg-type]


def test_a_flipped_byte_in_the_file_itself_is_found(database, ledger):
    database.close()
    content = database.path.read_bytes()
    for place in (content.rindex(b"planner"), content.rindex(b"+00:00")):
        flipped = bytearray(content)
        flipped[place] ^= 0xFF
        database.path.write_bytes(flipped)
        assert ledger.verify() is not None
        database.close()
