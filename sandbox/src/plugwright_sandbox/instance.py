"""One guest in one WebAssembly instance, inside the worker."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from wasmtime import Config, Engine, Store, WasmtimeError
from wasmtime.component import Component, Func, Linker

from plugwright_sandbox import frames, wasi
from plugwright_sandbox.binding import TextFunction, TooLong, Trap, call_text

TICK = 0.01
"""Seconds between two looks at the wall-clock deadline."""
IDLE = 100
"""Ticks without a call after which the ticker goes to sleep."""
FOR_EVER = 1 << 40
ADDRESSABLE = 1 << 32
SPARE_MEMORY = 64 << 20
"""What a spare instance may hold; a smaller quota gets an instance of its own."""
ENVELOPE = 100
"""Bytes that the guest's shim puts around an answer."""
STOPS = ("memory", "output", "payload")
"""Quotas that the guest's shim notices first; the others are counted out here."""
GUEST_KINDS = ("raised", "input", "load", "denied")
"""What a guest may say of itself. It cannot say that a quota stopped it."""

Ask = Callable[[dict[str, Any]], dict[str, Any]]


def engine() -> Engine:
    """The one configuration that images are compiled and run with."""
    config = Config()
    config.strategy = "cranelift"  # the other compiler had an escape in 2026
    config.consume_fuel = True
    config.epoch_interruption = True
    config.parallel_compilation = True
    config.max_wasm_stack = 1 << 20
    return Engine(config)


class Ticker:
    """Advances the engine's epoch while calls run, and rests when none do.

    It also ends the worker when the host is gone. PR_SET_PDEATHSIG would be quicker,
    but it follows the host's thread that started the worker, not the host.
    """

    def __init__(self, engine: Engine, running: Callable[[], object]) -> None:
        self._engine = engine
        self._running = running
        self._host = os.getppid()
        self._wake = threading.Event()
        self._quiet = IDLE
        threading.Thread(target=self._run, daemon=True).start()

    def needed(self) -> None:
        """Say that a call starts now."""
        resting = self._quiet >= IDLE
        self._quiet = 0
        if resting:
            self._wake.set()

    def _run(self) -> None:
        while True:
            if self._quiet >= IDLE and not self._running():
                self._wake.wait()
                self._wake.clear()
            time.sleep(TICK)
            self._quiet += 1
            self._engine.increment_epoch()
            if os.getppid() != self._host:
                os._exit(0)


class Fresh(NamedTuple):
    """An instance of the image that nobody has run yet."""

    store: Store
    function: Func


class Resting:
    """What a guest finds outside before it is anybody's: nothing to ask."""

    REQUEST = json.dumps({"step": "rest", "output": 0, "payload": ENVELOPE})

    def __init__(self) -> None:
        self._stream = wasi.Stream(0)

    def random_bytes(self, count: int) -> bytes:
        """What the interpreter seeds itself with; loading a guest does so again."""
        return self._stream.take(count)

    def seconds(self) -> float:
        """There is no time yet."""
        raise Trap

    def admit(self, size: int) -> None:
        """There is nobody to ask yet."""
        raise Trap

    def asked(self, request: str) -> str:
        """There is nobody to ask yet."""
        raise Trap


