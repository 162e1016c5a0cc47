"""One guest in one WebAssembly instance, inside the worker."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wasmtime import Config, Engine, Store, WasmtimeError
from wasmtime.component import Component, Linker

from plugwright_sandbox import wasi
from plugwright_sandbox.binding import TextFunction, TooLong, Trap, call_text

TICK = 0.01
"""Seconds between two looks at the wall-clock deadline."""
IDLE = 100
"""Ticks without a call after which the ticker goes to sleep."""
FOR_EVER = 1 << 40

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
    """Advances the engine's epoch while calls run, and rests when none do."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
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
            if self._quiet >= IDLE:
                self._wake.wait()
                self._wake.clear()
            time.sleep(TICK)
            self._quiet += 1
            self._engine.increment_epoch()


class Runtime:
    """The compiled image, ready to be instantiated."""

    def __init__(self, image: Path) -> None:
        self.engine = engine()
        self.component = Component.deserialize_file(self.engine, str(image))
        self.ticker = Ticker(self.engine)
        self._linker = Linker(self.engine)
        functions = wasi.define(
            self._linker, self.component, lambda: self._running()[0]
        )
        ask = TextFunction(
            lambda request: self._running()[0].asked(request),
            lambda: self._running()[0].limits.payload,
        )
        with self._linker.root() as root:
            ask.define(root, "ask")
        self._functions = [*functions, ask]
        # The instance being called is on top; another may be called while it waits.
        self._stack: list[Instance] = []

    def _running(self) -> list[Instance]:
        return self._stack[-1:]

    def instantiate(self, store: Store) -> Any:
        """Make a fresh copy of the image's memory and code."""
        return self._linker.instantiate(store, self.component)

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
        self._store = Store(runtime.engine)
        # One component is many core instances, tables and adapters; memory is the limit
        # that a guest can push.
        self._store.set_limits(memory_size=limits.memory, memories=4)
        self._store.set_fuel(FOR_EVER)
        self._store.set_epoch_deadline(FOR_EVER)
        runtime.enter(self)
        try:
            guest = runtime.instantiate(self._store)
        finally:
            runtime.leave()
        function = guest.get_func(self._store, "run")
        assert function is not None
        self._function = function

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

    def asked(self, request: str) -> str:
        """Answer one question of the guest, or end it."""
        self._host_calls += 1
        self._payload += len(request)
        if self._host_calls > self.limits.host_calls:
            raise self._stop({"quota": "host_calls", "used": self._host_calls})
        question = json.loads(request)
        if "stop" in question:
            raise self._stop({"quota": question["stop"], **question})
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
            return {"failure": _failure("broken", "closed", "this guest has ended")}
        self.limits = limits
        self._stopped = None
        self._fresh_counters()
        text = json.dumps(
            request | {"output": limits.output, "payload": limits.payload}
        )
        if len(text) > limits.payload:
            return {
                "failure": _failure("stopped", "payload", _too_long(len(text), limits))
            }
        started = time.perf_counter()
        reply = self._run(text, limits)
        reply["usage"] = {
            "fuel": limits.fuel - self._store.get_fuel(),
            "seconds": round(time.perf_counter() - started, 6),
            "memory": self._memory_of(reply),
            "output": len(reply.get("output", "")),
            "host_calls": self._host_calls,
            "payload": self._payload + len(text),
        }
        reply["denied"] = self._denied
        reply["read_clock"] = self._read_clock
        return reply

    def _memory_of(self, reply: dict[str, Any]) -> int:
        """What the guest says it holds; a guest that trapped says no more."""
        size = reply.pop("memory", None)
        if isinstance(size, int):
            self._memory = size
        return self._memory

    def _run(self, text: str, limits: Limits) -> dict[str, Any]:
        self._store.set_fuel(limits.fuel)
        self._store.set_epoch_deadline(max(1, int(limits.seconds / TICK)))
        self._runtime.ticker.needed()
        self._runtime.enter(self)
        try:
            answer = call_text(self._store, self._function, text, limits.payload * 2)
            self._payload += len(answer)
            reply = json.loads(answer)
            if not isinstance(reply, dict):
                raise ValueError("not an object")
        except TooLong as error:
            self._alive = False
            return {
                "failure": _failure("stopped", "payload", _too_long(error.size, limits))
            }
        except ValueError as error:
            self._alive = False
            return {"failure": _failure("broken", "answer", f"not JSON: {error}")}
        except WasmtimeError as error:
            self._alive = False
            return self._trapped(error, limits)
        else:
            return reply
        finally:
            self._runtime.leave()

    def _trapped(self, error: WasmtimeError, limits: Limits) -> dict[str, Any]:
        why = self._stopped or {}
        if "denied" in why:
            return {"failure": _failure("denied", why["denied"], "was not granted")}
        if "quota" in why:
            quota = str(why["quota"])
            used = why.get("used", "")
            allowed = getattr(limits, quota, "?")
            message = f"used {used} of {allowed}"
            if quota == "memory":
                message = f"wanted more than {allowed} bytes"
            failure = _failure("stopped", quota, message)
            return {"failure": failure, "output": str(why.get("output", ""))}
        if self._store.get_fuel() == 0:
            return {"failure": _failure("stopped", "fuel", f"used all {limits.fuel}")}
        text = str(error)
        if "wasm trap: interrupt" in text:
            return {
                "failure": _failure("stopped", "seconds", f"ran {limits.seconds} s")
            }
        # The text may hold a backtrace, but of the guest's own functions only.
        reason = text.rpartition("Caused by:")[2].strip().rpartition("wasm trap: ")[2]
        return {"failure": _failure("broken", "trap", reason[:200])}


def _failure(kind: str, type: str, message: str) -> dict[str, str]:
    return {"kind": kind, "type": type, "message": message, "where": ""}


def _too_long(size: int, limits: Limits) -> str:
    return f"a message of {size} of {limits.payload} bytes"
