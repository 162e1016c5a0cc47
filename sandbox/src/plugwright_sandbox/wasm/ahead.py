"""A guest loaded before it is asked for: one more of the kind that was loaded last.

Whoever opens a guest often opens its like again: a fresh one for each test, or after a
trap. What loading gives follows from the request alone, if the guest asked nobody and
looked at no clock, so it can be done while the worker rests. Such a guest has a world
without answers until it is somebody's; one that asks for anything is dropped.
"""

from __future__ import annotations

import os
from collections.abc import Hashable
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn

from wasmtime import WasmtimeError

from plugwright_sandbox.wasm.binding import Trap
from plugwright_sandbox.wasm.compiling import Compiler
from plugwright_sandbox.wasm.instance import Instance, Limits
from plugwright_sandbox.wasm.runtime import Runtime
from plugwright_sandbox.wire.frames import Message

VALUE = '{"value"'
"""How a guest's answer begins, unless something went wrong."""
EASY = 0.005
"""Seconds of a load that may be done ahead; a request may have to wait for it."""
_FUEL, _HOST_CALLS, _SECONDS = 0, 2, 6
"""Places in what a call used."""


class Loaded(NamedTuple):
    """A guest, and what its load said."""

    instance: Instance
    told: dict[str, Any]
    text: str

    @property
    def asked_nothing(self) -> bool:
        """Whether it would have been the same at any time."""
        return (
            self.instance.alive
            and self.told.keys() == {"usage"}
            and self.told["usage"][_HOST_CALLS] == 0
            and self.text.startswith(VALUE)
        )


class Ahead:
    """The one guest that may be there already."""

    def __init__(
        self, runtime: Runtime, compiler: Compiler, easy: float = EASY
    ) -> None:
        self._runtime = runtime
        self._compiler = compiler
        self._easy = easy
        self._last: Message | None = None
        self._fuel = 0
        self._ready: Loaded | None = None

    @property
    def wanted(self) -> bool:
        """Whether there is something to do for a worker that has nothing to do."""
        return self._last is not None and self._ready is None

    def note(self, message: Message, loaded: Loaded) -> None:
        """Remember what was loaded, if another may be loaded ahead."""
        used = loaded.told["usage"]
        is_easy = loaded.asked_nothing and used[_SECONDS] < self._easy
        self._last = message if is_easy else None
        self._fuel = used[_FUEL]
        self._ready = None

    def prepare(self) -> None:
        """Load one more like the last."""
        assert self._last is not None
        head = self._last.head
        limits = Limits(**head["limits"])
        # Another seed may need a little more than the last, and none needs much.
        limits = replace(limits, fuel=min(limits.fuel, 2 * self._fuel))
        free = int.from_bytes(os.urandom(16))
        try:
            instance = Instance(
                self._runtime,
                limits=limits,
                clock=head["clock"],
                seed=free if head.get("free") else int(head["seed"], 16),
                ask=_nobody,
            )
        except WasmtimeError:
            self._last = None
            return
        told, said = self._compiler.load(instance, self._last.text, limits)
        loaded = Loaded(instance, told, said)
        if loaded.asked_nothing:
            self._ready = loaded
        else:
            self._last = None

    def take(self, message: Message) -> Loaded | None:
        """Give the guest that this would load, if it is there."""
        if self._last is None or _kind(message) != _kind(self._last):
            return None
        ready, self._ready = self._ready, None
        return ready


def _kind(message: Message) -> Hashable:
    """Everything that a load follows from."""
    head = message.head
    seed = None if head.get("free") else head["seed"]
    return message.text, tuple(head["limits"].items()), head["clock"], seed


def _nobody(question: str) -> NoReturn:
    raise Trap
