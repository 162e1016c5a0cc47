"""Which models this process has in memory, who uses them, and what they may need."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from plugwright.amounts import size_in_words
from plugwright.errors import Unavailable, UsageError
from plugwright_llamacpp.engine import Footprint
from plugwright_llamacpp.forecast import Forecast, default_budget, forecast
from plugwright_llamacpp.header import Header, read_header
from plugwright_llamacpp.kept import Kept, closed
from plugwright_llamacpp.model import Model
from plugwright_llamacpp.options import Options

K = TypeVar("K", bound=Kept)
_Key = tuple[type[Kept], str, int, int, Options]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How it is with one model."""

    name: str
    leases: int
    is_loaded: bool
    is_busy: bool
    priority: int
    plan: Forecast
    footprint: Footprint | None
    """What it really takes, once it is loaded: private and reclaimable apart."""
    roles: Mapping[str, int]
    """Who has a seat in it, and how many tokens each has read."""


class Lease(Generic[K]):
    """The right to use a model; it stays in reach until every lease is closed."""

    def __init__(self, models: Models, key: _Key, model: K) -> None:
        self._models = models
        self._key = key
        self._model: K | None = model
        self._lock = threading.Lock()
        self.name = model.name

    @property
    def model(self) -> K:
        """The model; raises `UsageError` after `close`."""
        model = self._model
        if model is None:
            raise closed(self.name)
        model.used = time.monotonic()
        return model

    def close(self) -> None:
        """Give it back; a second time does nothing."""
        with self._lock:
            model, self._model = self._model, None
        if model is not None:
            self._models.give_back(self._key, model)


class Models:
    """The models of one process. Same file and options: same model, counted leases."""

    def __init__(self, budget: int = 0) -> None:
        self.budget = budget
        """Bytes for all together; zero asks the machine what is free."""
        self._models: dict[_Key, Kept] = {}
        self._coming: set[Kept] = set()
        """For whom room was made, and who are not there yet."""
        self._lock = threading.RLock()
        self._working = 0
        self._counting = threading.Lock()
        self._cores = cores()
        self._threads = self._cores

    def lease(self, path: Path, options: Options) -> Lease[Model]:
        """Load a model, or share it; raises `UsageError` if it does not fit."""
        return self.leased(Model, path, options)

    def leased(self, kind: type[K], path: Path, options: Options) -> Lease[K]:
        """The same for a model that runs anywhere: the kind says where."""
        with self._lock:
            header = read_header(path)
            if options.lora:
                read_header(Path(options.lora))
            status = path.stat()
            place = os.path.realpath(path), status.st_mtime_ns, status.st_size
            key = (kind, *place, options)
            model = self._models.get(key)
            if model is None:
                plan = self._planned(header, options)
                model = kind(header, options, plan, self)
                model.start()
                self._models[key] = model
            assert isinstance(model, kind)  # it is in the key
            model.leases += 1
            return Lease(self, key, model)

    def give_back(self, key: _Key, model: Kept) -> None:
        """Count one lease less; the last closes the model."""
        with self._lock:
            model.leases -= 1
            if model.leases > 0:
                return
            self._models.pop(key, None)
        model.close()

    def standings(self) -> list[Standing]:
        """Tell of every model that somebody has a lease of."""
        with self._lock:
            return [
                Standing(
                    name=model.name,
                    leases=model.leases,
                    is_loaded=model.is_loaded,
                    is_busy=model.is_busy,
                    priority=model.options.priority,
                    plan=model.plan,
                    footprint=model.footprint,
                    roles=model.roles,
                )
                for model in self._models.values()
            ]

    def unload(self, name: str) -> bool:
        """Give the memory of a model back until it is asked again."""
        with self._lock:
            found = [m for m in self._models.values() if m.name == name and m.is_loaded]
        for model in found:
            model.unload()
        return bool(found)

    def close(self) -> None:
        """Close every model, whoever still has a lease."""
        with self._lock:
            models = [*self._models.values()]
            self._models.clear()
        for model in models:
            model.close()

    # What models ask of whoever keeps them.

    def make_room(self, model: Kept) -> None:
        """Unload others, so that a model that was unloaded can come back."""
        with self._lock:
            self._fit(model)
            self._coming.add(model)

    def has_come(self, model: Kept) -> None:
        """Count it as what it is from now on."""
        self._coming.discard(model)

    def begin(self) -> None:
        """Count one more model that is at work."""
        with self._counting:
            self._working += 1
            self._threads = max(1, self._cores // self._working)

    def end(self) -> None:
        """Count one less."""
        with self._counting:
            self._working -= 1
            self._threads = max(1, self._cores // max(self._working, 1))

    def threads(self) -> int:
        """Tell how many threads each model at work may have now."""
        return self._threads

    def use_cores(self, count: int) -> None:
        """Share out so many cores from now on, because others need the rest."""
        with self._counting:
            self._cores = count
            self._threads = max(1, count // max(self._working, 1))

    def _planned(self, header: Header, options: Options) -> Forecast:
        while True:
            try:
                return forecast(header, options, self._left())
            except UsageError:
                if not self._evict(options.priority):
                    raise

    def _fit(self, model: Kept) -> None:
        while model.plan.total > self._left():
            if not self._evict(model.options.priority, model):
                raise Unavailable(
                    model.name,
                    f"it needs {model.plan.in_words()} again, and others hold all but"
                    f" {size_in_words(max(self._left(), 0))}",
                    remedy="ask again when they have answered, or close one of them",
                )

    def _left(self) -> int:
        # Whoever is on the way counts: two that come at once must both fit.
        there = [m.plan for m in self._models.values() if m.is_loaded]
        coming = [m.plan for m in tuple(self._coming) if not m.is_loaded]
        if self.budget:
            return self.budget - sum(plan.total for plan in (*there, *coming))
        # What is private is no longer free; pages of files still count as free.
        taken = sum(plan.reclaimable for plan in there)
        return default_budget() - taken - sum(plan.total for plan in coming)

    def _evict(self, priority: int, coming: Kept | None = None) -> bool:
        """Unload the least important model that waits; tells whether there was one."""
        idle = [
            model
            for model in self._models.values()
            if model.is_loaded
            and model is not coming
            and not model.is_busy
            and model.options.priority <= priority
        ]
        if not idle:
            return False
        min(idle, key=lambda model: (model.options.priority, model.used)).unload()
        return True


def cores() -> int:
    """Tell how many cores this process may use."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        count = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        count = count if quota == "max" else min(count, int(quota) // int(period))
    except (OSError, ValueError):
        pass
    return max(count, 1)
