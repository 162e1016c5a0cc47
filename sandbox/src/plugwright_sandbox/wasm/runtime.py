"""The compiled image in a worker: instantiated ahead of time, one guest at a time.

Three limits work together. Fuel counts instructions and is exact. The epoch is a clock
that a thread advances; a guest that runs when its deadline passes is interrupted. And
the store refuses memory beyond the quota. All three are wasmtime's, so no Python code
inside the guest can reach them.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from wasmtime import Config, Engine, Store
from wasmtime.component import Component, Linker

from plugwright_sandbox.streams import Stream
from plugwright_sandbox.wasm import wasi
from plugwright_sandbox.wasm.binding import TextCall, TextFunction, Trap
from plugwright_sandbox.wire.replies import ENVELOPE

TICK = 0.01
"""Seconds between two looks at the wall-clock deadline."""
IDLE = 100
"""Ticks without a call after which the ticker goes to sleep."""
FOR_EVER = 1 << 40
SPARE_MEMORY = 64 << 20
"""What a spare instance may hold; a smaller quota gets an instance of its own."""
SPARES = 2
"""How many instances wait for the next guests, each some 0.6 MB of its own."""
STACK = 2 << 20
"""Bytes of a guest's stack; the thread that runs it needs more."""
UNUSED = (
    *("exceptions", "function_references", "gc", "memory64", "multi_memory"),
    *("relaxed_simd", "simd", "stack_switching", "tail_call", "threads"),
)
"""Features of WebAssembly that the image does without."""


def engine() -> Engine:
    """The one configuration that images are compiled and run with."""
    config = Config()
    config.strategy = "cranelift"  # the other compiler had an escape in 2026
    config.consume_fuel = True
    config.epoch_interruption = True
    config.parallel_compilation = True
    # The most there is: endless recursion in Python code then ends as RecursionError.
    config.max_wasm_stack = STACK
    # What the image does not use is not there to have mistakes; advisories.toml counts
    # on it.
    for feature in UNUSED:
        setattr(config, f"wasm_{feature}", False)
    config.gc_support = False
    return Engine(config)


class Ticker:
    """Advances the engine's epoch while calls run, and rests when none do.

    It also ends a worker whose host is gone, where the system does not.
    """

    def __init__(self, engine: Engine, running: Callable[[], object]) -> None:
        self._engine = engine
        self._running = running
        self._host = os.getppid()
        self._wake = threading.Event()
        self._quiet = IDLE

    def start(self) -> None:
        """Start the thread; not before the process has its last fork behind it."""
        self._host = os.getppid()
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


class Outside(wasi.World, Protocol):
    """What an instance finds outside while it runs."""

    def admit(self, size: int) -> None:
        """Count a question of so many bytes before it is read, or raise."""

    def asked(self, question: str) -> str:
        """Answer a question, or raise."""


class Resting:
    """What a guest finds outside before it is anybody's: nothing to ask."""

    REQUEST = json.dumps(
        {"step": "rest", "limits": {"output": 0, "writes": 0, "payload": ENVELOPE}}
    )

    def __init__(self) -> None:
        self._stream = Stream(0)

    def random_bytes(self, count: int) -> bytes:
        """What the interpreter seeds itself with; loading a guest does so again."""
        return self._stream.take(count)

    def seconds(self) -> float:
        """There is no time yet."""
        raise Trap

    def admit(self, size: int) -> None:
        """There is nobody to ask yet."""
        raise Trap

    def asked(self, question: str) -> str:
        """There is nobody to ask yet."""
        raise Trap


class Fresh(NamedTuple):
    """An instance of the image that nobody has run yet."""

    store: Store
    run: TextCall


class Runtime:
    """The compiled image, ready to be instantiated."""

    def __init__(self, image: Path) -> None:
        self.engine = engine()
        component = Component.deserialize_file(self.engine, str(image))
        self._component = component
        # The instance being called is on top; another may be called while it waits.
        self._stack: list[Outside] = []
        self.ticker = Ticker(self.engine, lambda: self._stack)
        self._linker = Linker(self.engine)
        functions = wasi.define(self._linker, component, lambda: self._stack[-1])
        ask = TextFunction(
            lambda question: self._stack[-1].asked(question),
            lambda size: self._stack[-1].admit(size),
        )
        with self._linker.root() as root:
            ask.define(root, "ask")
        self._functions = [*functions, ask]
        self._spares: list[Fresh] = []

    @property
    def wants_spares(self) -> bool:
        """Whether there is something to do for a worker that has nothing to do."""
        return len(self._spares) < SPARES

    def make_spare(self) -> None:
        """Instantiate a guest ahead of time."""
        self._spares.append(self._instantiated(SPARE_MEMORY))

    def take_fresh(self, memory: int) -> Fresh:
        """Give an instance that nobody has run: a spare one, or else a new one."""
        if self._spares and memory >= SPARE_MEMORY:
            return self._spares.pop()
        return self._instantiated(memory)

    def _instantiated(self, memory: int) -> Fresh:
        store = Store(self.engine)
        limit_memory(store, memory)
        store.set_fuel(FOR_EVER)
        store.set_epoch_deadline(FOR_EVER)
        guest = self._linker.instantiate(store, self._component)
        function = guest.get_func(store, "run")
        assert function is not None
        run = TextCall(store, function)
        self.enter(Resting())
        try:
            run(Resting.REQUEST, 2 * ENVELOPE)
        finally:
            self.leave()
        return Fresh(store, run)

    def enter(self, outside: Outside) -> None:
        """Note whose questions come now."""
        self._stack.append(outside)

    def leave(self) -> None:
        """Note that this call is over."""
        self._stack.pop()


def limit_memory(store: Store, size: int) -> None:
    """Let a store's guest hold so many bytes."""
    # One component is many core instances, tables and adapters; memory is the limit
    # that a guest can push.
    store.set_limits(memory_size=size, memories=4)
