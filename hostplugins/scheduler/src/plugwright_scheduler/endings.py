"""What becomes of a job when it comes to an end: the rules, without a clock or a file.

waiting ─begins→ running ─→ done, failed, cancelled
   ↑                │
   └────────────────┘  a schedule; a retry; it made way; the host was closed
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import Any

from plugwright.errors import Stopped, UsageError, in_one_line
from plugwright.sandboxes import JSON
from plugwright.scheduling import JobState, JobStatus, Priority
from plugwright_scheduler.checks import as_text
from plugwright_scheduler.schedules import HOUR, coming

FIRST_DELAY = 1.0
"""Seconds until the first retry; each waits about twice as long as the one before."""
LONGEST_DELAY = 300.0
STOPPED = "cancelled while it ran"


class Interrupted(Enum):
    """Why a job was ended from outside, without a fault of its own."""

    CLOSED = "the host was closed while it ran"
    CROWDED = "this machine had no thread left for it"
    YIELDED = "it made way for a real-time job"


@dataclass(frozen=True, kw_only=True)
class Run:
    """How one run of a job went."""

    value: JSON = None
    error: BaseException | None = None
    interrupted: Interrupted | None = None


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What is written down after a run."""

    state: JobState
    due: float | None = None
    value: str = "null"
    why: str = ""
    failures: int = 0
    tries: int = 0
    yields: int = 0
    last: float | None = None
    """When the schedule last came round; None leaves it as it was."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a job was when its run ended."""

    status: JobStatus
    failures: int
    yields: int
    wish: str


def ended(standing: Standing, run: Run, now: float, chance: Random) -> Ending:
    """Decide what comes after a run."""
    job, wish = standing.status.job, standing.wish
    waits = JobState.PAUSED if wish == "pause" else JobState.WAITING
    same = Ending(
        state=waits,
        due=0.0,
        failures=standing.failures,
        tries=standing.status.tries,
        yields=standing.yields,
    )
    if run.error is None and run.interrupted is None:
        return _succeeded(standing, run.value, now, waits)
    if wish == "cancel":
        return replace(same, state=JobState.CANCELLED, due=None, why=STOPPED)
    if run.interrupted is not None:
        made_way = run.interrupted is Interrupted.YIELDED
        yields = standing.yields + made_way
        return replace(same, why=run.interrupted.value, yields=yields)
    assert run.error is not None
    why = in_one_line(run.error)
    if job.priority is Priority.BACKGROUND and is_hourly(run.error):
        # Nobody waits, so it can wait until its plugin may run again.
        due = (now // HOUR + 1) * HOUR + chance.uniform(0, LONGEST_DELAY)
        return replace(same, due=due, why=why)
    if standing.failures < job.retries:
        due = now + delay(standing.failures, chance)
        return replace(same, due=due, why=why, failures=standing.failures + 1)
    failed = replace(same, state=JobState.FAILED, due=None, why=why)
    return _again(standing, failed, now, waits)


def is_hourly(error: BaseException) -> bool:
    """Whether the plugin used up its hour, so that it may run in the next one."""
    return isinstance(error, Stopped) and error.quota.startswith("hourly_")


def delay(failures: int, chance: Random) -> float:
    """Give the seconds until the next try: doubled each time, and never the same.

    Jobs that failed together would otherwise come back together, to fail again.
    """
    most = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures, 30))
    return chance.uniform(most / 2, most)


def _succeeded(standing: Standing, value: JSON, now: float, waits: JobState) -> Ending:
    why, tries = "", standing.status.tries
    try:
        text = as_text(value)
    except ValueError as error:
        text, why = "null", f"its answer was not kept: {error}"
    done = Ending(state=JobState.DONE, value=text, why=why, tries=tries)
    if standing.wish == "cancel" and standing.status.job.schedule:
        why = f"{STOPPED}, which it did to its end"
        return Ending(state=JobState.CANCELLED, value=text, why=why, tries=tries)
    return _again(standing, done, now, waits)


def _again(standing: Standing, ending: Ending, now: float, waits: JobState) -> Ending:
    """Wait for the schedule to come round again, if there is one."""
    job = standing.status.job
    if not job.schedule:
        return ending
    # The clock may have been put back since it came round.
    due, last = standing.status.due, now
    if due is not None and now < due < now + HOUR:
        last = due
    try:
        due = coming(job.schedule, job.zone, now, last)
    except UsageError as error:  # its time zone is not on this machine any more
        return replace(ending, state=JobState.FAILED, due=None, why=str(error))
    if due is None or (job.deadline is not None and due > job.deadline):
        return ending
    return Ending(state=waits, due=due, value=ending.value, why=ending.why, last=last)


def columns(ending: Ending) -> dict[str, Any]:
    """Give what is written, by column."""
    last = {} if ending.last is None else {"last": ending.last}
    return {
        "state": ending.state.value,
        "due": ending.due,
        "value": ending.value,
        "why": ending.why,
        "failures": ending.failures,
        "tries": ending.tries,
        "yields": ending.yields,
        **last,
    }
