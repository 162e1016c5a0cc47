"""The scheduler on one machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random

from plugwright.sandboxes import JSON
from plugwright.scheduling import Job, JobState, JobStatus
from plugwright_scheduler.dispatching import Dispatcher
from plugwright_scheduler.running import Command
from plugwright_scheduler.settings import Settings
from plugwright_scheduler.store import Store

FILE = "jobs.db"
"""In the home."""


class Local:
    """Keeps jobs in one file of the home, and runs them in threads of its own.

    Whoever may write the file may submit, pause and cancel; only the process that holds
    the home may `start`.
    """

    def __init__(
        self,
        path: Path,
        command: Command,
        settings: Settings | None = None,
        now: Callable[[], float] = time.time,
        chance: Random | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        settings = settings or Settings()
        self._now = now
        self.store = Store(path, settings, chance or Random())
        self.dispatcher = Dispatcher(self.store, command, settings, now, steady)

    def submit(self, job: Job) -> str:
        """Keep a job; gives its id. Once this returns, it survives a crash."""
        return self.submit_all([job])[0]

    def submit_all(self, jobs: Iterable[Job]) -> Sequence[str]:
        """Keep many jobs, all or none; the disk is waited for once."""
        ids = self.store.submit(jobs, self._now())
        self.dispatcher.wake()
        return ids

    def status(self, id: str) -> JobStatus:
        """Tell where a job is. Raises UsageError if there is none."""
        return self.store.status(id)

    def jobs(self) -> Sequence[JobStatus]:
        """Give every job that is known, the next one first."""
        return self.store.jobs()

    def cancel(self, id: str) -> None:
        """Let a job not begin, or stop it."""
        self.store.cancel(id)
        self.dispatcher.cancel(id)

    def pause(self, id: str) -> None:
        """Let a job not begin until it is resumed. What runs comes to its end first."""
        self.store.pause(id)

    def resume(self, id: str) -> None:
        """Let a paused job begin."""
        self.store.resume(id)
        self.dispatcher.wake()

    def heard(self, event: str, data: JSON) -> None:
        """Let the jobs begin that wait for this event."""
        if self.store.heard(event, data):
            self.dispatcher.wake()

    def is_idle(self) -> bool:
        """Whether nothing runs, and nothing will unless a later time comes for it."""
        return self.store.is_idle(self._now())

    def count(self) -> dict[JobState, int]:
        """Count the jobs by their state."""
        return self.store.count()

    def start(self) -> None:
        """Begin to run jobs in threads of its own; from now on until `close`."""
        self.dispatcher.start()

    def close(self) -> None:
        """End what runs, and leave what waits for the next start."""
        self.dispatcher.close()
        self.store.file.close()
