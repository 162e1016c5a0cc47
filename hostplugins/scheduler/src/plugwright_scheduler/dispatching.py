"""Begins jobs: the most urgent first, within their quotas, and looks how late they are.

Theory
------
What nobody waits for gives way in three ways.

1. Its sandboxed plugin runs in a process to which the system gives the processor only
   when no other wants it. That is so from its birth, and always.
2. While real-time jobs begin late, or did a moment ago, no background job begins.
3. A background job that is inside of the very plugin that a real-time job waits for is
   ended, and begins again later. After a few times it is left alone, so that it comes
   to an end some day.

Jobs are begun by one thread, in steps. The file is what counts: another process may
write to it, too, so each step reads what is due from there. A step is done when
somebody of this process wants something, when the clock comes to a time that a job
waits for, and every half second, to see what other processes wrote and whether the
clock was changed.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from plugwright.errors import HostError, PlugwrightError, in_one_line
from plugwright.scheduling import JobState, Priority
from plugwright_scheduler.endings import Interrupted, Run
from plugwright_scheduler.lag import Lag
from plugwright_scheduler.rows import Begun
from plugwright_scheduler.running import Command, Running
from plugwright_scheduler.settings import Settings
from plugwright_scheduler.store import Store

LOOK = 0.5
"""Seconds between two looks at what other processes wrote."""
CHANGED = 1.0
"""Seconds by which a clock has to jump before anybody cares."""
MOST_YIELDS = 3
"""How often a background job is ended to make way."""
AGAIN = 1.0
"""Seconds until a file that could not be written is tried again."""
PATIENCE = 5.0
"""Seconds that jobs get to end when the scheduler is closed."""

Watch = Callable[[str, str], None]
"""Told a job's id, and what became of it: `running`, `done`, …"""


def _look_away(id: str, state: str) -> None:
    """Where nobody watches."""


