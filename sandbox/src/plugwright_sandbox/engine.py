"""The `wasm` engine, seen from the host: workers, sessions and the last wall.

Inside a worker, fuel and a deadline end a guest that runs too long. If the worker
itself does not answer, the watchdog kills it from outside, and the next guest gets a
new one.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from plugwright.errors import Denied, HostError, PlugwrightError
from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import (
    JSON,
    Failure,
    Guest,
    GuestPackage,
    Kind,
    Outcome,
    Progress,
    Service,
    Session,
)
from plugwright_sandbox import frames
from plugwright_sandbox.image import Image

GRACE = 1.0
"""Seconds that a worker may be late before it is killed."""
LOOK = 0.05
"""Seconds between two looks of the watchdog."""
START_SECONDS = 60.0
"""Seconds that a new worker may take to load the image on a slow machine."""
MOST = Quota(
    fuel=1 << 62,
    seconds=1e9,
    memory=4 << 30,
    output=16 << 20,
    host_calls=1 << 62,
    payload=16 << 20,
)
"""What the engine can count at all; a quota that says more means this."""


@lru_cache
def _limits(quota: Quota) -> Mapping[str, float]:
    """A quota as a worker counts it."""
    counted = asdict(quota.within(MOST))
    del counted["storage"]  # counted where it is kept, in the host
    return {name: max(0, value) for name, value in counted.items()}


class WorkerDied(Exception):
    """The worker's pipe closed: it was killed, or it crashed."""


