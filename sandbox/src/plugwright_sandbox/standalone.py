"""A sandbox for people who want only a sandbox: source text in, an outcome out.

    from plugwright_sandbox import Sandbox

    with Sandbox.wasm() as sandbox:
        outcome = sandbox.run("def double(n): return 2 * n", "double", [21])
    print(outcome.value)

The outcome also says what went wrong and what was used.
"""

from __future__ import annotations

import asyncio
import math
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

import platformdirs

from plugwright.errors import UsageError
from plugwright.quotas import Quota
from plugwright.sandboxes import (
    JSON,
    Guest,
    Kind,
    Outcome,
    Progress,
    Service,
    Session,
    Wall,
    say_nothing,
)
from plugwright_sandbox.sessions import Engine

Arguments: TypeAlias = Sequence[JSON] | Mapping[str, JSON]
"""Of a call: by position, or by name."""


USUAL = Quota()
"""For who says nothing else."""


def _check(source: object, clock: object, seed: object) -> None:
    """Refuse what the caller got wrong; what the source does wrong is an outcome."""
    is_time = type(clock) in (int, float) and math.isfinite(clock)  # type: ignore[arg-type]
    if not isinstance(source, str):
        raise _wrong("source", "text")
    if not (clock is None or clock == "host" or is_time):
        raise _wrong("clock", '`"host"`, or seconds since 1970 as a finite number')
    if not (seed is None or type(seed) is int):
        raise _wrong("seed", "a whole number")


def _wrong(name: str, right: str) -> UsageError:
    return UsageError(f"`{name}` cannot be that", remedy=f"give {right}")


def _listed(args: Arguments) -> JSON:
    return dict(args) if isinstance(args, Mapping) else list(args)


def _advised(outcome: Outcome) -> Outcome:
    """Tell who was stopped how to ask for more: there is no manifest here."""
    failure = outcome.failure
    if failure is None or failure.kind is not Kind.STOPPED:
        return outcome
    more = f"for more, pass `quota=Quota({failure.type}=…)` to `run` or `open`"
    advised = replace(failure, message=f"{failure.message}; {more}")
    return replace(outcome, failure=advised)


class Program:
    """Loaded source; its functions can be called, and it keeps its state between."""

    def __init__(self, session: Session, sandbox: Sandbox) -> None:
        self._session = session
        self._sandbox = sandbox  # which ends its workers when nobody holds it
        self.loaded = _advised(session.loaded)
        """How loading went; if it failed, every call tells so."""

    def call(
        self, function: str, args: Arguments = (), *, quota: Quota | None = None
    ) -> Outcome:
        """Call a function. Never raises for what the source does."""
        return _advised(self._session.call(function, _listed(args), quota=quota))

    def close(self) -> None:
        """Drop it. Nothing of it runs afterwards."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Sandbox:
    """Runs source text behind a wall. May be used from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # For who does not close it: the workers must not outlive it.
        self._end = weakref.finalize(self, engine.close)

    @classmethod
    def wasm(
        cls, *, cache: Path | None = None, progress: Progress = say_nothing
    ) -> Self:
        """CPython in WebAssembly. The first time ever, this builds it: half a minute.

        `cache` is where it is kept (60 MB); only you may be able to write there.
        """
        from plugwright_sandbox.wasm.engine import WasmSandbox

        where = cache or platformdirs.user_cache_path("plugwright", appauthor=False)
        engine = WasmSandbox(where, [])
        engine.prepare(progress)
        return cls(engine)

    @classmethod
    def restricted(cls) -> Self:
        """Native Python behind a language filter, in a locked process. Linux only.

        Raises HostError where a wall is missing. No fuel; a process for each call.
        """
        from plugwright_sandbox.restricted.engine import RestrictedSandbox

        engine = RestrictedSandbox([])
        engine.prepare(say_nothing)
        return cls(engine)

    def open(
        self,
        source: str,
        *,
        quota: Quota | None = None,
        services: Mapping[str, Service] | None = None,
        clock: float | Literal["host"] | None = None,
        seed: int | None = None,
    ) -> Program:
        """Load source text in an interpreter of its own.

        `services` are what it may ask of you, by name (`wasm` only). `clock` and
        `seed`: see `Guest`; with both given, the same calls use the same fuel and say
        the same.
        """
        guest = self._guest(source, quota, services, clock, seed)
        return Program(self._engine.open(guest), self)

    def run(
        self,
        source: str,
        call: str,
        args: Arguments = (),
        *,
        quota: Quota | None = None,
        services: Mapping[str, Service] | None = None,
        clock: float | Literal["host"] | None = None,
        seed: int | None = None,
    ) -> Outcome:
        """Load source text, call one of its functions, and drop it again.

        The options are those of `open`. The outcome is that of loading, if it failed.
        """
        guest = self._guest(source, quota, services, clock, seed)
        return _advised(self._engine.run(guest, call, _listed(args)))

    def _guest(
        self,
        source: str,
        quota: Quota | None,
        services: Mapping[str, Service] | None,
        clock: float | Literal["host"] | None,
        seed: int | None,
    ) -> Guest:
        self._check_open()
        _check(source, clock, seed)
        if services and self._engine.name == "restricted":
            raise UsageError(
                "source in the `restricted` engine has no way to ask a service",
                remedy="use `Sandbox.wasm()`, or pass what it needs as arguments",
            )
        return Guest(
            name="the source",
            files={"plugin.py": source},
            dispatcher="plain_door:dispatch",
            services=services or {},
            quota=quota or USUAL,
            clock=clock,
            seed=seed,
        )

    async def run_async(
        self, source: str, call: str, args: Arguments = (), **options: Any
    ) -> Outcome:
        """Like `run`, in a thread. Who is cancelled does not wait for the end."""
        work = partial(self.run, source, call, args, **options)
        return await asyncio.to_thread(work)

    def walls(self) -> Sequence[Wall]:
        """Say what stands between the source and this machine, wall by wall."""
        self._check_open()
        return self._engine.walls()

    def _check_open(self) -> None:
        if not self._end.alive:  # nobody would end the workers that it starts now
            raise UsageError(
                "this sandbox has been closed",
                remedy="make a new one: `Sandbox.wasm()`",
            )

    def close(self) -> None:
        """End every worker."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
