"""Works on many things at the same time, and gives what comes of them in order.

With threads of its own that nobody waits for: those of `concurrent.futures` are waited
for at the end of the program, and a model may take minutes. Ctrl-C has to work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
"""How many things per worker are begun before the first of them is taken."""
TICK = 0.5
"""Seconds after which who waits may show that it still does."""


class _Slot(Generic[T, R]):
    def __init__(self, thing: T) -> None:
        self.thing = thing
        self._done = Event()
        self._result: R | None = None
        self._error: BaseException | None = None

    def work(self, work: Callable[[T], R]) -> None:
        try:
            self._result = work(self.thing)
        except BaseException as error:  # it is raised where somebody waits
            self._error = error
        self._done.set()

    def take(self, tick: Callable[[], object]) -> R:
        while not self._done.wait(TICK):
            tick()
        if self._error is not None:
            raise self._error
        return cast(R, self._result)


def in_order(
    work: Callable[[T], R],
    things: Iterable[T],
    workers: int,
    tick: Callable[[], object] = bool,
) -> Iterator[R]:
    """Give what `work` makes of each thing. Closing it ends what is not begun.

    `tick` is called now and then by who waits.
    """
    waiting: SimpleQueue[_Slot[T, R] | None] = SimpleQueue()
    slots: deque[_Slot[T, R]] = deque()
    is_over = Event()

    def labour() -> None:
        while (slot := waiting.get()) is not None and not is_over.is_set():
            slot.work(work)

    for _ in range(workers):
        Thread(target=labour, daemon=True).start()
    try:
        for thing in things:
            slots.append(_Slot(thing))
            waiting.put(slots[-1])
            if len(slots) >= workers * AHEAD:
                yield slots.popleft().take(tick)
        while slots:
            yield slots.popleft().take(tick)
    finally:
        is_over.set()
        for _ in range(workers):
            waiting.put(None)