class Runtime:
    """The compiled image, ready to be instantiated."""

    def __init__(self, image: Path) -> None:
        self.engine = engine()
        self.component = Component.deserialize_file(self.engine, str(image))
        # The instance being called is on top; another may be called while it waits.
        self._stack: list[Instance | Resting] = []
        self.ticker = Ticker(self.engine, lambda: self._stack)
        self._linker = Linker(self.engine)
        functions = wasi.define(
            self._linker, self.component, lambda: self._running()[0]
        )
        ask = TextFunction(
            lambda request: self._running()[0].asked(request),
            lambda size: self._running()[0].admit(size),
        )
        with self._linker.root() as root:
            ask.define(root, "ask")
        self._functions = [*functions, ask]
        self._spare: Fresh | None = None

    def _running(self) -> list[Instance | Resting]:
        return self._stack[-1:]

    def make_spare(self) -> None:
        """Instantiate the next guest ahead of time; for when there is nothing to do."""
        if self._spare is None:
            self._spare = self._instantiated(SPARE_MEMORY)

    def take_fresh(self, memory: int) -> Fresh:
        """Give an instance that nobody has run: the spare one, or else a new one."""
        spare, self._spare = self._spare, None
        if spare is not None and memory >= SPARE_MEMORY:
            return spare
        return self._instantiated(memory)

    def _instantiated(self, memory: int) -> Fresh:
        store = Store(self.engine)
        # One component is many core instances, tables and adapters; memory is the limit
        # that a guest can push.
        store.set_limits(memory_size=memory, memories=4)
        store.set_fuel(FOR_EVER)
        store.set_epoch_deadline(FOR_EVER)
        guest = self._linker.instantiate(store, self.component)
        function = guest.get_func(store, "run")
        assert function is not None
        self._stack.append(Resting())
        try:
            call_text(store, function, Resting.REQUEST, ENVELOPE)
        finally:
            self._stack.pop()
        return Fresh(store, function)

    def enter(self, instance: Instance) -> None:
        """Note that this instance is being called."""
        self._stack.append(instance)

    def leave(self) -> None:
        """Note that the call is over."""
        self._stack.pop()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The worker's part of a quota."""

    fuel: int
    seconds: float
    memory: int
    output: int
    host_calls: int
    payload: int


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
        self.limits = limits
        self._runtime = runtime
        self._clock = clock
        self._stream = wasi.Stream(seed)
        self._ask = ask
        self._stopped: dict[str, Any] | None = None
        self._alive = True
        self._memory = 0
        self._fresh_counters()
        self._store, self._function = runtime.take_fresh(limits.memory)
        self._limit_memory(limits.memory)  # a spare instance may have another limit

    def _limit_memory(self, size: int) -> None:
        self._store.set_limits(memory_size=size, memories=4)

    def _fresh_counters(self) -> None:
        self._host_calls = 0
        self._payload = 0
        self._denied: list[str] = []
        self._read_clock = False

    # What the guest asks of the world: called by WASI and by the guest's `ask`.

    def seconds(self) -> float:
        """Whole seconds since 1970, as this guest is allowed to see them."""
        if self._clock is None:
            self._denied.append("clock")
            raise self._stop({"denied": "clock"})
        self._read_clock = True
        return float(int(time.time())) if self._clock == "host" else self._clock

    def random_bytes(self, count: int) -> bytes:
        """The next bytes of this guest's stream."""
        return self._stream.take(count)

    def admit(self, size: int) -> None:
        """Count one question before it is read, or end the guest."""
        self._host_calls += 1
        self._payload += size
        # A guest that printed too much ends with a question that holds what it printed.
        if size > max(self.limits.payload, 6 * self.limits.output + ENVELOPE):
            raise self._stop({"quota": "payload", "used": size})
        if self._host_calls > self.limits.host_calls:
            raise self._stop({"quota": "host_calls", "used": self._host_calls})

    def asked(self, request: str) -> str:
        """Answer one question of the guest, or end it."""
        question = frames.parse(request)
        if question.get("stop") in STOPS:
            raise self._stop(_stop_wish(question, self.limits))
        if len(request) > self.limits.payload:
            raise self._stop({"quota": "payload", "used": len(request)})
        answer = self._ask(question)
        if "denied" in answer:
            self._denied.append(answer["denied"])
        text = json.dumps(answer)
        if len(text) > self.limits.payload:
            raise self._stop({"quota": "payload", "used": len(text)})
        self._payload += len(text)
        return text

    def _stop(self, why: dict[str, Any]) -> Trap:
        """Note why this guest ends; raising what comes back ends it."""
        self._stopped = why
        return Trap()

    # What the host asks of the guest.

    def call(self, request: dict[str, Any], limits: Limits) -> dict[str, Any]:
        """Run one step; say what came of it and what it used. Never raises for it."""
        if not self._alive:
            return {"failure": failure("broken", "closed", "this guest has ended")}
        if limits.memory != self.limits.memory:
            self._limit_memory(limits.memory)
        self.limits = limits
        self._stopped = None
        self._fresh_counters()
        text = json.dumps(
            request | {"output": limits.output, "payload": limits.payload}
        )
        if len(text) > limits.payload:
            return {
                "failure": failure("stopped", "payload", _too_long(len(text), limits))
            }
        started = time.perf_counter()
        reply = self._run(text, limits)
        reply["usage"] = {
            "fuel": limits.fuel - self._store.get_fuel(),
            "seconds": round(time.perf_counter() - started, 6),
            "memory": self._memory_of(reply),
            "output": len(reply["output"]),
            "host_calls": self._host_calls,
            "payload": self._payload + len(text),
        }
        reply["denied"] = self._denied
        reply["read_clock"] = self._read_clock
        return reply

    def _memory_of(self, reply: dict[str, Any]) -> int:
        """What the guest says it holds; a guest that trapped says no more."""
        size = reply.pop("memory", None)
        if type(size) is int and 0 <= size <= ADDRESSABLE:
            self._memory = size
        return self._memory

    def _run(self, text: str, limits: Limits) -> dict[str, Any]:
        self._store.set_fuel(limits.fuel)
        self._store.set_epoch_deadline(max(1, int(limits.seconds / TICK)))
        self._runtime.enter(self)
        self._runtime.ticker.needed()
        try:
            # What it printed comes with the answer; JSON may need six bytes for one.
            most = limits.payload + 6 * limits.output + ENVELOPE
            answer = call_text(self._store, self._function, text, most)
            self._payload += len(answer)
            return _read(answer, limits)
        except TooLong as error:
            self._alive = False
            why = failure("stopped", "payload", _too_long(error.size, limits))
            return {"failure": why, "output": ""}
        except ValueError as error:
            self._alive = False
            why = failure("broken", "answer", f"not as agreed: {error}"[:200])
            return {"failure": why, "output": ""}
        except WasmtimeError as error:
            self._alive = False
            return {"output": "", **self._trapped(error, limits)}
        finally:
            self._runtime.leave()

    def _trapped(self, error: WasmtimeError, limits: Limits) -> dict[str, Any]:
        why = self._stopped or {}
        if "denied" in why:
            return {"failure": failure("denied", why["denied"], "was not granted")}
        if "quota" in why:
            quota = str(why["quota"])
            used = why.get("used", "")
            allowed = getattr(limits, quota, "?")
            message = f"used {used} of {allowed}"
            if quota == "memory":
                message = f"wanted more than {allowed} bytes"
            told = failure("stopped", quota, message)
            return {
                "failure": told,
                "output": why.get("output", ""),
                "memory": why.get("memory"),
            }
        if self._store.get_fuel() == 0:
            return {"failure": failure("stopped", "fuel", f"used all {limits.fuel}")}
        text = str(error)
        if "wasm trap: interrupt" in text:
            return {"failure": failure("stopped", "seconds", f"ran {limits.seconds} s")}
        # The text may hold a backtrace, but of the guest's own functions only.
        reason = text.rpartition("Caused by:")[2].strip().rpartition("wasm trap: ")[2]
        return {"failure": failure("broken", "trap", reason[:200])}


