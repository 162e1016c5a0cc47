"""The `wasm` engine, seen from the host: workers and sessions.

Inside a worker, fuel and a deadline end a guest that runs too long. A worker that does
not answer in time is killed from outside, and the next guest gets a new one.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from plugwright.quotas import Quota
from plugwright.sandboxes import (
    JSON,
    Guest,
    GuestPackage,
    Outcome,
    Progress,
    Session,
    Wall,
    say_nothing,
)
from plugwright_sandbox.cell.processes import Worker
from plugwright_sandbox.cell.zygote import Zygote
from plugwright_sandbox.sessions import EngineSession, RefusedSession, unreadable
from plugwright_sandbox.wasm import advisories
from plugwright_sandbox.wasm.image import Image
from plugwright_sandbox.wasm.spawned import Spawned, search_path
from plugwright_sandbox.wire.channel import Closed
from plugwright_sandbox.wire.conversation import Conversation

GRACE = 1.0
"""Seconds that a worker may be late before it is killed."""
PATIENCE = 60.0
"""Seconds in which a worker has to take note that a guest is closed; it may be at work
for another."""
DATA = 4 << 30
"""Bytes that one worker may hold in all, for every guest in it."""
MOST = Quota(
    fuel=1 << 53,
    load_fuel=1 << 53,
    seconds=1e9,
    load_seconds=1e9,
    memory=4 << 30,
    output=16 << 20,
    writes=1 << 53,
    host_calls=1 << 53,
    payload=16 << 20,
    sent=1 << 53,
    received=1 << 53,
    storage=1 << 53,
    keys=1 << 53,
    hourly_fuel=1 << 53,
    cpu_seconds=1e9,
    hourly_seconds=1e9,
)
"""What the engine can count at all; a quota that says more means this."""


class WasmSession(EngineSession):
    """One guest in one worker, from the host's side."""

    def __init__(self, worker: Worker, number: int, guest: Guest) -> None:
        super().__init__(guest, MOST)
        self._worker = worker
        self._number = number
        self._guest = Conversation(worker, number, guest, grace=GRACE)
        self.loaded = self._guest.load(self._quota)

    def _ask(self, about: dict[str, JSON], quota: Quota) -> Outcome:
        outcome = self._guest.ask("call", about, {}, quota)
        if self._guest.over:
            self.close()
        return outcome

    @property
    def ready(self) -> bool:
        """Whether its worker lives, and is at work for nobody."""
        return self._open and not self._worker.busy and self._worker.alive

    def stop(self) -> None:
        """End the worker, if the guest is being called."""
        self._guest.stop()

    def close(self) -> None:
        """Drop the guest; its worker goes on."""
        if self._open and self._worker.alive:
            self._worker.sessions -= 1
            try:
                head = {"step": "close", "session": self._number}
                deadline = time.monotonic() + PATIENCE
                self._worker.channel.send(head, deadline=deadline)
            except Closed:
                self._worker.kill()
        self._open = False


def _runtime_wall() -> Wall:
    """Say what is known against the installed wasmtime."""
    version = metadata.version("wasmtime")
    found = advisories.against(version)
    matters = [advisory.id for advisory in found if advisory.matters]
    checked = f"wasmtime {version}, list of {advisories.checked()}"
    if matters:
        return Wall("no known mistake", False, f"{checked}: {', '.join(matters)}")
    told = f"{checked}: {len(found)} known, none that a guest can reach"
    return Wall("no known mistake", True, told)


class WasmSandbox:
    """CPython in WebAssembly, in worker processes that can be killed."""

    name = "wasm"

    def __init__(self, cache: Path, packages: Sequence[GuestPackage]) -> None:
        self._image = Image(cache, packages)
        self._trusted = False
        self._zygote: Zygote | None = None
        self._workers: list[Worker] = []
        self._count = 0
        self._lock = threading.Lock()

    @property
    def runtime(self) -> str:
        """What the image was made of, and what came of it: a build of its own.

        Each build has its own hash seed in its snapshot, which fuel shows.
        """
        self.prepare(say_nothing)
        return f"wasm {self._image.key} {self._image.digest()[:16]}"

    def prepare(self, progress: Progress) -> None:
        """Build the guest image, once per machine; at once if it is there.

        Raises HostError for a wasmtime that is known to be unsafe.
        """
        if not self._trusted:
            accepted = advisories.accepted_names(os.environ)
            advisories.refuse_known(metadata.version("wasmtime"), accepted)
            self._image.build(progress)
            self._trusted = True

    def open(self, guest: Guest) -> Session:
        """Load a guest in an instance of its own, in the least used free worker."""
        self.prepare(say_nothing)
        if refused := unreadable(guest):
            return RefusedSession(refused)
        with self._place(guest) as (worker, number):
            worker.sessions += 1
            return WasmSession(worker, number, guest)

    def run(self, guest: Guest, operation: str, arguments: JSON) -> Outcome:
        """Load a guest, ask it once and drop it, in the time of one call."""
        self.prepare(say_nothing)
        if refused := unreadable(guest):
            return refused
        about = {"operation": operation, "arguments": arguments}
        with self._place(guest) as (worker, number):
            asked = Conversation(worker, number, guest, grace=GRACE)
            return asked.run(about, guest.quota.within(MOST))

    @contextmanager
    def _place(self, guest: Guest) -> Iterator[tuple[Worker, int]]:
        """Give the least used free worker, and the guest's number in it."""
        with self._lock:
            worker = self._free_worker(background=guest.background)
            self._count += 1
            number = self._count
            worker.reserved += 1
        try:
            yield worker, number
        finally:
            with self._lock:
                worker.reserved -= 1

    def walls(self) -> Sequence[Wall]:
        """Say what holds around a worker, which is started for it if there is none."""
        self.prepare(say_nothing)
        with self._lock:
            worker = self._free_worker()
        return (
            Wall("WebAssembly", True, "a guest has no address of the host"),
            Wall("no WASI", True, "no files, sockets or processes are linked"),
            _runtime_wall(),
            *worker.process.ready(),
        )

    def _free_worker(self, *, background: bool = False) -> Worker:
        free = []
        for worker in [*self._workers]:
            # Whoever still talks to a dead worker has to find out by itself.
            if worker.busy:
                continue
            if not worker.alive:
                self._workers.remove(worker)
                worker.close()
            elif worker.background is background:
                free.append(worker)
        if not free:
            free = [self._new_worker(background)]
            self._workers += free
        return min(free, key=lambda worker: worker.sessions)

    def _new_worker(self, background: bool) -> Worker:
        image = str(self._image.path)
        if sys.platform != "linux":
            main = "plugwright_sandbox.wasm.worker:main"
            spawned = Spawned(main, image, background=background)
            return Worker(spawned, spawned.channel(), background=background)
        if self._zygote is not None and not self._zygote.alive:
            self._zygote.close()
            self._zygote = None
        if self._zygote is None:
            preload = "plugwright_sandbox.wasm.worker:preload"
            self._zygote = Zygote(preload, image, search_path=search_path())
        process = self._zygote.fork(memory=DATA, background=background)
        try:
            return Worker(process, process.channel(), background=background)
        except BaseException:
            process.close()
            raise

    def close(self) -> None:
        """End every worker."""
        with self._lock:
            for worker in self._workers:
                worker.close()
            self._workers = []
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None