class Dispatcher:
    """Takes what is due from the store and runs it."""

    def __init__(
        self,
        store: Store,
        command: Command,
        settings: Settings,
        now: Callable[[], float],
        steady: Callable[[], float] = monotonic,
    ) -> None:
        self.lag = Lag()
        self.trouble: PlugwrightError | None = None
        """Why nothing can be begun now."""
        self.watch: Watch = _look_away
        self._store = store
        self._command = command
        self._now = now
        self._steady = steady
        """A clock that nobody puts back, by which changes of the other one show."""
        self._most = {
            Priority.REAL_TIME: settings.real_time,
            Priority.INTERACTIVE: settings.interactive,
            Priority.BACKGROUND: settings.background,
        }
        self._settings = settings
        self._guard = threading.Lock()
        self._runs: dict[str, Running] = {}
        self._clock = now(), steady()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what ran when the host ended, then begin what is due, for ever."""
        if self._thread is None:
            self.recover()
            self._closing.clear()
            self._thread = threading.Thread(
                target=self._work, name="plugwright-scheduler", daemon=True
            )
            self._thread.start()

    def recover(self) -> None:
        """Take up what ran when the host ended."""
        with self._guard:
            running = {*self._runs}
        self._store.recover(self._now(), running)

    def wake(self) -> None:
        """Say that there may be something to do."""
        self._wake.set()

    def cancel(self, id: str) -> None:
        """End a job, if it runs here."""
        with self._guard:
            running = self._runs.get(id)
        if running is not None:
            running.stop()

    def running(self) -> list[Running]:
        """Give what runs now."""
        with self._guard:
            return [*self._runs.values()]

    def close(self) -> None:
        """End what runs; it begins again when the scheduler is started again."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        runs = self.running()
        for running in runs:
            running.stop(Interrupted.CLOSED)
        until = monotonic() + PATIENCE
        for running in runs:
            running.join(max(0.0, until - monotonic()))

    def step(self) -> float:
        """Do all that there is to do now; gives the seconds until the next time."""
        wall, now = self._now(), monotonic()
        self._look_at_clock(wall, self._steady())
        if self._store.file.has_changed():
            for id, wish in self._store.wishes().items():
                if wish == "cancel":
                    self.cancel(id)
        for id in self._store.expire(wall):
            self.tell(id, JobState.MISSED)
        self.lag.waits(self._store.due(Priority.REAL_TIME, wall), now)
        for priority in Priority:
            if priority is not Priority.BACKGROUND or not self.is_late():
                self._begin_all(priority, wall)
        self._make_way()
        return self._pause(wall)

    def is_late(self) -> bool:
        """Whether real-time jobs begin too late for background work to go on."""
        late = [
            running.late
            for running in self.running()
            if running.begun.job.priority is Priority.REAL_TIME
            and running.is_kept_waiting
        ]
        worst = max([self.lag.worst(monotonic()), *late])
        return worst > self._settings.lag

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            try:
                pause = self.step()
                self.trouble = None
            except PlugwrightError as error:
                # A full disk, say. What is there stays as it is until that is over.
                self.trouble, pause = error, AGAIN
            except Exception as error:
                # Broad on purpose: without this thread nothing would ever begin again,
                # and nobody would be told.
                self.trouble = HostError(f"cannot begin jobs: {in_one_line(error)}")
                pause = AGAIN
            self._wake.wait(pause)

    def _look_at_clock(self, wall: float, now: float) -> None:
        before, then = self._clock
        self._clock = wall, now
        drift = (wall - before) - (now - then)
        if abs(drift) > CHANGED:
            self._store.settle(wall, drift)

    def _begin_all(self, priority: Priority, wall: float) -> None:
        while not self._closing.is_set():
            full = self._full(priority)
            if full is None:
                return
            begun = self._store.begin(priority, wall, full)
            if begun is None:
                return
            self._begin(begun)

    def _full(self, priority: Priority) -> list[str] | None:
        """Name the plugins that may run no more of this class; None: nobody may."""
        jobs = [running.begun.job for running in self.running()]
        if sum(job.priority is priority for job in jobs) >= self._most[priority]:
            return None
        # Who is more urgent does not wait for who is less.
        running = Counter(job.plugin for job in jobs if job.priority <= priority)
        return [name for name, n in running.items() if n >= self._settings.running]

    def _begin(self, begun: Begun) -> None:
        since = self.lag.since(begun.id, monotonic())
        running = Running(begun, since, self._command, self.tell, self._ended)
        try:
            with self._guard:
                self._runs[begun.id] = running
                running.start()
        except RuntimeError as error:
            self._ended(running, Run(interrupted=Interrupted.CROWDED))
            raise HostError(f"cannot begin jobs: {in_one_line(error)}") from error

    def tell(self, id: str, state: str) -> None:
        """Tell who watches."""
        with suppress(Exception):
            # Broad on purpose: it is only news, and no job may end by it.
            self.watch(id, state)

    def _make_way(self) -> None:
        """End background jobs that are inside of what a real-time job waits for."""
        runs = self.running()
        wanted = {
            running.caller.waits_for
            for running in runs
            if running.begun.job.priority is Priority.REAL_TIME
            and running.is_kept_waiting
            and running.late > self._settings.lag
        }
        for running in runs:
            job = running.begun.job
            if (
                job.priority is Priority.BACKGROUND
                and job.plugin in wanted
                and running.begun.yields < MOST_YIELDS
            ):
                running.stop(Interrupted.YIELDED)

    def _pause(self, wall: float) -> float:
        next_time = self._store.next_time(wall)
        pause = LOOK if next_time is None else min(LOOK, max(0.0, next_time - wall))
        is_real_time = any(
            running.begun.job.priority is Priority.REAL_TIME
            for running in self.running()
        )
        return min(pause, self._settings.lag / 2) if is_real_time else pause

    def _ended(self, running: Running, run: Run) -> None:
        """Write down how a job ended; called in its own thread."""
        begun = running.begun
        if begun.job.priority is Priority.REAL_TIME:
            self.lag.begun(running.late, monotonic())
        state = None
        try:
            state = self._written(begun.id, run)
        except PlugwrightError as error:
            self.trouble = error  # somebody took the job out of the file
        finally:
            with self._guard:
                if self._runs.get(begun.id) is running:
                    del self._runs[begun.id]
            self._wake.set()
        if state is not None:
            self.tell(begun.id, state)

    def _written(self, id: str, run: Run) -> JobState | None:
        # It keeps its place meanwhile: on a full disk nothing more is begun.
        while True:
            try:
                state = self._store.end(id, run, self._now())
                self._store.forget()
                return state
            except HostError as error:
                self.trouble = error
                if self._closing.wait(AGAIN):
                    return None  # it will be run again
