"""The jobs that are kept, and the steps that each can take; every step is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path
from random import Random
from typing import Any

from plugwright.errors import UsageError
from plugwright.sandboxes import JSON
from plugwright.scheduling import ENDED, Job, JobState, JobStatus, Priority
from plugwright_scheduler.checks import as_text
from plugwright_scheduler.endings import Run, Standing, columns, ended
from plugwright_scheduler.file import JobFile
from plugwright_scheduler.rows import (
    Begun,
    begun_of,
    damage,
    recovered,
    row_of,
    status_of,
)
from plugwright_scheduler.schedules import coming
from plugwright_scheduler.settings import Settings

_SLACK = 100
"""Ended jobs over the limit after which the oldest are forgotten, all at once."""

_PENDING = "('waiting', 'paused')"
# Left to itself, SQLite would look at every job that waits, twice a second.
_ENDING = "jobs INDEXED BY jobs_that_end"
_ENDED = "({})".format(", ".join(f"'{state}'" for state in ENDED))
_ORDER = (
    "state != 'running', state != 'waiting', state != 'paused', priority, due,"
    f" iif(state IN {_ENDED}, -id, id)"
)


class Store:
    """Every job, in one file."""

    def __init__(self, path: Path, settings: Settings, chance: Random) -> None:
        self.file = JobFile(path)
        self._settings = settings
        self._chance = chance

    # What people do.

    def submit(self, jobs: Iterable[Job], now: float) -> list[str]:
        """Keep jobs, all or none; gives their ids once the disk has them."""
        rows = [row_of(job, now) for job in jobs]
        with self.file.transaction() as connection:
            # Counted once: to do so for each job would take longer with each.
            waiting = {
                plugin: _waiting(connection, plugin)
                for plugin in {row["plugin"] for row in rows}
            }
            return [self._kept(connection, row, waiting) for row in rows]

    def status(self, id: str) -> JobStatus:
        """Tell where a job is."""
        return status_of(self._found(id))

    def jobs(self) -> list[JobStatus]:
        """Give every job: what runs, then what waits, then what ended."""
        found = self.file.read(f"SELECT * FROM jobs ORDER BY {_ORDER}")
        return [status_of(row) for row in found]

    def cancel(self, id: str) -> None:
        """Let a job not begin; of one that runs it is noted that it has to end."""
        self._step(id, "cancelled", JobState.CANCELLED, wish="cancel")

    def pause(self, id: str) -> None:
        """Let a job not begin; of one that runs, what comes after."""
        self._step(id, "paused", JobState.PAUSED, wish="pause")

    def resume(self, id: str) -> None:
        """Let a job begin again."""
        self._step(id, "resumed", JobState.WAITING, wish="")

    def heard(self, event: str, data: JSON) -> int:
        """Let every job begin that waits for this event; gives their number.

        Data that cannot be kept is left out: the event happened all the same.
        """
        waits = f"event = ? AND due IS NULL AND state IN {_PENDING}"
        if not self.file.read(f"SELECT 1 FROM jobs WHERE {waits} LIMIT 1", (event,)):
            return 0
        try:
            text, why = as_text(data), ""
        except ValueError as error:
            text, why = "null", f"what came with `{event}` was not kept: {error}"
        with self.file.transaction() as connection:
            return connection.execute(
                f"UPDATE jobs SET due = 0, data = ?, why = ? WHERE {waits}",
                (text, why, event),
            ).rowcount

    # What the dispatcher does.

    def begin(
        self, priority: Priority, now: float, without: Collection[str]
    ) -> Begun | None:
        """Begin the next job of a class that is due, unless its plugin is left out."""
        marks = ", ".join("?" * len(without))
        while found := self.file.jot(
            "UPDATE jobs SET state = 'running', tries = tries + 1 WHERE id = ("
            " SELECT id FROM jobs WHERE state = 'waiting' AND priority = ?"
            f" AND due <= ? AND plugin NOT IN ({marks})"
            " AND (deadline IS NULL OR deadline >= ?)"
            " ORDER BY due, id LIMIT 1) RETURNING *",
            (priority, now, *without, now),
        ):
            try:
                return begun_of(found[0])
            except ValueError as error:
                with self.file.transaction() as connection:
                    _fail(connection, found[0]["id"], damage(error))
        return None

    def end(self, id: str, run: Run, now: float) -> JobState:
        """Put down how a run ended; then it is never run for this again."""
        with self.file.transaction() as connection:
            row = _one(connection, id)
            standing = Standing(
                status=status_of(row),
                failures=row["failures"],
                yields=row["yields"],
                wish=row["wish"],
            )
            ending = ended(standing, run, now, self._chance)
            _write(connection, id, {**columns(ending), "wish": "", "crashes": 0})
        return ending.state

    def recover(self, now: float, running: Collection[str] = ()) -> None:
        """Take up what was running when the host ended. For who holds the home only.

        What is `running` still, as it did not end when it had to, is not run twice.
        """
        with self.file.transaction() as connection:
            for row in connection.execute(
                "SELECT * FROM jobs WHERE state = 'running'"
            ).fetchall():
                if str(row["id"]) in running:
                    continue
                _write(connection, row["id"], recovered(row))
        self.settle(now)

    def settle(self, now: float, drift: float = 0.0) -> None:
        """Fit to the clock what it decides, after it was changed by so much."""
        with self.file.transaction() as connection:
            if drift:  # a delay is a time that passes, not one of the day
                connection.execute(
                    "UPDATE jobs SET due = due + ? WHERE failures > 0 AND due > 0"
                    f" AND state IN {_PENDING}",
                    (drift,),
                )
            for row in connection.execute(
                "SELECT * FROM jobs WHERE schedule != '' AND failures = 0"
                f" AND due > ? AND at IS NULL AND state IN {_PENDING}",
                (now,),
            ).fetchall():
                try:
                    due = coming(row["schedule"], row["zone"], now, row["last"])
                except UsageError as error:  # its time zone is not here any more
                    _fail(connection, row["id"], str(error))
                    continue
                if due is not None and due < row["due"]:
                    _write(connection, row["id"], {"due": due})

    def expire(self, now: float) -> list[str]:
        """Give up what is too late to begin; gives the ids."""
        late = f"deadline < ? AND state IN {_PENDING}"
        if not self.file.read(f"SELECT 1 FROM {_ENDING} WHERE {late} LIMIT 1", (now,)):
            return []
        with self.file.transaction() as connection:
            return [
                str(id)
                for (id,) in connection.execute(
                    "UPDATE jobs SET why = 'its deadline went by before it could begin'"
                    " || iif(why = '', '', ': ' || why),"
                    f" state = 'missed', due = NULL WHERE {late} RETURNING id",
                    (now,),
                )
            ]

    def forget(self) -> None:
        """Forget the oldest of the jobs that ended, when there are too many."""
        kept = self._settings.kept
        found = self.file.read(f"SELECT count(*) FROM jobs WHERE state IN {_ENDED}")
        if found and found[0][0] > kept + _SLACK:
            self.file.jot(
                f"DELETE FROM jobs WHERE state IN {_ENDED} AND id <= ("
                f" SELECT id FROM jobs WHERE state IN {_ENDED}"
                " ORDER BY id DESC LIMIT 1 OFFSET ?)",
                (kept,),
            )

    def wishes(self) -> dict[str, str]:
        """Give what is wanted of jobs that run."""
        found = self.file.read(
            "SELECT id, wish FROM jobs WHERE state = 'running' AND wish != ''"
        )
        return {str(id): wish for id, wish in found}

    def due(self, priority: Priority, now: float) -> list[str]:
        """Name the jobs of a class that could begin now."""
        found = self.file.read(
            "SELECT id FROM jobs WHERE state = 'waiting' AND priority = ? AND due <= ?"
            " ORDER BY due, id LIMIT 100",
            (priority, now),
        )
        return [str(id) for (id,) in found]

    def next_time(self, now: float) -> float | None:
        """Tell when the clock lets something happen next; None is never."""
        # One class at a time, as they stand in the index: else every job is looked at.
        dues = " UNION ALL ".join(
            "SELECT min(due) AS time FROM jobs WHERE state = 'waiting'"
            f" AND priority = {priority:d} AND due > :now"
            for priority in Priority
        )
        found = self.file.read(
            f"SELECT min(time) FROM ({dues}"
            f" UNION ALL SELECT min(deadline) FROM {_ENDING}"
            f" WHERE state IN {_PENDING} AND deadline >= :now)",
            {"now": now},
        )
        time: float | None = found[0][0] if found else None
        return time

    def is_idle(self, now: float) -> bool:
        """Whether nothing runs, and nothing will unless a later time comes for it."""
        return not self.file.read(
            "SELECT 1 FROM jobs WHERE state = 'running' OR (state = 'waiting'"
            " AND (due <= ? OR failures > 0)) LIMIT 1",
            (now,),
        )

    def count(self) -> dict[JobState, int]:
        """Count the jobs by their state."""
        found = self.file.read("SELECT state, count(*) FROM jobs GROUP BY state")
        return {JobState(state): count for state, count in found}

    def _kept(
        self,
        connection: sqlite3.Connection,
        row: dict[str, Any],
        waiting: dict[str, int],
    ) -> str:
        for (id,) in connection.execute(
            "SELECT id FROM jobs WHERE key = ? AND key != ''"
            " AND state IN ('waiting', 'running', 'paused')",
            (row["key"],),
        ):
            return str(id)
        self._check_quota(row["plugin"], waiting[row["plugin"]])
        waiting[row["plugin"]] += 1
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        done = connection.execute(
            f"INSERT INTO jobs ({names}) VALUES ({marks})", (*row.values(),)
        )
        return str(done.lastrowid)

    def _check_quota(self, plugin: str, count: int) -> None:
        if count >= self._settings.waiting:
            raise UsageError(
                f"{count} jobs of `{plugin}` wait already, and no more may",
                remedy="wait, cancel some, or raise `waiting` under"
                " [plugins.scheduler.settings] in config.toml",
            )

    def _found(self, id: str) -> sqlite3.Row:
        found = self.file.read("SELECT * FROM jobs WHERE id = ?", (_number(id),))
        return found[0] if found else _nobody(id)

    def _step(self, id: str, done: str, state: JobState, *, wish: str) -> None:
        self._found(id)  # where there is no file, none is made
        with self.file.transaction() as connection:
            row = _one(connection, id)
            before = JobState(row["state"])
            if before in ENDED:
                raise UsageError(
                    f"the job {id} is {before.value} and cannot be {done}",
                    remedy="submit it again",
                )
            if before is JobState.RUNNING:
                if row["wish"] == "cancel" and wish != "cancel":
                    raise UsageError(
                        f"the job {id} is being cancelled and cannot be {done}",
                        remedy="submit it again",
                    )
                _write(connection, id, {"wish": wish})
            elif state is JobState.CANCELLED:
                _write(connection, id, {"state": state.value, "due": None})
            else:
                _write(connection, id, {"state": state.value})


def _one(connection: sqlite3.Connection, id: str) -> sqlite3.Row:
    found: sqlite3.Row | None = connection.execute(
        "SELECT * FROM jobs WHERE id = ?", (_number(id),)
    ).fetchone()
    return _nobody(id) if found is None else found


def _waiting(connection: sqlite3.Connection, plugin: str) -> int:
    [count] = connection.execute(
        f"SELECT count(*) FROM jobs WHERE plugin = ? AND state IN {_PENDING}",
        (plugin,),
    ).fetchone()
    return int(count)


def _fail(connection: sqlite3.Connection, id: int, why: str) -> None:
    _write(connection, id, {"state": JobState.FAILED.value, "due": None, "why": why})


def _nobody(id: str) -> sqlite3.Row:
    raise UsageError(f"there is no job `{id:.80}`", remedy="see `plugwright jobs`")


def _number(id: str) -> int:
    # SQLite would take `1.0` and ` 1` for the same.
    return int(id) if id.isascii() and id.isdigit() and len(id) < 19 else -1


def _write(
    connection: sqlite3.Connection, id: str | int, values: dict[str, Any]
) -> None:
    changed = ", ".join(f"{name} = ?" for name in values)
    connection.execute(
        f"UPDATE jobs SET {changed} WHERE id = ?", (*values.values(), int(id))
    )
