"""Rows of a file of SQLite, read page by page."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from plugwright.leaves import Found, Leaves, Shape, page_size

THINGS = Shape("things", ("", "TEXT", "REAL", "INTEGER", "BLOB"), (True,) * 5)
SIZES = (1, 50, 4061, 4062, 9000, 30_000)
"""Bytes of a text: some just fit in a page, some take several."""
NUMBERS = (None, 0, 1, -1, 200, -40_000, 1 << 22, -(1 << 30), 1 << 46, -(1 << 63))


def make(path: Path, count: int = 800, page: int = 4096) -> dict[int, tuple]:
    chance = random.Random(1)
    rows = {}
    for number in range(-3, count):
        size = chance.choice(SIZES) if number % 20 == 0 else 30
        rows[number * 7] = (
            "é" * (size // 2) + "x" * (size % 2),
            chance.choice([None, 1.5, 3.0]),
            chance.choice(NUMBERS),
            chance.choice([None, b"", b"\0\xff" * 20]),
        )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA page_size = {page}")
        connection.execute(
            "CREATE TABLE things"
            " (n INTEGER PRIMARY KEY, a TEXT, b REAL, c INTEGER, d BLOB) STRICT"
        )
        connection.execute("CREATE TABLE empty (n INTEGER PRIMARY KEY) STRICT")
        for number in sorted(rows, key=lambda n: chance.random()):
            connection.execute(
                "INSERT INTO things VALUES (?, ?, ?, ?, ?)", (number, *rows[number])
            )
    return rows


def read(path: Path, *shapes: Shape, things: int = 2) -> dict[str, Found]:
    with open(path, "rb") as file:
        usual = {"things": things, "empty": 3}
        return Leaves(file).tables(shapes or [THINGS], usual)


def things(path: Path) -> Found:
    return read(path)["things"]


def plain(found: Found) -> dict[int, tuple]:
    return {number: values[1:] for number, values in found.rows.items()}


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "things.db"


@pytest.mark.parametrize("page", [512, 4096, 65536])
def test_a_whole_table_is_read_as_sqlite_reads_it(path, page):
    rows = make(path, page=page)
    found = things(path)
    assert plain(found) == rows
    assert (found.holes, found.loose, found.spoiled) == ([], set(), 0)


def test_an_empty_table_has_no_hole_and_no_rows(path):
    make(path, 10)
    found = read(path, Shape("empty", ("",), (True,)))["empty"]
    assert (found.rows, found.holes) == ({}, [])


def test_a_leaf_that_says_that_it_is_empty_and_is_not_is_a_hole(path):
    rows = make(path)
    whole = things(path)
    place = leaf(path) * 4096
    content = bytearray(path.read_bytes())
    content[place + 3 : place + 5] = b"\0\0"
    path.write_bytes(content)
    found = things(path)
    [(low, high)] = found.holes
    assert plain(found) == {n: r for n, r in rows.items() if not low <= n <= high}
    assert len(found.rows) < len(whole.rows)


def leaf(path: Path) -> int:
    """Count the pages before a leaf of the table."""
    content = path.read_bytes()
    pages = range(3, len(content) // 4096)
    return next(page for page in pages if content[page * 4096] == 13)


@pytest.mark.parametrize("page", [512, 4096])
def test_no_byte_that_flips_makes_it_fail(path, page):
    rows = make(path, 150, page)
    whole = path.read_bytes()
    chance = random.Random(5)
    for _ in range(250):
        content = bytearray(whole)
        for _ in range(chance.choice([1, 1, 30])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        found = things(path)
        assert len(found.rows) <= len(rows) + 30


def test_pages_that_were_given_back_are_not_looked_at(path):
    rows = make(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM things WHERE n >= 2800")
        assert connection.execute("PRAGMA freelist_count").fetchone()[0] > 5
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(4096) + content[8192:])  # the root
    found = things(path)
    kept = {number: row for number, row in rows.items() if number < 2800}
    assert plain(found) == kept
    assert found.loose == {*kept}
    # Where their list cannot be read, they may be taken for rows again.
    path.write_bytes(
        content[:32] + b"\xff" * 4 + content[36:4096] + bytes(4096) + content[8192:]
    )
    assert {*kept} < {*things(path).rows} <= {*rows}


def test_a_page_that_two_places_lead_to_belongs_to_one(path):
    rows = make(path)
    content = bytearray(path.read_bytes())
    # The last child of the root becomes the root itself.
    content[4096 + 8 : 4096 + 12] = (2).to_bytes(4, "big")
    path.write_bytes(content)
    found = things(path)
    [(low, high)] = found.holes
    assert low > 0
    assert high > 1 << 62
    assert plain(found) == rows
    assert found.loose == {number for number in rows if number >= low}


def test_a_root_whose_children_are_out_of_order_is_not_believed(path):
    rows = make(path)
    content = bytearray(path.read_bytes())
    first = slice(4096 + 12, 4096 + 14)
    second = slice(4096 + 14, 4096 + 16)
    content[first], content[second] = content[second], content[first]
    path.write_bytes(content)
    found = things(path)
    assert len(found.holes) == 1
    assert plain(found) == rows


def test_a_long_row_whose_pages_are_overwritten_is_not_made_up(path):
    make(path, 3)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM things")
        connection.execute("INSERT INTO things (n, a) VALUES (1, ?)", ("x" * 9000,))
        connection.execute("INSERT INTO things (n, a) VALUES (2, 'short')")
    content = path.read_bytes()
    count = len(content) // 4096
    long = [n for n in range(3, count) if content[n * 4096 + 4 :][:9] == b"x" * 9]
    assert len(long) == 2
    for page in long:
        for nonsense in (bytes(4096), b"\xff" * 4096, b"\0\0\0\1" + b"y" * 4092):
            place = page * 4096
            path.write_bytes(content[:place] + nonsense + content[place + 4096 :])
            found = things(path)
            assert [*found.rows] == [2]
            assert found.spoiled == 1


@pytest.mark.parametrize(
    ("value", "size"),
    [(1, 65536), (512, 512), (4096, 4096), (0, 0), (300, 0), (4097, 0)],
)
def test_the_size_of_a_page_is_a_power_of_two(value, size):
    assert page_size(bytes(16) + value.to_bytes(2, "big")) == size


def cell(payload: bytes, length: int | None = None) -> bytes:
    """Build a file whose one leaf has one row with this content."""
    length = len(payload) if length is None else length
    row = length.to_bytes(1, "big") + b"\1" + payload
    page = bytearray(4096)
    page[0] = 13
    page[3:5] = b"\0\1"
    page[8:10] = (4096 - len(row)).to_bytes(2, "big")
    page[4096 - len(row) :] = row
    return bytes(4096) + bytes(page)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\3\1",  # says that its header is longer than it is
        b"\2\x81\x01\1",  # a header that ends in the middle of a number
        b"\2\x0a\1",  # a kind that nobody writes
        b"\2\1",  # a number without its byte
        b"\2\1\5\5",  # more than the header says
        b"\2\x0f\xff",  # text that is none
    ],
)
def test_a_row_that_makes_no_sense_is_none(path, payload):
    path.write_bytes(cell(payload))
    shape = Shape("things", ("INTEGER",), (True,))
    found = read(path, shape)["things"]
    assert found.rows == {}
    path.write_bytes(cell(b"\2\1\5"))
    assert read(path, shape)["things"].rows == {1: (5,)}


@pytest.mark.parametrize("length", [b"\x9f\xff\xff\x7f", b"\xff" * 9])
def test_a_row_that_is_longer_than_the_file_or_shorter_than_nothing_is_none(
    path, length
):
    content = bytearray(cell(b"\2\1\5"))
    content[4096 + 8 : 4096 + 10] = (2000).to_bytes(2, "big")
    content[4096 + 2000 :][: len(length)] = length
    content[4096 + 2000 : 4096 + 2000 + len(length)] = length
    path.write_bytes(content)
    assert read(path, Shape("things", ("INTEGER",), (True,)))["things"].rows == {}
