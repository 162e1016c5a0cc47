"""The `restricted` engine, seen from the host: one process per call.

A session holds no process between its calls: each call forks a worker from the zygote,
loads the guest in it again, asks, and ends it. So no call finds anything that another
one left behind. What the loading does (the initialiser) is done before every call.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import platform
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from plugwright.errors import HostError, UsageError
from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import (
    JSON,
    Guest,
    GuestPackage,
    Kind,
    Outcome,
    Progress,
    Session,
    Wall,
    say_nothing,
)
from plugwright_sandbox.cell import trial
from plugwright_sandbox.cell.processes import Worker
from plugwright_sandbox.cell.zygote import Process, Zygote
from plugwright_sandbox.restricted.metering import Metered, ProcessorClock
from plugwright_sandbox.sessions import (
    GUEST,
    EngineSession,
    RefusedSession,
    unreadable,
)
from plugwright_sandbox.wire import replies
from plugwright_sandbox.wire.conversation import Conversation, failed

GRACE = 0.02
"""Seconds that a reply which is on its way may still take."""
VERSIONS = ((3, 11), (3, 13))
"""The first and the last version of Python that the filter was tested with."""
HASH_SEED = 1
"""The same on every host, as the order of a set must be: a call can be done again. It
lets others make colliding keys; the plugin that takes them pays with its own quota."""
AMPLE = Quota(seconds=1e9, load_seconds=1e9, cpu_seconds=1e9, memory=1 << 40)
"""What a kernel can be told as a limit."""


def filter_wall(running: tuple[int, int] = sys.version_info[:2]) -> Wall:
    """The language filter, as a wall: it must be there, and it is the weakest.

    A version of Python that it was not tested with may have syntax, attributes or a
    library that lead past it, so there it does not hold.
    """
    version = importlib.metadata.version("RestrictedPython")
    name = f"language filter (RestrictedPython {version})"
    if not VERSIONS[0] <= running <= VERSIONS[1]:
        first, last, here = ("{}.{}".format(*v) for v in (*VERSIONS, running))
        why = f"was tested with Python {first} to {last}, and not with {here}"
        return Wall(name, False, why)
    if platform.python_implementation() != "CPython":
        return Wall(name, False, "was written for CPython")
    return Wall(name, True, "a linter, not a wall: the process around it is the wall")


def refuse_without(found: Iterable[Wall]) -> None:
    """Raise HostError if a wall is missing; this engine does not run then."""
    missing = [wall for wall in found if not wall.holds]
    if missing:
        told = "; ".join(f"{wall.name}: {wall.detail}" for wall in missing)
        raise HostError(
            f"the `restricted` engine refuses to run, since a wall is missing: {told}",
            remedy="use the `wasm` engine",
        )


class RestrictedSession(EngineSession):
    """One guest, forked afresh for each call."""

    def __init__(
        self,
        zygote: Callable[[], Zygote],
        guest: Guest,
        loaded: Outcome | None = None,
    ) -> None:
        super().__init__(guest, AMPLE)
        self._zygote = zygote
        """Gives the living one: a zygote that ended is replaced."""
        self._guest = guest
        self._codes = ""
        self._called = threading.Lock()
        self._guard = threading.Lock()
        self._process: Process | None = None
        """Of the call that is under way."""
        self.loaded = loaded or self._run(None, self._quota)

    def _ask(self, about: dict[str, JSON], quota: Quota) -> Outcome:
        if not self._called.acquire(blocking=False):
            what = f"`{self._guest.name}` is being called"
            return failed(Kind.BROKEN, "busy", what)
        try:
            return self._run(about, quota)
        finally:
            self._called.release()

    @property
    def ready(self) -> bool:
        """Whether it is not being called; each call has a process of its own."""
        return self._open and not self._called.locked()

    def stop(self) -> None:
        """End the process of the call that is under way."""
        with self._guard:
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Drop the guest; there is no process to end."""
        self._open = False

    def _run(self, about: dict[str, Any] | None, quota: Quota) -> Outcome:
        """Fork, load, and call if there is something to ask."""
        # The kernel counts whole seconds, for loading and calling together; the host
        # counts exactly.
        process = self._zygote().fork(
            memory=quota.memory,
            cpu_seconds=self._quota.cpu_seconds + quota.cpu_seconds,
            background=self._guest.background,
        )
        with process, self._stoppable(process):
            refuse_without(process.ready())
            once = _Once(process, self._guest)
            outcome = once.load(self._quota, self._codes)
            self._codes = self._codes or once.codes
            if about is not None and outcome.failure is None:
                outcome = _with_loading(once.call(about, quota), outcome.usage)
        if process.ended is None:
            return outcome
        # In the kernel's words instead of the worker's.
        peak = process.ended.peak_memory
        return replace(outcome, usage=replace(outcome.usage, memory=peak))

    @contextmanager
    def _stoppable(self, process: Process) -> Iterator[None]:
        self._process = process
        try:
            yield
        finally:
            with self._guard:
                self._process = None


