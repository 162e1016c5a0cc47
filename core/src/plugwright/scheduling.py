"""The shape of a scheduler: commands that run later, again, or when there is time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from plugwright.priorities import Priority as Priority
from plugwright.sandboxes import JSON


@dataclass(frozen=True, kw_only=True)
class Job:
    """One command to be run."""

    plugin: str
    command: str
    arguments: dict[str, JSON] = field(default_factory=dict)
    priority: Priority = Priority.INTERACTIVE
    at: float | None = None
    """Seconds since 1970 before which it does not begin; None is at once."""
    schedule: str = ""
    """Again and again, as cron writes it: `0 7 * * mon-fri`."""
    zone: str = ""
    """Where the schedule's clock hangs: `Europe/Vienna`; empty is this machine's."""
    event: str = ""
    """It does not begin before an event of this name is told."""
    deadline: float | None = None
    """Seconds since 1970 after which it is not begun any more."""
    retries: int = 0
    """How often it is tried again when it fails, each time a while later."""
    key: str = ""
    """A job with the key of one that waits or runs is that one, not another."""
    told_as: str = ""
    """The argument in which the command is told which job it is, if it wants to know:
    `{"id", "key", "tries", "event"}`. After a crash a job that ran is run again; by
    this a plugin can tell. `event` is the data of the event that it waited for.
    """


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    """Its deadline went by before it could begin."""


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.MISSED)
"""Where nothing comes after."""


@dataclass(frozen=True, kw_only=True)
class JobStatus:
    """What became of a job."""

    id: str
    job: Job
    state: JobState
    tries: int = 0
    """How often it was begun; of one with a schedule, since it last came to an end."""
    due: float | None = None
    """Seconds since 1970 when it may begin next; None is at once, or never."""
    value: JSON = None
    """What the command answered, once it is done."""
    why: str = ""
    """Why it failed, was cancelled or missed, or is not done yet."""


class Scheduler(Protocol):
    """Keeps jobs and runs them. What was submitted survives a crash."""

    def submit(self, job: Job) -> str:
        """Keep a job; gives its id. Once this returns, it survives a crash."""

    def submit_all(self, jobs: Iterable[Job]) -> Sequence[str]:
        """Keep many jobs, all or none; the disk is waited for once."""

    def status(self, id: str) -> JobStatus:
        """Tell where a job is. Raises UsageError if there is none."""

    def jobs(self) -> Sequence[JobStatus]:
        """Give every job that is known, the next one first."""

    def cancel(self, id: str) -> None:
        """Let a job not begin, or stop it."""

    def pause(self, id: str) -> None:
        """Let a job not begin until it is resumed. What runs comes to its end first."""

    def resume(self, id: str) -> None:
        """Let a paused job begin."""

    def start(self) -> None:
        """Begin to run jobs in threads of its own; from now on until `close`."""

    def close(self) -> None:
        """End what runs, and leave what waits for the next start."""


@dataclass(frozen=True, kw_only=True)
class SchedulerOffer:
    """A kind of scheduler that a plugin brings."""

    name: str
    summary: str
    open: Callable[[], Scheduler]
