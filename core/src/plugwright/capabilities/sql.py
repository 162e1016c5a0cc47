"""Questions in SQL about what one plugin keeps, answered where nothing else is.

The rows are copied into a database in memory that holds nothing but them, as a table
`storage(key, value)`. A view into the host's own file would be quicker on a large
shelf, but SQLite tells its authorizer only the *name* of the view that reads a table,
and a common table expression may have the same name: others' rows could then be read.

A question has so many steps, so much time and so much memory. Not contained: a mistake
in SQLite itself, which runs in the host's process. So only plain functions are there,
and no virtual tables but those that take JSON apart.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from mmap import PAGESIZE
from pathlib import Path
from typing import TypeAlias

from plugwright.amounts import size_in_words
from plugwright.errors import Denied, Refused

Value: TypeAlias = "bool | int | float | str | None"

LONGEST = 4096
"""Characters of a question."""
MOST_PARAMETERS = 100
MOST_ROWS = 1000
LARGEST = 256 << 10
"""Bytes of an answer."""
STEPS = 5_000_000
"""Instructions of SQLite's machine."""
SECONDS = 2.0
MEMORY = 128 << 20
"""Bytes by which the whole process may grow meanwhile."""

_EVERY = 500
"""Steps between two looks; in one step, a value of `_LONGEST_VALUE` may come to be."""
_LONGEST_VALUE = 1 << 20
_LONGEST_PATTERN = 100

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: _LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: LONGEST * 4,
    sqlite3.SQLITE_LIMIT_COLUMN: 64,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 5,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 20_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 16,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: _LONGEST_PATTERN,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: MOST_PARAMETERS,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_TABLES = ("storage", "json_each", "json_tree")
# No clock (`date('now')`), no chance (`random`), nothing that makes much of little
# (`printf`, `zeroblob`) and nothing that reaches outside (`load_extension`).
_NAMES = """
abs avg coalesce count dense_rank first_value group_concat ifnull iif instr json
json_array json_array_length json_each json_extract json_group_array
json_group_object json_object json_quote json_tree json_type json_valid lag
last_value lead length like lower ltrim max min nullif -> ->> rank replace round
row_number rtrim sign string_agg substr substring sum total trim typeof upper
"""
_FUNCTIONS = frozenset(_NAMES.split())
_STATEMENTS = {
    sqlite3.SQLITE_ATTACH: "attach",
    sqlite3.SQLITE_DETACH: "attach",
    sqlite3.SQLITE_PRAGMA: "pragma",
    sqlite3.SQLITE_TRANSACTION: "transaction",
    sqlite3.SQLITE_SAVEPOINT: "transaction",
}
"""What to call in the ledger what no plugin may; all else would be a change."""


@dataclass(frozen=True)
class Table:
    """An answer."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def query(
    entries: Iterable[tuple[str, str]], question: str, values: Sequence[Value] = ()
) -> Table:
    """Answer one SELECT about keys and JSON texts. Raises `Refused` or `Denied`."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _fill(connection, entries)
        watch = _Watch()
        _close_in(connection, watch)
        try:
            cursor = connection.execute(question, tuple(values))
            if cursor.description is None:
                raise Refused("this asks for nothing; begin with SELECT")
            columns = tuple(str(column[0]) for column in cursor.description)
            return Table(columns, _rows(cursor))
        except (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError) as error:
            raise watch.explained(error) from error


def _fill(connection: sqlite3.Connection, entries: Iterable[tuple[str, str]]) -> None:
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute(
        "CREATE TABLE storage (key TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID"
    )
    # Once opened they stay; opening looks to the authorizer like making a table.
    connection.execute("SELECT 1 FROM json_each('[]'), json_tree('[]')")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO storage VALUES (?, ?)", entries)
    connection.execute("COMMIT")
    connection.execute("PRAGMA query_only = ON")


def _close_in(connection: sqlite3.Connection, watch: _Watch) -> None:
    """From here on, the connection belongs to the guest."""
    for name, count, answer in _OWN:
        connection.create_function(name, count, watch.timed(answer), deterministic=True)
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.set_authorizer(watch.allow)
    connection.set_progress_handler(watch.step, _EVERY)


def _rows(cursor: sqlite3.Cursor) -> tuple[tuple[Value, ...], ...]:
    rows: list[tuple[Value, ...]] = []
    size = 0
    for row in cursor:
        for value in row:
            if isinstance(value, bytes):
                raise Refused("a value of the answer is no text, number or null")
            if isinstance(value, float) and not math.isfinite(value):
                raise Refused("a number of the answer is infinite")
        size += len(json.dumps(row))
        if len(rows) == MOST_ROWS or size > LARGEST:
            raise Refused(
                f"the answer has more than {MOST_ROWS} rows or"
                f" {size_in_words(LARGEST)}; ask for less, as with LIMIT"
            )
        rows.append(row)
    return tuple(rows)