class Worker:
    """One worker process; calls come one at a time, except from inside a call."""

    def __init__(self, image: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(image)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            close_fds=True,
            cwd=os.sep,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self.deadline: float | None = time.monotonic() + START_SECONDS
        self.turn = threading.RLock()
        self.sessions = 0
        self.killed = False

    def kill(self) -> None:
        """End the process now, whatever it is doing."""
        self.killed = True
        self._process.kill()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self.killed and self._process.poll() is None

    def send(self, message: dict[str, Any]) -> None:
        """Write one frame."""
        try:
            frames.write(self._in, message)
        except (OSError, ValueError) as error:  # ValueError: the pipe is closed
            raise WorkerDied from error

    def receive(self) -> dict[str, Any]:
        """Wait for one frame; a frame that breaks the protocol kills the worker."""
        try:
            message = frames.read(self._out)
        except (frames.BadFrame, OSError, ValueError) as error:
            self.kill()
            raise WorkerDied from error
        if message is None:
            self.kill()
            raise WorkerDied
        return message

    def close(self) -> None:
        """End it, wait for it, and let go of its pipes."""
        self.kill()
        with suppress(OSError):  # what nobody will read any more
            self._in.close()
        self._out.close()
        self._process.wait()


def _search_path() -> list[str]:
    """The folders that a worker needs; it reads no other configuration of Python's."""
    folders = []
    for name in ("wasmtime", "plugwright", "plugwright_sandbox", "pluggy"):
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        folders.append(str(Path(spec.origin).parent.parent))
    return sorted(set(folders))


_START = (
    f"import sys; sys.path[:0] = {_search_path()!r}; "
    "from plugwright_sandbox.worker import main; main(sys.argv[1])"
)


class WasmSession:
    """One guest in one worker, from the host's side."""

    def __init__(self, worker: Worker, number: int, guest: Guest) -> None:
        self._worker = worker
        self._number = number
        self._guest = guest
        self._open = True
        self._called = threading.Lock()
        self.loaded = self._ask_worker(
            "load",
            {
                "files": dict(guest.files),
                "packages": list(guest.packages),
                "dispatcher": guest.dispatcher,
                "arguments": None,
            },
            guest.quota,
            {
                "clock": guest.clock,
                "seed": secrets.randbits(128) if guest.seed is None else guest.seed,
            },
        )

    def call(
        self, operation: str, arguments: JSON, *, quota: Quota | None = None
    ) -> Outcome:
        """Ask the guest's dispatcher. Never raises for what the guest does."""
        if self.loaded.failure is not None:
            return Outcome(failure=self.loaded.failure)
        if not self._open:
            return _broken("closed", "this guest has been closed")
        allowed = (
            self._guest.quota if quota is None else quota.within(self._guest.quota)
        )
        request = {"operation": operation, "arguments": arguments}
        return self._ask_worker("call", request, allowed, {})

    def close(self) -> None:
        """Drop the guest; its worker goes on."""
        if self._open and self._worker.alive:
            self._worker.sessions -= 1
            try:
                self._worker.send({"step": "close", "session": self._number})
            except WorkerDied:
                self._worker.kill()
        self._open = False

    def _ask_worker(
        self, step: str, request: dict[str, Any], quota: Quota, more: dict[str, Any]
    ) -> Outcome:
        busy = _broken("busy", f"`{self._guest.name}` is being called already")
        if not self._called.acquire(blocking=False):
            return busy
        try:
            # Another guest of the same worker may be at work: in another thread, then
            # this call waits; or waiting for this very call, then it may go ahead.
            if not self._worker.turn.acquire(timeout=_limits(quota)["seconds"]):
                return busy
            try:
                return self._converse(step, request, quota, more)
            finally:
                self._worker.turn.release()
        finally:
            self._called.release()

    def _converse(
        self, step: str, request: dict[str, Any], quota: Quota, more: dict[str, Any]
    ) -> Outcome:
        """Ask, and answer what the guest asks, until it is done."""
        worker, outer = self._worker, self._worker.deadline
        deadline = time.monotonic() + quota.seconds + GRACE
        limits = _limits(quota)
        message = {"step": step, "session": self._number, "limits": limits}
        worker.deadline = min(deadline, outer or deadline)
        try:
            worker.send({**message, "request": request, **more})
            while "reply" not in (told := self._received()):
                self._send_answer(self._answer(told.get("ask")))
            return _outcome(told["reply"])
        except frames.BadFrame as error:
            return _failed(Kind.INPUT, "arguments", f"cannot be sent: {error}")
        except WorkerDied:
            worker.kill()
            if time.monotonic() >= deadline:
                return _failed(Kind.STOPPED, "seconds", f"ran {quota.seconds} s")
            return _broken("worker", "its worker process had to be ended")
        except BaseException:
            # Ctrl-C, or a service that ends the host: nobody will fetch the answer, and
            # the next call must not get it.
            worker.kill()
            raise
        finally:
            worker.deadline = outer

    def _received(self) -> dict[str, Any]:
        """The guest's next message; a worker that mixes them up is not used again."""
        message = self._worker.receive()
        if message.get("session") != self._number:
            raise WorkerDied
        return message

    def _send_answer(self, answer: dict[str, JSON]) -> None:
        try:
            self._worker.send({"answer": answer})
        except frames.BadFrame:
            why = "the host could not answer (no JSON that can be sent)"
            self._worker.send({"answer": {"refused": why}})

    def _answer(self, question: Any) -> dict[str, JSON]:
        """Find and call the service; whatever goes wrong becomes an answer."""
        if not isinstance(question, dict) or not isinstance(
            question.get("arguments"), dict
        ):
            return {"refused": "the question has no arguments"}
        name = str(question.get("service"))[:200]
        service = self._guest.services.get(name)
        if service is None:
            return {"denied": name}
        return answer(service, question["arguments"])


def answer(service: Service, arguments: dict[str, JSON]) -> dict[str, JSON]:
    """Call one service for a guest."""
    try:
        return {"value": service(arguments)}
    except Denied as error:
        return {"denied": error.permission}
    except PlugwrightError as error:
        return {"refused": error.message}
    except Exception as error:
        # Broad on purpose: a mistake in a service must not tell a guest about the host.
        return {"refused": f"the host could not answer ({type(error).__name__})"}


def _outcome(reply: Any) -> Outcome:
    """Read what a worker says; one that says something else is not itself any more."""
    try:
        failure = reply.get("failure")
        return Outcome(
            value=reply.get("value"),
            failure=None if failure is None else _failure(failure),
            usage=_usage(reply.get("usage", {})),
            output=str(reply.get("output", "")),
            read_clock=bool(reply.get("read_clock")),
            denied=tuple(str(name) for name in reply.get("denied", ())),
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise WorkerDied from error


def _usage(raw: Mapping[str, Any]) -> Usage:
    seconds = raw.get("seconds", 0.0)
    counted = {name: number for name, number in raw.items() if name != "seconds"}
    if type(seconds) is not float or any(
        type(number) is not int or not 0 <= number < 1 << 63
        for number in counted.values()
    ):
        raise ValueError("usage")
    return Usage(seconds=seconds, **counted)


def _failure(raw: Mapping[str, Any]) -> Failure:
    return Failure(
        kind=Kind(raw["kind"]),
        type=str(raw["type"])[:200],
        message=str(raw["message"])[:4096],
        where=str(raw["where"])[:200],
    )


def _failed(kind: Kind, type: str, message: str) -> Outcome:
    return Outcome(failure=Failure(kind=kind, type=type, message=message))


def _broken(type: str, message: str) -> Outcome:
    return _failed(Kind.BROKEN, type, message)


class WasmSandbox:
    """CPython in WebAssembly, in worker processes that can be killed."""

    name = "wasm"

    def __init__(self, cache: Path, packages: Sequence[GuestPackage]) -> None:
        self._image = Image(cache, packages)
        self._trusted = False
        self._workers: list[Worker] = []
        self._count = 0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watched = False

    def prepare(self, progress: Progress) -> None:
        """Build the guest image, once per machine; at once if it is there."""
        if not self._trusted:
            self._image.build(progress)
            self._trusted = True

    def open(self, guest: Guest) -> Session:
        """Load a guest in an instance of its own, in the least used free worker."""
        self.prepare(lambda what, part: None)
        with self._lock:
            worker = self._free_worker()
            self._count += 1
            worker.sessions += 1
            number = self._count
        return WasmSession(worker, number, guest)

    def _free_worker(self) -> Worker:
        for worker in [w for w in self._workers if not w.alive]:
            self._workers.remove(worker)
            worker.close()
        free = [w for w in self._workers if w.deadline is None]
        if free:
            return min(free, key=lambda worker: worker.sessions)
        if not self._watched:
            self._watched = True
            threading.Thread(target=self._watch, daemon=True).start()
        worker = Worker(self._image.path)
        self._workers.append(worker)
        try:
            worker.receive()  # it says that it is ready
        except WorkerDied:
            raise HostError(
                "the sandbox's worker process did not start",
                remedy=f"delete `{self._image.path}` and try again",
            ) from None
        worker.deadline = None
        return worker

    def _watch(self) -> None:
        """Kill what is late."""
        while not self._closed.wait(LOOK):
            now = time.monotonic()
            for worker in list(self._workers):
                deadline = worker.deadline
                if deadline is not None and now > deadline and worker.alive:
                    worker.kill()

    def close(self) -> None:
        """End every worker."""
        self._closed.set()
        for worker in self._workers:
            worker.close()
        self._workers = []
