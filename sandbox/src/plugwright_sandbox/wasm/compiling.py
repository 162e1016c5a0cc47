"""Compiles a guest's files once, however often the guest is loaded.

Compiling is most of what loading a long plugin takes, and a judge loads the same one
for each test. It is done in an instance of its own, which runs nothing of what it
compiles: so what comes of it follows from the source alone, as in a fresh guest. A
guest is told to have used the fuel of both steps, whether the first was done for it or
for one like it before, so that fuel is the same each time.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn

from wasmtime import WasmtimeError

from plugwright_sandbox.wasm.binding import Trap
from plugwright_sandbox.wasm.instance import Instance, Limits
from plugwright_sandbox.wasm.runtime import TICK, Runtime
from plugwright_sandbox.wire import frames

LONG = 2_000
"""Characters of a load; of less, compiling takes no longer than handing it on."""
KEPT, LARGEST = 8, 4 << 20
"""How many sets of files a worker keeps compiled, and how long one may be as text."""
_LOAD, _COMPILE = '{"step":"load",', '{"step":"compile",'
_FUEL, _CPU, _SECONDS = 0, 5, 6
"""Places in what a call used."""


class Compiled(NamedTuple):
    """Files as code, in JSON; empty if they are better compiled while they load."""

    codes: str
    fuel: int = 0


class Compiler:
    """What one worker has compiled."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: OrderedDict[str, Compiled] = OrderedDict()

    def load(
        self, instance: Instance, text: str, limits: Limits
    ) -> tuple[dict[str, Any], str]:
        """Load a guest, as `Instance.call` does that is given the source alone."""
        if not (text.startswith(_LOAD) and LONG <= len(text) <= LARGEST):
            return instance.call(text, limits)
        started, busy = time.perf_counter(), time.thread_time()
        codes, fuel = self._compiled(text, limits)
        asked = text
        if codes:
            asked = f'{_LOAD}"codes":{codes},{text[len(_LOAD) :]}'
        cpu, seconds = time.thread_time() - busy, time.perf_counter() - started
        left = max(limits.seconds - seconds, TICK)
        given = replace(limits, fuel=limits.fuel - fuel, seconds=left)
        told, said = instance.call(asked, given, received=len(text))
        used = told["usage"]
        used[_FUEL] += fuel
        used[_CPU] += cpu
        used[_SECONDS] += seconds
        if "stopped" in told and told["stopped"][0] in ("fuel", "seconds"):
            told["stopped"][1] = getattr(limits, told["stopped"][0])
        return told, said

    def _compiled(self, text: str, limits: Limits) -> Compiled:
        if (found := self._known.get(text)) is None:
            found = self._compile(text, limits)
            if found is None:
                return Compiled("")
            self._known[text] = found
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(text)
        return found if found.fuel <= limits.fuel else Compiled("")

    def _compile(self, text: str, limits: Limits) -> Compiled | None:
        """Compile files; gives nothing if that did not come to an end."""
        try:
            instance = Instance(
                self._runtime, limits=limits, clock=None, seed=0, ask=_nobody
            )
        except WasmtimeError:
            return None
        told, said = instance.call(_COMPILE + text[len(_LOAD) :], limits)
        if told.keys() != {"usage"}:
            return None
        found = frames.parse(said)
        # What Python cannot compile, or warns of, has to be told at each load.
        if found.keys() != {"value", "memory"}:
            return Compiled("")
        codes = frames.dump(found["value"])
        if len(codes) > LARGEST:
            return Compiled("")
        return Compiled(codes, told["usage"][_FUEL])


def _nobody(question: str) -> NoReturn:
    raise Trap
