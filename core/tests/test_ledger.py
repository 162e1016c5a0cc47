"""What happened stays as it was told, or shows that it was changed."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import threading
from contextlib import closing
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.ledger import Broken, Entry, Kind, Ledger, Row, canonical

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


def resealed(row: Row) -> str:
    """Give the hash that a row should have, computed in the plainest way."""
    return hashlib.sha256(canonical(astuple(row)[:-1]).encode()).hexdigest()


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
    mark = resealed(replace(forged, kind="approved"))
    tamper(
        database,
        f"UPDATE ledger SET kind = 'approved', hash = '{mark}' WHERE seq = 2",
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


def test_many_rows_go_in_one_transaction(database, ledger):
    entries = [
        Entry(kind=Kind.DENIED, plugin="planner", detail={"n": n}) for n in range(100)
    ]
    rows = ledger.extend(entries)
    assert [row.seq for row in rows] == [*range(4, 104)]
    assert ledger.rows(limit=100) == rows[::-1]
    assert ledger.length() == 103
    assert ledger.extend([]) == []
    assert ledger.verify() is None


def test_of_many_rows_all_are_kept_or_none(ledger):
    broken = Entry(kind=Kind.DENIED, plugin="\ud800")
    with pytest.raises(UnicodeEncodeError):
        ledger.extend([Entry(kind=Kind.DENIED, plugin="planner"), broken])
    assert ledger.length() == 3
    assert ledger.verify() is None


def test_rows_of_many_threads_make_one_chain(database, ledger):
    def work() -> None:
        for number in range(5):
            entry = Entry(kind=Kind.DENIED, plugin="planner", detail={"n": number})
            ledger.extend([entry] * 3)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.length() == 63
    assert ledger.verify() is None


def test_a_clock_that_goes_back_changes_no_order(database):
    times = [
        "2026-03-01T12:00:00.000+00:00",
        "1970-01-01T00:00:00.000+00:00",
        "2026-03-01T11:59:59.999+00:00",
    ]
    ledger = Ledger(database, now=iter(times).__next__)
    for number in range(3):
        ledger.note(Kind.DENIED, plugin="planner", detail={"n": number})
    rows = ledger.rows()
    assert [row.seq for row in rows] == [3, 2, 1]
    assert [row.at for row in rows] == times[::-1]
    assert [row.seq for row in ledger.rows(limit=1, plugin="planner")] == [3]
    assert ledger.verify() is None


def test_the_hash_is_over_the_canonical_list_of_all_other_fields(ledger):
    row = ledger.note(Kind.DENIED, plugin='"pl\\an\tner\x7fé\u2028', detail={"é": 1.5})
    assert row.hash == resealed(row)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """A ledger of rows of all sizes, and a way into it that asks no trigger."""
    chance = random.Random(3)
    with closing(Database(tmp_path_factory.mktemp("long") / "plugwright.db")) as kept:
        book = Ledger(kept)
        book.extend(
            Entry(
                kind=chance.choice([*Kind]),
                plugin=chance.choice(["planner", "reader", "é"]),
                bundle="b" * chance.choice([1, 64]),
                detail={"n": number, "what": "x" * chance.choice([0, 9, 9000])},
            )
            for number in range(60)
        )
        tamper(kept)
        with closing(sqlite3.connect(kept.path, isolation_level=None)) as way:
            yield book, way


@given(
    seq=st.integers(1, 60),
    column=st.sampled_from(COLUMNS),
    place=st.integers(0, 1 << 16),
    flip=st.integers(1, 255),
)
@settings(derandomize=True, max_examples=300, database=None)
def test_one_flipped_byte_anywhere_is_found_with_its_row(
    long, seq, column, place, flip
):
    ledger, way = long
    [(before,)] = way.execute(
        f"SELECT CAST({column} AS BLOB) FROM ledger WHERE seq = ?", (seq,)
    ).fetchall()
    if column == "seq":
        after: object = seq ^ flip << 8  # a number that no other row has
    else:
        place %= len(before) or 1
        changed = bytes([(before[place] if before else 0) ^ flip])
        after = before[:place] + changed + before[place + 1 :]
    text = f"UPDATE ledger SET {column} = CAST(? AS {{}}) WHERE seq = ?"
    kind = "INTEGER" if column == "seq" else "TEXT"
    way.execute(text.format(kind), (after, seq))
    try:
        broken = ledger.verify()
    finally:
        now = after if column == "seq" else seq
        before = seq if column == "seq" else before
        way.execute(text.format(kind), (before, now))
    what = "is missing" if column == "seq" else "was changed"
    assert broken == Broken(seq, f"row {seq} {what}")
    assert ledger.verify() is None


@pytest.mark.parametrize("end", [1, 30, 59])
def test_a_tail_that_was_cut_off_is_found(tmp_path, end):
    with closing(Database(tmp_path / "plugwright.db")) as database:
        ledger = Ledger(database)
        ledger.extend([Entry(kind=Kind.DENIED, plugin="planner")] * 60)
        tamper(database, f"DELETE FROM ledger WHERE seq > {end}")
        assert ledger.verify() == Broken(
            end + 1, f"the ledger does not end with row {end}"
        )


def test_a_page_that_cannot_be_read_is_found_with_its_row(database, ledger):
    ledger.extend(
        Entry(kind=Kind.DENIED, plugin="planner", detail={"n": n}) for n in range(100)
    )
    database.close()
    raw = bytearray(database.path.read_bytes())
    page = raw.index(b'{"n":50}') // 4096 * 4096
    raw[page : page + 4096] = b"\xa5" * 4096
    database.path.write_bytes(raw)
    broken = ledger.verify()
    assert broken is not None
    assert 4 < broken.seq <= 54
    assert broken.what == f"row {broken.seq} cannot be read"


def test_trouble_that_is_not_damage_is_told_as_what_it_is(database, ledger):
    tamper(database, "ALTER TABLE ledger RENAME COLUMN seq TO number")
    with pytest.raises(HostError, match="no such column"):
        ledger.verify()


def test_what_is_appended_while_it_is_checked_disturbs_nothing(database, ledger):
    with database.snapshot() as connection:
        before = connection.execute("SELECT seq FROM head").fetchall()
        ledger.note(Kind.DENIED, plugin="planner")
        assert connection.execute("SELECT seq FROM head").fetchall() == before
    assert ledger.length() == 4
