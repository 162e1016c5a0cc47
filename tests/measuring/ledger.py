"""How fast the ledger takes rows that the disk has, and checks them all again."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from measuring.figures import Figure, Timed, in_turn, quantile, ratio, seconds
from plugwright.database import Database
from plugwright.ledger import Entry, Kind, Ledger

GROUP = 100
"""Rows that are told at once, and waited for once."""
GROUPS = 100
"""In a row, between two looks at the clock."""
ROUNDS = 9
ENTRY = Entry(
    kind=Kind.DENIED,
    plugin="planner",
    bundle="b" * 64,
    detail={"what": "read:~/notes", "report": "a" * 64, "n": 12},
)
COLUMNS = "at TEXT, kind TEXT, plugin TEXT, bundle TEXT, detail TEXT, p TEXT, h TEXT"


def figures() -> Iterator[Figure]:
    """On the disk where this system keeps temporary files."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database(Path(folder) / "plugwright.db")) as database,
        closing(_plain(Path(folder) / "plain.db")) as plain,
    ):
        ledger = Ledger(database)
        yield from _appending(ledger, plain)
        yield from _verifying(ledger)


def _appending(ledger: Ledger, plain: sqlite3.Connection) -> Iterator[Figure]:
    def ours() -> float:
        return seconds(lambda: [ledger.extend([ENTRY] * GROUP) for _ in range(GROUPS)])

    def theirs() -> float:
        return seconds(lambda: [_insert(plain, values) for _ in range(GROUPS)])

    def alone() -> float:
        return seconds(lambda: [ledger.extend([ENTRY]) for _ in range(GROUPS)])

    [row] = ledger.extend([ENTRY])
    values = [(None, *list(vars(row).values())[1:])] * GROUP
    works: dict[str, Timed] = {"ours": ours, "theirs": theirs, "alone": alone}
    times = in_turn(works, ROUNDS)
    count = GROUP * GROUPS
    yield _per_second(
        "ledger, durable rows in groups of 100", times["ours"], count, 3_000
    )
    yield _per_second("plain SQLite, the same groups", times["theirs"], count)
    yield Figure(
        "ledger / plain SQLite, groups of 100",
        ratio(times["ours"], times["theirs"]),
        "×",
    )
    yield _per_second("ledger, durable rows one by one", times["alone"], GROUPS)


def _verifying(ledger: Ledger) -> Iterator[Figure]:
    texts = [repr((*vars(row).values(),)[:-1]).encode() for row in ledger.rows()]

    def ours() -> float:
        found = []
        taken = seconds(lambda: found.append(ledger.verify()))
        assert found == [None]
        return taken

    def bare() -> float:
        return seconds(lambda: [hashlib.sha256(text).hexdigest() for text in texts])

    works: dict[str, Timed] = {"ours": ours, "bare": bare}
    times = in_turn(works, ROUNDS)
    yield _per_second("ledger, rows verified", times["ours"], len(texts), 100_000)
    yield _per_second("sha256 alone, as many bytes", times["bare"], len(texts))
    yield Figure("verify / sha256 alone", ratio(times["ours"], times["bare"]), "×")


def _per_second(
    what: str, times: list[float], count: int, promised: float | None = None
) -> Figure:
    found = quantile(times, 0.5)
    return Figure(
        *(what, count / found, "/s"),
        promised=promised,
        at_least=True,
        note=f"slowest round {count / max(times):.0f}/s",
    )


def _plain(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        f"CREATE TABLE plain (seq INTEGER PRIMARY KEY, {COLUMNS}) STRICT"
    )
    return connection


def _insert(connection: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
