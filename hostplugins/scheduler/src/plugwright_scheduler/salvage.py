"""Jobs that a damaged file still has, put into a new one."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from plugwright.rescue import Plan, Rescued, Wreckage, rescue
from plugwright_scheduler.file import TABLE
from plugwright_scheduler.rows import check_row

_LOOSE = "its place in a damaged file was lost, so it may have been done already"
_BEGINS = ("waiting", "running")


def salvage(path: Path) -> Rescued | None:
    """Put the jobs that can be read in a new file; leave a whole file alone."""
    plan = Plan(migrations=(TABLE,), tables=("jobs",), fill=_fill, is_sound=_is_sound)
    return rescue(path, plan)


def _is_sound(connection: sqlite3.Connection) -> bool:
    # SQLite does not mind text that is none, until it is read.
    connection.execute("SELECT * FROM jobs").fetchall()
    return True


def _fill(connection: sqlite3.Connection, wreckage: Wreckage) -> None:
    found = wreckage.tables["jobs"]
    names = [name for _, name, *_ in connection.execute("PRAGMA table_info(jobs)")]
    kept = paused = 0
    # Those in their places first: of two with one key, they are the newer ones.
    for id in sorted(found.rows, key=lambda id: (id in found.loose, id)):
        row = dict(zip(names, (id, *found.rows[id][1:]), strict=True))
        if id in found.loose and row["state"] in _BEGINS:
            row |= {"state": "paused", "why": _LOOSE}
        try:
            check_row(row)
            _insert(connection, row)
        except (ValueError, sqlite3.IntegrityError):
            wreckage.lost.append(f"job {id}: its row is damaged")
            continue
        kept += 1
        paused += row["why"] == _LOOSE
    _number_on(connection, wreckage.last_number("jobs"))
    wreckage.kept["jobs"] = kept
    wreckage.name_lost("jobs", "jobs")
    if paused:
        wreckage.notes.append(
            f"{paused} jobs had lost their place in the file and may have been done"
            " already. They are paused: `plugwright jobs` lists them, and"
            " `plugwright jobs resume ID` lets one begin."
        )


def _insert(connection: sqlite3.Connection, row: dict[str, Any]) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO jobs ({names}) VALUES ({marks})", (*row.values(),))


def _number_on(connection: sqlite3.Connection, last: int) -> None:
    """See to it that no id is given twice, not even that of a job that is lost."""
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'jobs'")
    connection.execute("INSERT INTO sqlite_sequence VALUES ('jobs', ?)", (last,))
