"""What plugins use is counted by the hour, and what is held counts until it is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from plugwright.database import Database
from plugwright.errors import HostError
from plugwright.quotas import Usage
from plugwright.storage import Storage
from plugwright.usage import HOUR, Budget, OverTime, Total, UsageBook

NOON = datetime(2026, 6, 15, 12, 30).timestamp()
LIMIT = Budget(1000, 100.0)
CALL = Budget(300, 30.0)


@pytest.fixture
def database(tmp_path: Path):
    database = Database(tmp_path / "plugwright.db")
    yield database
    database.close()


@pytest.fixture
def book(database):
    return UsageBook(database)


def used(book, at=NOON, plugin="ann"):
    return book.used(plugin, int(at // HOUR))


def test_where_nothing_was_used_nothing_is_told_and_no_file_is_made(book, database):
    none = Total()
    assert book.over_time("ann", NOON) == OverTime(
        hour=none, today=none, ever=none, bytes=0, keys=0
    )
    assert used(book) == (0, 0)
    assert book.plugins() == []
    assert not book.is_told("ann", NOON)
    assert not database.path.exists()


def test_what_a_call_used_stands_in_place_of_what_was_held_for_it(book):
    assert book.hold("ann", CALL, LIMIT, NOON) == LIMIT
    assert used(book) == CALL
    book.record("ann", Usage(fuel=7, seconds=0.5), NOON)
    assert used(book) == (7, 0.5)
    assert used(book, plugin="bob") == (0, 0)
    assert book.hold("ann", CALL, LIMIT, NOON) == (993, 99.5)


def test_a_call_that_never_ended_stays_used(book):
    book.hold("ann", CALL, LIMIT, NOON)
    assert book.hold("ann", CALL, LIMIT, NOON) == (700, 70)
    book.record("ann", Usage(fuel=1), NOON)
    assert used(book) == (301, 30)
    assert book.over_time("ann", NOON).ever.fuel == 301


def test_a_call_that_was_never_made_uses_nothing(book):
    book.hold("ann", CALL, LIMIT, NOON)
    book.release("ann", NOON)
    assert used(book) == (0, 0)


def test_no_more_is_held_than_there_is(book):
    for _ in range(3):
        book.hold("ann", CALL, LIMIT, NOON)
    assert book.hold("ann", CALL, LIMIT, NOON) == (100, 10)
    assert used(book) == LIMIT


@pytest.mark.parametrize(
    "usage", [Usage(fuel=1000), Usage(seconds=100.0), Usage(fuel=5000, seconds=500.0)]
)
def test_where_one_of_both_is_gone_nothing_is_held(book, usage):
    book.record("ann", usage, NOON)
    before = used(book)
    assert min(book.hold("ann", CALL, LIMIT, NOON)) <= 0
    assert used(book) == before


def test_the_next_hour_begins_afresh(book):
    book.record("ann", Usage(fuel=1000), NOON)
    book.tell("ann", NOON)
    assert book.is_told("ann", NOON)
    assert used(book, NOON + HOUR / 2 - 1) == (1000, 0)
    assert used(book, NOON + HOUR / 2) == (0, 0)
    assert not book.is_told("ann", NOON + HOUR)


def test_usage_is_summed_by_hour_by_day_and_ever(book, database):
    one = Usage(
        fuel=10,
        cpu_seconds=0.5,
        seconds=1.0,
        host_seconds=0.25,
        memory=100,
        output=3,
        writes=1,
        host_calls=2,
        sent=30,
        received=40,
    )
    for at in (NOON, NOON - HOUR, NOON - 48 * HOUR):
        book.record("ann", one, at, stopped=at < NOON)
    book.record("ann", Usage(memory=70, fuel=1), NOON, loading=True)
    book.refuse("ann", NOON)
    Storage(database, "ann", 100, 10).set("key", 12345)
    found = book.over_time("ann", NOON)

    assert found.hour == Total(**{**vars(one), "fuel": 11}, calls=1, loads=1, stops=1)
    assert (found.today.calls, found.today.fuel, found.today.stops) == (2, 21, 2)
    assert (found.ever.calls, found.ever.loads, found.ever.stops) == (3, 1, 3)
    assert (found.ever.memory, found.ever.sent) == (100, 90)
    assert found.ever.host_seconds == 0.75
    assert (found.bytes, found.keys) == (8, 1)
    assert book.plugins() == ["ann"]


def test_a_number_without_measure_does_not_end_the_sums(book):
    for _ in range(3):
        book.record("ann", Usage(sent=1 << 62, fuel=1 << 62), NOON)
    assert book.over_time("ann", NOON).ever.calls == 3


CALLER = """
import os, sys
from pathlib import Path
from plugwright.database import Database
from plugwright.quotas import Usage
from plugwright.usage import Budget, UsageBook

book = UsageBook(Database(Path(sys.argv[1])))
for _ in range(5):
    book.hold("ann", Budget(300, 30.0), Budget(10**6, 1e6), 0.0)
    book.record("ann", Usage(fuel=7, seconds=0.5), 0.0)
book.hold("ann", Budget(300, 30.0), Budget(10**6, 1e6), 0.0)
os.kill(os.getpid(), 9)
"""


def test_killing_the_host_in_a_call_forgets_nothing_and_makes_nothing_free(database):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", CALLER, str(database.path)], env=environment
    )
    assert done.returncode == -signal.SIGKILL
    assert UsageBook(database).used("ann", 0) == (5 * 7 + 300, 5 * 0.5 + 30)


def test_what_is_jotted_down_leaves_the_rest_as_durable_as_it_was(book, database):
    book.record("ann", Usage(), NOON)
    assert database.read("PRAGMA synchronous") == [(2,)]
    with pytest.raises(HostError):
        database.jot("nonsense")
    assert database.jot("PRAGMA synchronous") == [(1,)]
    database.close()
    assert used(book) == (0, 0)
