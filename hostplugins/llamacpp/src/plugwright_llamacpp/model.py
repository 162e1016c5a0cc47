"""A model and its thread. Nobody else touches the library, so two never do at once."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from plugwright.providers import Cancel
from plugwright_llamacpp.engine import Engine, Footprint
from plugwright_llamacpp.forecast import Forecast
from plugwright_llamacpp.generation import Generation
from plugwright_llamacpp.header import Header
from plugwright_llamacpp.kept import Keeper, Kept, closed
from plugwright_llamacpp.library import give_back_memory
from plugwright_llamacpp.options import Options
from plugwright_llamacpp.seats import Seats
from plugwright_llamacpp.turns import Turns, template_of

T = TypeVar("T")


@dataclass(frozen=True)
class Loaded:
    """All that there is while a model is in memory."""

    engine: Engine
    seats: Seats
    generation: Generation
    turns: Turns | None
    """Nothing for a model that only makes vectors."""


class Model(Kept):
    """One model in this process."""

    def __init__(
        self, header: Header, options: Options, plan: Forecast, keeper: Keeper
    ) -> None:
        super().__init__(header, options, plan, keeper)
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._waiting = 0
        self._lock = threading.Lock()
        self._closed = False
        self._current: _Job[Any] | None = None
        self._loaded: Loaded | None = None
        self._footprint: Footprint | None = None
        self._thread = threading.Thread(
            target=self._work, name=f"llama {header.path.name}", daemon=True
        )

    def start(self) -> None:
        """Load it; raises what keeps it from being loaded, and is closed then."""
        self._thread.start()
        try:
            self._put(_Job(self, lambda loaded: None, Cancel(), has_room=True)).result()
        except BaseException:
            self.close()
            raise

    def submit(
        self, work: Callable[[Loaded], T], cancel: Cancel | None = None
    ) -> Future[T]:
        """Have something done in its thread, after all that was wanted before."""
        return self._put(_Job(self, work, cancel or Cancel()))

    def _put(self, job: _Job[T]) -> Future[T]:
        with self._lock:
            if self._closed:
                raise closed(self.name)
            self._waiting += 1
            self._jobs.put(job)
        return job.future

    @property
    def is_busy(self) -> bool:
        return self._waiting > 0

    @property
    def is_loaded(self) -> bool:
        return self._loaded is not None

    @property
    def footprint(self) -> Footprint | None:
        """What it holds now; nothing while it is unloaded."""
        return self._footprint

    @property
    def roles(self) -> Mapping[str, int]:
        """Who has a seat in it, and how many tokens each has read."""
        loaded = self._loaded
        return loaded.seats.taken() if loaded is not None else {}

    def unload(self) -> None:
        """Give its memory back until somebody asks it again."""
        if self.is_loaded:
            self._put(_Job(self, None, Cancel())).result()

    def close(self) -> None:
        """End its thread, and what it is doing; a second time does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            current = self._current
            self._jobs.put(None)
        if current is not None:
            current.cancel.wish()
        if self._thread is not threading.current_thread() and self._thread.ident:
            self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            tell = self._do(job)
            with self._lock:
                self._waiting -= 1
            # Only now: whoever hears of it may want its memory for another at once.
            tell()
            del job, tell  # or what they hold lives until the next comes
        self._drop()

    def _do(self, job: _Job[Any]) -> Callable[[], None]:
        if self._closed:
            return partial(job.future.set_exception, closed(self.name))
        self._keeper.begin()
        try:
            if job.work is None:
                self._drop()
                return partial(job.future.set_result, None)
            loaded = self._in_memory(job)
            with job:
                result = job.work(loaded)
            self._footprint = loaded.engine.footprint
        except BaseException as error:  # broad on purpose: it belongs to who asked
            return partial(job.future.set_exception, error)
        finally:
            self._keeper.end()
        return partial(job.future.set_result, result)

    def _in_memory(self, job: _Job[Any]) -> Loaded:
        if self._loaded is None:
            if not job.has_room:
                self._keeper.make_room(self)
            try:
                self._loaded = self._load()
            finally:
                self._keeper.has_come(self)
            self._footprint = self._loaded.engine.footprint
        return self._loaded

    def _load(self) -> Loaded:
        header = self.header
        # Before the weights: a missing template should not cost seconds.
        template = template_of(header, self.options.template) if header.answers else ""
        engine = Engine(header, self.options, self.plan)
        try:
            seats = Seats(engine)
            turns = (
                Turns(
                    template,
                    bos=engine.text_of(engine.bos),
                    eos=engine.text_of(engine.eos),
                    control=[engine.text_of(each) for each in header.control],
                    model=header.path.name,
                )
                if header.answers
                else None
            )
        except BaseException:
            engine.close()
            raise
        generation = Generation(engine, seats, self.threads, header.name)
        return Loaded(engine, seats, generation, turns)

    def _drop(self) -> None:
        loaded, self._loaded, self._footprint = self._loaded, None, None
        if loaded is not None:
            loaded.engine.close()
            give_back_memory()

    def turn_to(self, job: _Job[Any] | None) -> None:
        """Say which job the stop button is for now."""
        assert self._loaded is not None
        with self._lock:
            self._current = job
            is_wished = job is not None and (job.cancel.is_wished or self._closed)
            self._loaded.engine.button[0] = b"\1" if is_wished else b"\0"

    def press(self, job: _Job[Any]) -> None:
        """Stop a job, if it is the one that is being done."""
        with self._lock:
            if self._current is job and self._loaded is not None:
                self._loaded.engine.button[0] = b"\1"


class _Job(Generic[T]):
    """Something to do for a model, and who waits for it."""

    def __init__(
        self,
        model: Model,
        work: Callable[[Loaded], T] | None,
        cancel: Cancel,
        *,
        has_room: bool = False,
    ) -> None:
        self.work = work
        """Nothing is the wish that the model be unloaded."""
        self.cancel = cancel
        self.has_room = has_room
        self.future: Future[T] = Future()
        self._model = model

    def __enter__(self) -> None:
        self._model.turn_to(self)
        # A `Cancel` may live longer than many jobs, and must not keep them.
        mine = weakref.ref(self)

        def press() -> None:
            job = mine()
            if job is not None:
                job._model.press(job)

        self.cancel.then(press)

    def __exit__(self, *_: object) -> None:
        self._model.turn_to(None)