def _with_loading(call: Outcome, load: Usage) -> Outcome:
    """Count what loading took, too: this engine loads for every call."""
    used = call.usage
    usage = replace(
        used,
        cpu_seconds=used.cpu_seconds + load.cpu_seconds,
        seconds=used.seconds + load.seconds,
        host_seconds=used.host_seconds + load.host_seconds,
        host_calls=used.host_calls + load.host_calls,
        sent=used.sent + load.sent,
        received=used.received + load.received,
    )
    return replace(call, usage=usage)


class _Once:
    """One guest in one process: loaded once, called once."""

    def __init__(self, process: Process, guest: Guest) -> None:
        self._meter = Metered(process.socket, ProcessorClock(process.pid))
        worker = Worker(process, self._meter)
        self._conversation = Conversation(worker, 1, guest, grace=GRACE)

    @property
    def codes(self) -> str:
        """The guest's compiled files, for the next process of this guest only."""
        return self._meter.codes

    def load(self, quota: Quota, codes: str) -> Outcome:
        """Load the guest, if possible from what an earlier process compiled."""
        self._meter.begin(quota, codes)
        return self._metered(self._conversation.load(quota), quota)

    def call(self, about: dict[str, Any], quota: Quota) -> Outcome:
        """Call the guest."""
        self._meter.begin(quota)
        return self._metered(self._conversation.ask("call", about, {}, quota), quota)

    def _metered(self, outcome: Outcome, quota: Quota) -> Outcome:
        # By the host's own clock, also for a worker that could not tell.
        used = max(self._meter.cpu_seconds, 0.0)
        outcome = replace(outcome, usage=replace(outcome.usage, cpu_seconds=used))
        if self._meter.out_of_time:
            why = replies.stopped("cpu_seconds", round(used, 3), quota)
            outcome = replace(outcome, failure=why)
        return outcome


class RestrictedSandbox:
    """Native Python behind a language filter, in processes behind every wall."""

    name = "restricted"

    def __init__(self, packages: Sequence[GuestPackage]) -> None:
        self._packages = {package.name: package for package in packages}
        self._zygotes: dict[tuple[str, ...], Zygote] = {}
        self._lock = threading.Lock()
        self._walls: Sequence[Wall] | None = None

    @property
    def runtime(self) -> str:
        """The versions of Python and of the filter; nothing else is in between."""
        version = importlib.metadata.version("RestrictedPython")
        return f"restricted CPython {platform.python_version()} filter {version}"

    def prepare(self, progress: Progress) -> None:
        """See that every wall is there; HostError names those that are not."""
        refuse_without(self.walls())

    def open(self, guest: Guest) -> Session:
        """Load a guest in a process of its own."""
        self.prepare(say_nothing)
        if refused := unreadable(guest):
            return RefusedSession(refused)
        return RestrictedSession(lambda: self._zygote(guest.packages), guest)

    def run(self, guest: Guest, operation: str, arguments: JSON) -> Outcome:
        """Load a guest and ask it once, in one process."""
        self.prepare(say_nothing)
        if refused := unreadable(guest):
            return refused
        # Every call loads it, so that need not be done to see whether it can be.
        unseen = Outcome()
        session = RestrictedSession(
            lambda: self._zygote(guest.packages), guest, loaded=unseen
        )
        return session.call(operation, arguments)

    def walls(self) -> Sequence[Wall]:
        """Say what holds around a worker; looked at once."""
        if self._walls is None:
            self._walls = (filter_wall(), *trial.look())
        return self._walls

    def _zygote(self, packages: tuple[str, ...]) -> Zygote:
        """The zygote that has these packages loaded, started for the first who asks."""
        with self._lock:
            zygote = self._zygotes.get(packages)
            if zygote is None or not zygote.alive:
                zygote = self._zygotes[packages] = self._start(packages)
            return zygote

    def _start(self, packages: tuple[str, ...]) -> Zygote:
        unknown = [name for name in packages if name not in self._packages]
        if unknown:
            raise UsageError(f"there is no guest package `{unknown[0]}`")
        found = [self._packages[name] for name in packages]
        argument = [
            {"modules": package.modules, "warm_up": package.warm_up}
            for package in found
        ]
        own = ("plugwright", "plugwright_sandbox", "pluggy", "RestrictedPython")
        folders = [path.parent for package in found for path in package.paths]
        folders.append(GUEST)  # what both engines' guests have in common
        return Zygote(
            "plugwright_sandbox.restricted.worker:preload",
            json.dumps(argument),
            search_path=sorted({*map(str, folders), *map(_folder, own)}),
            hash_seed=HASH_SEED,
        )

    def close(self) -> None:
        """End every zygote, and with them their workers."""
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes = {}


def _folder(module: str) -> str:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise HostError(f"`{module}` cannot be found")
    return str(Path(spec.origin).parent.parent)
