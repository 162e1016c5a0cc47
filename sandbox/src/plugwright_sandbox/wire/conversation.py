"""One guest's call, from the host's side: asking it, and answering what it asks.

The same for every engine. A worker may be killed at any moment, by the system, by the
host, or because it broke the protocol; the guest's caller then gets an `Outcome` that
says so, never an exception.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol

from plugwright.errors import Denied, PlugwrightError
from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import JSON, Failure, Guest, Kind, Outcome, Service
from plugwright_sandbox.wire import frames, replies
from plugwright_sandbox.wire.channel import LONGEST_WAIT, Channel, Closed, Late
from plugwright_sandbox.wire.frames import BadFrame, Message
from plugwright_sandbox.wire.replies import Reply

COUNTED_BY_WORKERS = (
    *("fuel", "cpu_seconds", "seconds", "memory", "output", "host_calls"),
    *("payload", "sent", "received"),
)
"""The fields of a quota that a worker is told."""
TOLD_TO_GUESTS = ("output", "writes", "payload")
"""Those that the guest's shim is told, so that it can stop in time to say why."""


class Worker(Protocol):
    """A process that runs guests."""

    channel: Channel
    turn: threading.RLock
    """Held by whoever talks to it: calls come one at a time, but from inside a call."""
    talks: int

    def kill(self) -> None:
        """End the process now, whatever it is doing."""


@lru_cache(maxsize=64)  # the same few are told to every guest
def limits(quota: Quota, *, loading: bool) -> Mapping[str, int | float]:
    """Write down a worker's part of a quota."""
    told = {name: getattr(quota, name) for name in COUNTED_BY_WORKERS}
    if loading:
        told |= {"fuel": quota.load_fuel, "seconds": quota.load_seconds}
    return told


