"""One guest in one WebAssembly instance, inside the worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from wasmtime import WasmtimeError

from plugwright_sandbox.streams import Stream
from plugwright_sandbox.wasm.binding import TooLong, Trap
from plugwright_sandbox.wasm.runtime import TICK, Runtime, limit_memory
from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.replies import longest

STOPS = ("memory", "output", "writes", "payload")
"""Quotas that the guest's shim notices first; the others are counted out here."""
LONGEST_REASON = 200

Ask = Callable[[str], str]
"""Takes a guest's question to the host, and brings the answer."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The worker's part of a quota."""

    fuel: int
    cpu_seconds: float
    seconds: float
    memory: int
    output: int
    host_calls: int
    payload: int
    sent: int
    received: int


class Instance:
    """One guest: instantiated, called, and dropped after any trap."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        limits: Limits,
        clock: float | Literal["host"] | None,
        seed: int,
        ask: Ask,
    ) -> None:
        self._allow(limits)
        self._runtime = runtime
        self._clock = clock
        self._stream = Stream(seed)
        self.ask = ask
        """Who answers; of a guest that was loaded ahead, whoever takes it."""
        self.alive = True
        self._fresh_counters()
        self._store, self._call = runtime.take_fresh(limits.memory)
        limit_memory(self._store, limits.memory)  # a spare may have another limit

    def _allow(self, limits: Limits) -> None:
        self._limits = limits
        # One more, for the tick that is under way.
        self._ticks = int(limits.seconds / TICK) + 1
        self._longest = longest(limits.payload, limits.output)

    def _fresh_counters(self) -> None:
        self._host_calls = self._sent = self._received = 0
        self._waited = 0.0
        self._end: dict[str, Any] = {}
        self._words = ""
        self._read_clock = False

    # What the guest asks of the world: called by WASI and by the guest's `ask`.

    def seconds(self) -> float:
        """Whole seconds since 1970, as this guest is allowed to see them."""
        if self._clock is None:
            self._end = {"denied": ["clock"]}
            raise Trap
        self._read_clock = True
        return float(int(time.time())) if self._clock == "host" else self._clock

    def random_bytes(self, count: int) -> bytes:
        """The next bytes of this guest's stream."""
        return self._stream.take(count)

    def admit(self, size: int) -> None:
        """Count one question before it is read, or end the guest."""
        limits = self._limits
        self._host_calls += 1
        self._sent += size
        # A guest that printed too much ends with a question that holds what it printed.
        if size > self._longest:
            raise self._stop("payload", size)
        if self._host_calls > limits.host_calls:
            raise self._stop("host_calls", self._host_calls)
        if self._sent > limits.sent:
            raise self._stop("sent", self._sent)

    def asked(self, question: str) -> str:
        """Have one question of the guest answered, or end it."""
        if question.startswith('{"stop"'):
            raise self._stops_itself(question)
        if len(question) > self._limits.payload:
            raise self._stop("payload", len(question))
        asked = time.perf_counter()
        answer = self.ask(question)
        self._waited += time.perf_counter() - asked
        self._received += len(answer)
        if len(answer) > self._limits.payload:
            raise self._stop("payload", len(answer))
        if self._received > self._limits.received:
            raise self._stop("received", self._received)
        return answer

    def _stop(self, quota: str, used: int | float) -> Trap:
        """Note why this guest ends; raising what comes back ends it."""
        self._end = {"stopped": [quota, used]}
        return Trap()

    def _stops_itself(self, question: str) -> Trap:
        """Read what a guest says that ends itself; it may say anything."""
        said = frames.parse(question)
        quota, used = said["stop"], said.get("used")
        if quota not in STOPS:
            raise ValueError("no such quota")
        self._words = question
        is_count = type(used) is int and used >= 0
        return self._stop(quota, used if is_count else 0)

    # What the host asks of the guest.

    def call(
        self, text: str, limits: Limits | None = None, received: int | None = None
    ) -> tuple[dict[str, Any], str]:
        """Run one step; say what it used, and what it said. Never raises for it.

        Without limits, those of the step before hold. What counts as received is the
        text, unless it is longer than what the host sent.
        """
        if limits is not None:
            if limits.memory != self._limits.memory:
                limit_memory(self._store, limits.memory)
            self._allow(limits)
        limits = self._limits
        self._fresh_counters()
        self._received = len(text) if received is None else received
        started, busy = time.perf_counter(), time.thread_time()
        answer = self._run(text)
        usage = [
            limits.fuel - self._store.get_fuel(),
            0,  # only the guest knows its memory
            *(self._host_calls, self._sent, self._received),
            *(time.thread_time() - busy, time.perf_counter() - started, self._waited),
        ]
        head = {"usage": usage, **self._end}
        if self._read_clock:
            head["clock"] = True
        return head, answer

    def _run(self, text: str) -> str:
        limits = self._limits
        self._store.set_fuel(limits.fuel)
        self._store.set_epoch_deadline(self._ticks)
        self._runtime.enter(self)
        self._runtime.ticker.needed()
        try:
            answer = self._call(text, self._longest)
        except TooLong as error:
            return self._ended(stopped=["payload", error.size])
        except ValueError:
            return self._ended(broken="not as agreed: it did not answer in ASCII")
        except WasmtimeError as error:
            return self._trapped(error)
        finally:
            self._runtime.leave()
        self._sent += len(answer)
        if self._sent > limits.sent:
            return self._ended(stopped=["sent", self._sent])
        return answer

    def _ended(self, **why: Any) -> str:
        self.alive = False
        self._end = why
        return ""

    def _trapped(self, error: WasmtimeError) -> str:
        self.alive = False
        if self._end:
            return self._words
        if self._store.get_fuel() == 0:
            return self._ended(stopped=["fuel", self._limits.fuel])
        text = str(error)
        if "wasm trap: interrupt" in text:
            return self._ended(stopped=["seconds", self._limits.seconds])
        # The text may hold a backtrace, but of the guest's own functions only.
        reason = text.rpartition("Caused by:")[2].strip().rpartition("wasm trap: ")[2]
        return self._ended(broken=reason[:LONGEST_REASON])
