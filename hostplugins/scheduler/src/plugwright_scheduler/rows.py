"""A job as a row of the file, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plugwright.errors import in_one_line
from plugwright.sandboxes import JSON
from plugwright.scheduling import Job, JobState, JobStatus, Priority
from plugwright_scheduler.checks import arguments_of, check
from plugwright_scheduler.schedules import coming

MOST_CRASHES = 3
"""How often the host may end while a job runs before the job is given up."""


@dataclass(frozen=True)
class Begun:
    """A job that is running now, as far as the file knows."""

    id: str
    job: Job
    tries: int
    yields: int
    data: JSON


def row_of(job: Job, now: float) -> dict[str, Any]:
    """Check a job, and give its columns."""
    check(job, now)
    due: float | None = 0.0 if job.at is None else job.at
    if job.event:
        due = None
    if job.schedule:
        due = coming(job.schedule, job.zone, max(now, job.at or now), None)
    return {
        "plugin": job.plugin,
        "command": job.command,
        "arguments": arguments_of(job),
        "priority": int(job.priority),
        "at": job.at,
        "schedule": job.schedule,
        "zone": job.zone,
        "event": job.event,
        "deadline": job.deadline,
        "retries": job.retries,
        "key": job.key,
        "told_as": job.told_as,
        "state": JobState.WAITING.value,
        "due": due,
    }


def recovered(row: sqlite3.Row) -> dict[str, Any]:
    """Give what changes in a job that was running when its host ended."""
    if row["wish"] == "cancel":
        return {"state": "cancelled", "due": None, "why": "cancelled while it ran"}
    crashes = row["crashes"] + 1
    if crashes >= MOST_CRASHES:
        why = f"the host ended {crashes} times in a row while it ran"
        return {"state": "failed", "due": None, "why": why, "crashes": crashes}
    state = "paused" if row["wish"] == "pause" else "waiting"
    why = "the host ended while it ran"
    return {"state": state, "due": 0.0, "why": why, "crashes": crashes, "wish": ""}


def _job(row: sqlite3.Row | Mapping[str, Any]) -> Job:
    return Job(
        plugin=row["plugin"],
        command=row["command"],
        arguments=json.loads(row["arguments"]),
        priority=Priority(row["priority"]),
        at=row["at"],
        schedule=row["schedule"],
        zone=row["zone"],
        event=row["event"],
        deadline=row["deadline"],
        retries=row["retries"],
        key=row["key"],
        told_as=row["told_as"],
    )


def damage(error: Exception) -> str:
    """Say why a row cannot be read."""
    return f"its row in the file is damaged: {in_one_line(error)}"


def check_row(row: Mapping[str, Any]) -> None:
    """Refuse a row that no job can be. Raises ValueError."""
    _status(row)
    json.loads(row["data"])


def status_of(row: sqlite3.Row) -> JobStatus:
    """Read where a job is. One that cannot be read has failed; the others go on."""
    try:
        return _status(row)
    except ValueError as error:
        job = Job(plugin=row["plugin"], command=row["command"])
        why = damage(error)
        return JobStatus(id=str(row["id"]), job=job, state=JobState.FAILED, why=why)


def _status(row: sqlite3.Row | Mapping[str, Any]) -> JobStatus:
    return JobStatus(
        id=str(row["id"]),
        job=_job(row),
        state=JobState(row["state"]),
        tries=row["tries"],
        due=row["due"] or None,
        value=json.loads(row["value"]),
        why=row["why"],
    )


def begun_of(row: sqlite3.Row) -> Begun:
    """Read a job that was begun. Raises ValueError for a damaged row."""
    data = json.loads(row["data"])
    return Begun(str(row["id"]), _job(row), row["tries"], row["yields"], data)
