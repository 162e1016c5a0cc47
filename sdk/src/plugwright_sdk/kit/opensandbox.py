"""A sandbox without a wall: guests run in this process, with the real guest API.

It holds nothing back; it only answers as the real engines do, at once. For tests of
one's own plugins, never for those of others.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.machinery import ModuleSpec
from threading import RLock
from types import ModuleType
from typing import Any

from plugwright.errors import Denied, PlugwrightError
from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import JSON, Failure, Guest, Kind, Outcome, Progress, Wall

_alone = RLock()
"""One guest at a time: while it runs, its modules are everybody's."""


class GuestDenied(PermissionError):
    """What a guest sees where it asked for what it was not granted."""

    plugwright_kind = "denied"


class GuestRefused(RuntimeError):
    """What a guest sees where it asked wrongly."""


class OpenSandbox:
    """Runs guests without a wall."""

    name = "wasm"
    runtime = "python"

    def __init__(self) -> None:
        self.exhausted = ""
        """A quota that is used up: every call is stopped by it."""

    def prepare(self, progress: Progress) -> None:
        """Nothing has to be built."""

    def open(self, guest: Guest) -> OpenSession:
        """Load a guest, with modules of its own."""
        return OpenSession(guest, self)

    def walls(self) -> list[Wall]:
        """There is none."""
        return [Wall("a wall", False, "this double has none")]

    def close(self) -> None:
        """Nothing has to be ended."""


class OpenSession:
    """One guest, with modules of its own."""

    def __init__(self, guest: Guest, engine: OpenSandbox) -> None:
        self.guest = guest
        self.closed = False
        self._engine = engine
        self._denied: list[str] = []
        self._host_calls = 0
        self._sources = {
            file.removesuffix(".py"): text for file, text in guest.files.items()
        }
        bridge: Any = ModuleType("_plugwright_host")
        bridge.call = self._serve
        bridge.Denied, bridge.Refused = GuestDenied, GuestRefused
        self._modules: dict[str, ModuleType] = {"_plugwright_host": bridge}
        self._dispatch: Callable[[str, Any], Any] | None = None
        self.loaded = self._run(self._load, loading=True)

    def call(
        self, operation: str, arguments: JSON, *, quota: Quota | None = None
    ) -> Outcome:
        """Ask the guest's dispatcher."""
        if self.loaded.failure is not None:
            return Outcome(failure=self.loaded.failure)
        if self._engine.exhausted:
            return Outcome(failure=_stopped(self._engine.exhausted))
        assert self._dispatch is not None
        dispatch = self._dispatch
        return self._run(lambda: dispatch(operation, _copy(arguments)))

    @property
    def ready(self) -> bool:
        """Whether a call would begin at once."""
        return not self.closed

    def stop(self) -> None:
        """It has no process to end, so its call goes on."""

    def close(self) -> None:
        """Answer no call any more."""
        self.closed = True

    # What importlib asks of a finder and a loader.

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name in self._sources else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        exec(compile(self._sources[name], f"{name}.py", "exec"), module.__dict__)

    def _load(self) -> Any:
        module, _, function = self.guest.dispatcher.partition(":")
        self._dispatch = getattr(importlib.import_module(module), function)
        return self._dispatch("load", _copy(self.guest.arguments))

    def _run(self, ask: Callable[[], Any], *, loading: bool = False) -> Outcome:
        self._denied, self._host_calls = [], 0
        value, failure, output = None, None, io.StringIO()
        start = time.perf_counter()
        try:
            with self._inside(), redirect_stdout(output):
                value = _copy(ask())
        except BaseException as error:  # broad on purpose: a guest raises anything
            failure = _failure(error, loading)
        return Outcome(
            value=value,
            failure=failure,
            usage=Usage(
                seconds=time.perf_counter() - start, host_calls=self._host_calls
            ),
            output=output.getvalue(),
            denied=tuple(self._denied),
        )

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with _alone:
            yield from self._with_own_modules()

    def _with_own_modules(self) -> Iterator[None]:
        outside = self._taken_out()
        sys.modules.update(self._modules)
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            sys.meta_path.remove(self)
            self._modules = self._taken_out()
            sys.modules.update(outside)

    def _taken_out(self) -> dict[str, ModuleType]:
        own = {"plugwright_sdk", "_plugwright_host", *self._sources}
        names = [name for name in sys.modules if name.partition(".")[0] in own]
        return {name: sys.modules.pop(name) for name in names}

    def _serve(self, service: str, arguments: dict[str, Any]) -> Any:
        self._host_calls += 1
        if service not in self.guest.services:
            self._denied.append(service)
            raise GuestDenied(service)
        try:
            return _copy(self.guest.services[service](_copy(arguments)))
        except Denied as error:
            self._denied.append(error.permission)
            raise GuestDenied(error.permission) from None
        except PlugwrightError as error:
            raise GuestRefused(error.message) from None


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def _stopped(quota: str) -> Failure:
    return Failure(kind=Kind.STOPPED, type=quota, message="used it up")


def _failure(error: BaseException, loading: bool) -> Failure:
    kind = getattr(type(error), "plugwright_kind", "load" if loading else "raised")
    named = str(error.args[0]) if kind == "denied" else type(error).__name__
    return Failure(kind=Kind(kind), type=named, message=str(error), where=_where(error))


def _where(error: BaseException) -> str:
    where, step = "", error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "plugin.py":
            where = f"plugin.py:{step.tb_lineno}"
        step = step.tb_next
    return where
