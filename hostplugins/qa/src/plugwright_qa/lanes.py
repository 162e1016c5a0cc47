"""Several judgings side by side, each in sandboxes of its own.

Two judgings in one sandbox could meet in one worker process: a test that runs long
would hold up the other's plugin, and a worker that has to be ended would end both. So
every lane but the first has its own engines, for as long as it is needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TypeAlias

from plugwright.judging import Case, Report
from plugwright.sandboxes import Sandbox, SandboxOffer, say_nothing

Engines: TypeAlias = Callable[[str], Sandbox]
"""Gives the sandbox of a name, ready for guests."""

WORTH = 4
"""So many cases are worth opening another lane, which takes as long as two verdicts."""


class Lane:
    """Sandboxes that nobody else has."""

    def __init__(self, offers: Sequence[SandboxOffer]) -> None:
        self._offers = {offer.name: offer for offer in offers}
        self._open: dict[str, Sandbox] = {}

    def sandbox(self, name: str) -> Sandbox:
        """Open an engine, the first time."""
        if name not in self._open:
            sandbox = self._offers[name].open()
            self._open[name] = sandbox
            sandbox.prepare(say_nothing)
        return self._open[name]

    def close(self) -> None:
        """End all of their workers."""
        for sandbox in self._open.values():
            sandbox.close()


def side_by_side(
    judged: Callable[[Engines, Case], Report],
    cases: Sequence[Case],
    first: Engines,
    open_lane: Callable[[], Lane] | None,
) -> list[Report]:
    """Judge all cases in as many lanes as there are processors, if it is worth it."""
    wanted = min(processors(), len(cases) // WORTH + 1)
    if open_lane is None or wanted < 2:
        return [judged(first, case) for case in cases]
    with ExitStack() as ending:
        free: SimpleQueue[Engines] = SimpleQueue()
        free.put(first)
        for _ in range(wanted - 1):
            lane = open_lane()
            ending.callback(lane.close)
            free.put(lane.sandbox)

        def work(case: Case) -> Report:
            engines = free.get()
            try:
                return judged(engines, case)
            finally:
                free.put(engines)

        pool = ending.enter_context(ThreadPoolExecutor(wanted))
        return list(pool.map(work, cases))


def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