def _read(answer: str, limits: Limits) -> dict[str, Any]:
    """Take from a guest's answer what it may say, and nothing else.

    Raises ValueError for what an honest guest does not say: only the worker tells that
    a guest was stopped or is broken, and what it used.
    """
    reply = frames.parse(answer)
    if not isinstance(reply, dict):
        raise ValueError("no object")
    output, said = reply.get("output", ""), reply.get("failure")
    if type(output) is not str or len(output) > limits.output:
        raise ValueError("output")
    size = len(answer) - len(json.dumps(output)) - ENVELOPE
    if size > limits.payload:
        raise TooLong(size)
    read = {"output": output, "memory": reply.get("memory")}
    if said is None:
        return {"value": reply.get("value"), **read}
    if not isinstance(said, dict) or said.get("kind") not in GUEST_KINDS:
        raise ValueError("failure")
    told = {name: said.get(name) for name in ("kind", "type", "message", "where")}
    if any(type(text) is not str for text in told.values()):
        raise ValueError("failure")
    return {"failure": told, **read}


def _stop_wish(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Read what a guest that ends itself says; it may say anything."""
    used, output = question.get("used"), question.get("output")
    why = {"quota": question["stop"]}
    why["used"] = used if type(used) is int and 0 <= used < FOR_EVER else 0
    why["output"] = output[: limits.output] if type(output) is str else ""
    return why | ({"memory": why["used"]} if why["quota"] == "memory" else {})


def failure(kind: str, type: str, message: str) -> dict[str, str]:
    """What the worker itself says of a guest that gave no value."""
    return {"kind": kind, "type": type, "message": message, "where": ""}


def _too_long(size: int, limits: Limits) -> str:
    return f"a message of {size} of {limits.payload} bytes"