@dataclass
class _Watch:
    """Looks at what a question reaches for, and at what it uses up."""

    denied: str = ""
    """What it reached for that no plugin may."""
    lacking: str = ""
    stopped: str = ""
    steps: int = 0
    end: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    memory: int = field(default_factory=lambda: _memory() + MEMORY)

    def allow(
        self,
        action: int,
        first: str | None,
        second: str | None,
        database: str | None,
        through: str | None,
    ) -> int:
        """Be SQLite's authorizer: everything is denied but a few things."""
        if action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and first in _TABLES:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and str(second) in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            self.lacking = f"there is no function `{second:.40}` here"
        elif action == sqlite3.SQLITE_RECURSIVE:
            self.lacking = "a question cannot ask itself again (RECURSIVE)"
        elif action == sqlite3.SQLITE_READ:
            self.lacking = f"there is no table `{first:.40}` here, only `storage`"
        else:
            self.denied = _STATEMENTS.get(action, "change")
        return sqlite3.SQLITE_DENY

    def step(self) -> int:
        """Be SQLite's progress handler: anything but 0 ends the question."""
        self.steps += _EVERY
        if self.steps > STEPS:
            self.stopped = f"{STEPS} steps"
        elif time.monotonic() > self.end:
            self.stopped = f"{SECONDS:g} seconds"
        elif _memory() > self.memory:
            self.stopped = size_in_words(MEMORY)
        return bool(self.stopped)

    def timed(self, function: Callable[..., Value]) -> Callable[..., Value]:
        """Let a function of ours be as late as a step may be, and no later."""

        def call(*values: Value) -> Value:
            if time.monotonic() > self.end:
                self.stopped = f"{SECONDS:g} seconds"
                raise TimeoutError
            try:
                return function(*values)
            except ValueError as error:
                self.lacking = str(error)
                raise

        return call

    def explained(self, error: Exception) -> Refused | Denied:
        """Say why there is no answer."""
        if self.denied:
            return Denied(f"storage.query:{self.denied}")
        if self.stopped:
            return Refused(f"the question needs more than {self.stopped}; ask for less")
        if isinstance(error, UnicodeError):
            return Refused("the question holds half a character")
        return Refused(self.lacking or f"SQLite cannot answer this: {error}"[:300])


def _memory() -> int:
    """How much this process holds, or has held at most where only that is known."""
    if sys.platform == "linux":
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * PAGESIZE
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 0


# SQLite's own take a time that grows with the product of two lengths, in one step that
# nothing can end: 4 s for `instr` of 0.4 MB in 0.9 MB, and for ever for LIKE `%a%a%a%`.


def _instr(text: Value, part: Value) -> Value:
    if text is None or part is None:
        return None
    return str(text).find(str(part)) + 1


def _replace(text: Value, old: Value, new: Value) -> Value:
    if text is None or old is None or new is None:
        return None
    whole, part, other = str(text), str(old), str(new)
    if not part:
        return whole
    growth = whole.count(part) * (len(other) - len(part))
    if len(whole) + growth > _LONGEST_VALUE:
        raise ValueError("a value of the answer is too long")
    return whole.replace(part, other)


def _like(pattern: Value, text: Value) -> Value:
    if pattern is None or text is None:
        return None
    found = str(text).lower()
    first, *middle = str(pattern)[:_LONGEST_PATTERN].lower().split("%")
    if not middle:
        return _find(first, found, 0, len(first)) == 0 and len(first) == len(found)
    last, place = middle.pop(), len(first)
    if _find(first, found, 0, place) != 0:
        return False
    # Each part as early as it is found: that leaves most to the others, so going back
    # could find nothing more.
    for part in middle:
        here = _find(part, found, place, len(found))
        if here < 0:
            return False
        place = here + len(part)
    rest = len(found) - len(last)
    return rest >= place and _find(last, found, rest, len(found)) == rest


def _find(part: str, text: str, start: int, end: int) -> int:
    """Like `str.find`, where `_` is any character."""
    if "_" not in part:
        return text.find(part, start, end)
    anything = re.compile(re.escape(part).replace("_", "."), re.DOTALL)
    found = anything.search(text, start, end)
    return found.start() if found else -1


def _no(*values: Value) -> Value:
    raise ValueError("ESCAPE, and a set of letters to trim, are not offered")


_OWN: tuple[tuple[str, int, Callable[..., Value]], ...] = (
    ("instr", 2, _instr),
    ("replace", 3, _replace),
    ("like", 2, _like),
    ("like", 3, _no),  # with ESCAPE
    ("trim", 2, _no),
    ("ltrim", 2, _no),
    ("rtrim", 2, _no),
)
"""Functions that stand in for SQLite's; those with a set to trim are left out."""