class Conversation:
    """Asks one guest in one worker, one step at a time."""

    def __init__(
        self, worker: Worker, session: int, guest: Guest, *, grace: float
    ) -> None:
        self._worker = worker
        self._session = session
        self._guest = guest
        self._grace = grace
        """Seconds that the worker has to end the guest itself."""
        self._called = threading.Lock()
        self._guard = threading.Lock()
        self._talks = self._stopped = False
        self._call = 0
        self._limits: tuple[Quota, bool] | None = None
        """What worker and guest know already; it is the same for nearly every call."""
        self._memory = 0
        self.over = False
        """Whether the guest has ended, or is in a state that nobody knows."""

    def load(self, quota: Quota) -> Outcome:
        """Have the guest loaded."""
        return self.ask("load", *self._about_loading(), quota)

    def run(self, about: dict[str, Any], quota: Quota) -> Outcome:
        """Have the guest loaded, asked and dropped, with one request and one reply.

        Where loading fails, that is the outcome.
        """
        return self._in_turn(quota.load_seconds, lambda: self._once(about, quota))

    def _about_loading(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a guest is told that is loaded, and what its worker is told."""
        guest = self._guest
        about = {
            "files": dict(guest.files),
            "packages": list(guest.packages),
            "dispatcher": guest.dispatcher,
            "arguments": guest.arguments,
        }
        if guest.seed is None:  # and any other would do as well
            chosen = {"seed": os.urandom(16).hex(), "free": True}
        else:
            chosen = {"seed": f"{guest.seed % (1 << 256):x}"}
        return about, {"clock": guest.clock, **chosen}

    def ask(
        self,
        step: str,
        about: dict[str, Any],
        more: Mapping[str, Any],
        quota: Quota,
    ) -> Outcome:
        """Let the guest take one step. Never raises for what it does."""
        seconds = quota.load_seconds if step == "load" else quota.seconds
        work = lambda: self._converse(step, about, more, quota)  # noqa: E731
        return self._in_turn(seconds, work)

    def _in_turn(self, seconds: float, work: Callable[[], Outcome]) -> Outcome:
        """Talk to the worker when it is this guest's turn, within so many seconds."""
        if not self._called.acquire(blocking=False):
            return self._busy()
        self._stopped = False
        try:
            # Another guest of the same worker may be at work: in another thread, then
            # this call waits; or waiting for this very call, then it may go ahead.
            if not self._worker.turn.acquire(timeout=min(seconds, LONGEST_WAIT)):
                return self._busy()
            self._worker.talks += 1
            try:
                if not self._begins():
                    return failed(Kind.BROKEN, "stopped", "the call was ended")
                return work()
            finally:
                self._ends()
                self._worker.talks -= 1
                self._worker.turn.release()
        finally:
            self._called.release()

    def stop(self) -> None:
        """End the call that is under way, from another thread."""
        with self._guard:
            # Between calls, the worker may be at work for another guest.
            if self._talks:
                self._worker.kill()
            self._stopped = self._called.locked()

    def _begins(self) -> bool:
        """Have `stop` end the worker from now on, unless it was asked to before."""
        with self._guard:
            self._talks = not self._stopped
            return self._talks

    def _ends(self) -> None:
        with self._guard:
            self._talks = False

    def _busy(self) -> Outcome:
        what = f"`{self._guest.name}` is being called"
        return failed(Kind.BROKEN, "busy", what)

    def _converse(
        self, step: str, about: dict[str, Any], more: Mapping[str, Any], quota: Quota
    ) -> Outcome:
        asked = self._request(step, about, more, quota)
        if isinstance(asked, Outcome):
            return asked
        return self._exchange(asked, quota)

    def _once(self, about: dict[str, Any], quota: Quota) -> Outcome:
        load = self._request("load", *self._about_loading(), quota)
        if isinstance(load, Outcome):
            return load
        call = self._request("call", about, {}, quota)
        if isinstance(call, Outcome):
            return call
        head = {**load.head, "step": "run", "then": call.head["limits"]}
        # A line each: JSON in ASCII has no line feed.
        return self._exchange(Message(head, f"{load.text}\n{call.text}"), quota)

    def _request(
        self, step: str, about: dict[str, Any], more: Mapping[str, Any], quota: Quota
    ) -> Message | Outcome:
        """Write down one step; an outcome says why it cannot be asked for."""
        loading = step == "load"
        head = {"step": step, "session": self._session, "call": self._call + 1, **more}
        if self._limits != (quota, loading):
            head["limits"] = limits(quota, loading=loading)
            about = {**about, "limits": {n: getattr(quota, n) for n in TOLD_TO_GUESTS}}
        try:
            text = frames.dump({"step": step, **about})
        except ValueError as error:
            return failed(Kind.INPUT, "arguments", f"cannot be sent: {error}")
        if len(text) > min(quota.payload, quota.received):
            name = "payload" if len(text) > quota.payload else "received"
            return Outcome(failure=replies.stopped(name, len(text), quota))
        self._call += 1
        self._limits = quota, loading
        return Message(head, text)

    def _exchange(self, asked: Message, quota: Quota) -> Outcome:
        """Have a request answered, and note what that makes of the guest."""
        denied: list[str] = []
        found = self._with_memory(self._answered(asked, quota, denied))
        if found.failure is None and not denied:
            return found
        # A guest cannot say these kinds of itself, and none goes on after them.
        kind = found.failure and found.failure.kind
        self.over = kind in (Kind.STOPPED, Kind.BROKEN) or bool(found.denied)
        return replace(found, denied=(*denied, *found.denied)) if denied else found

    def _answered(self, asked: Message, quota: Quota, denied: list[str]) -> Outcome:
        """Send a request and read the reply; a worker that gives none is ended."""
        step, first = asked.head["step"], asked.head["call"]
        started = time.monotonic()
        # The worker ends its guest by itself; this is for a worker that does not.
        seconds = _patience(step, quota)
        deadline = started + seconds + self._grace
        try:
            self._worker.channel.send(asked.head, asked.text, deadline)
            told = self._listen(first, deadline, quota, denied)
            loading = step == "load" or told.head["call"] < self._call
            reply = Reply.read(told.head)
            return replies.outcome(reply, told.text, quota, loading=loading)
        except Late:
            name = "load_seconds" if step == "load" else "seconds"
            used = round(time.monotonic() - started, 3)
            failure = replies.stopped(name, used, quota)
        except (Closed, BadFrame, ValueError, KeyError, TypeError):
            why = "its worker process had to be ended"
            failure = replies.broken("worker", why)
        except BaseException:
            # Ctrl-C, or a service that ends the host: nobody will fetch the answer, and
            # the next call must not get it.
            self._worker.kill()
            self.over = True
            raise
        self._worker.kill()
        # What else it used, nobody counted.
        return Outcome(failure=failure, usage=Usage(seconds=time.monotonic() - started))

    def _with_memory(self, found: Outcome) -> Outcome:
        """Say what a guest held when it was last heard of; it never holds less."""
        if found.usage.memory:
            self._memory = found.usage.memory
            return found
        return replace(found, usage=replace(found.usage, memory=self._memory))

    def _listen(
        self, first: int, deadline: float, quota: Quota, denied: list[str]
    ) -> Message:
        """Answer questions until the reply comes; note what was denied.

        Both are of a call from the first that was asked for to the last.
        """
        # The worker counts them too, but it may have been taken over.
        for _ in range(quota.host_calls + 1):
            told = self._worker.channel.receive(deadline)
            head = told.head
            call = head.get("call")
            if head.get("session") != self._session or not self._waits(call, first):
                raise BadFrame("an answer to what was not asked")
            if "usage" in head:
                return told
            if len(told.text) > quota.payload:
                raise BadFrame("a longer question than its quota has")
            answer = self._answer(told.text, denied)
            asked = {"step": "answer", "session": self._session, "call": call}
            self._worker.channel.send(asked, answer, deadline)
        raise BadFrame("more questions than its quota has")

    def _waits(self, call: Any, first: int) -> bool:
        return type(call) is int and first <= call <= self._call

    def _answer(self, text: str, denied: list[str]) -> str:
        """Find and call the service; whatever goes wrong becomes an answer."""
        try:
            question = frames.parse(text)
            name, arguments = question["service"], question["arguments"]
        except (ValueError, KeyError, TypeError):
            return frames.dump({"refused": "the question is not as agreed"})
        if type(name) is not str or type(arguments) is not dict:
            return frames.dump({"refused": "the question is not as agreed"})
        name = name[:200]
        service = self._guest.services.get(name)
        told = {"denied": name} if service is None else answer(service, arguments)
        if "denied" in told:
            denied.append(str(told["denied"]))
        try:
            said = frames.dump(told)
        except ValueError:
            why = "the host could not answer (no JSON that can be sent)"
            return frames.dump({"refused": why})
        if len(said) > frames.LONGEST_TEXT:
            return frames.dump({"refused": "the host could not answer (too long)"})
        return said


def _patience(step: str, quota: Quota) -> float:
    """Give the seconds that a worker may take for a request."""
    loading = quota.load_seconds if step != "call" else 0.0
    return loading + (quota.seconds if step != "load" else 0.0)


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


def failed(kind: Kind, type: str, message: str) -> Outcome:
    """An outcome that is only a failure."""
    return Outcome(failure=Failure(kind=kind, type=type, message=message))
