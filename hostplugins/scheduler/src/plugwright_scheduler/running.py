"""One job that runs, in a thread of its own, on its own behalf."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from plugwright.sandboxes import JSON
from plugwright.scheduling import JobState
from plugwright.turns import Caller, Cancelled, calling
from plugwright_scheduler.endings import Interrupted, Run
from plugwright_scheduler.rows import Begun

Command = Callable[[str, str, dict[str, JSON]], JSON]
"""Calls a command of a plugin, as `Host.run` does."""


class Running:
    """A job from its beginning to its end."""

    def __init__(
        self,
        begun: Begun,
        since: float,
        command: Command,
        began: Callable[[str, str], None],
        ended: Callable[[Running, Run], None],
    ) -> None:
        self.begun = begun
        self.since = since
        """When it could have begun, by `time.monotonic`."""
        self.caller = Caller(begun.job.priority)
        self._command = command
        self._began, self._ended = began, ended
        self._interrupted: Interrupted | None = None
        self._started = since
        # Nothing that hangs in this process may keep it from ending.
        self._thread = threading.Thread(
            target=self._run, name=f"plugwright-job-{begun.id}", daemon=True
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, why: Interrupted | None = None) -> None:
        """End it from outside: a sandboxed plugin at once, any other when it asks."""
        self._interrupted = self._interrupted or why
        self.caller.stop()

    def join(self, seconds: float | None = None) -> None:
        """Wait until it has ended, and that is written down."""
        self._thread.join(seconds)

    @property
    def is_kept_waiting(self) -> bool:
        """Whether it waits until its plugin is free."""
        return bool(self.caller.waits_for)

    @property
    def late(self) -> float:
        """How many seconds passed until it was let in; up to now, while it waits."""
        if self.is_kept_waiting:
            return monotonic() - self.since
        # Nobody is let in to a host plugin: it begins when it is called.
        return (self.caller.began or self._started) - self.since

    def _run(self) -> None:
        self._started = monotonic()
        self._began(self.begun.id, JobState.RUNNING)
        job = self.begun.job
        arguments = dict(job.arguments)
        if job.told_as:
            arguments[job.told_as] = {
                "id": self.begun.id,
                "key": job.key,
                "tries": self.begun.tries,
                "event": self.begun.data,
            }
        try:
            with calling(self.caller):
                value = self._command(job.plugin, job.command, arguments)
            run = Run(value=value)
        except Cancelled as error:
            run = Run(error=error, interrupted=self._interrupted)
        except BaseException as error:
            # Broad on purpose: a stranger's code; whatever it raises, the job failed.
            run = Run(error=error)
        self._ended(self, run)
