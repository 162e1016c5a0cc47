"""Measured numbers: how they are taken, and how they are shown.

Absolute times drift with the machine, so whatever is compared is measured in turn, in
the same seconds, and the median of many is what counts.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Work = Callable[[], object]
Timed = Callable[[], float]
"""Does something once, and gives back the seconds it took where it was done."""


@dataclass(frozen=True)
class Figure:
    """One measured number beside what is promised."""

    what: str
    measured: float
    unit: str
    promised: float | None = None
    at_least: bool = False
    """Whether more is better."""
    note: str = ""
    """What else was seen: the spread, or the two sides of a ratio."""

    @property
    def holds(self) -> bool:
        """Whether the promise is kept in this run, if there is one."""
        if self.promised is None:
            return True
        if self.at_least:
            return self.measured >= self.promised
        return self.measured <= self.promised

    def line(self) -> str:
        """One row of the table."""
        row = f"{self.what:<46}{self.measured:>9.3f} {self.unit:<3}"
        if self.promised is not None:
            sign = "≥" if self.at_least else "≤"
            mark = "holds" if self.holds else "MISSED"
            row += f" promised {sign} {self.promised:g} {self.unit:<3}{mark:<7}"
        return f"{row} {self.note}".rstrip()


def seconds(work: Work) -> float:
    """How long it takes, once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(work: Work, runs: int) -> float:
    """Seconds of one call, the median of many."""
    return statistics.median([seconds(work) for _ in range(runs)])


def in_turn(
    works: Mapping[str, Timed], runs: int, *, rest: float = 0.0, again: bool = False
) -> dict[str, list[float]]:
    """Seconds of each piece of work, done in turn so that drift hits them all.

    `rest` is slept before each. The first round is not counted, nor is, with `again`,
    the first time of each: it finds the caches full of somebody else's things.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs + 1):
        for name, work in works.items():
            time.sleep(rest)
            if again:
                work()
            times[name].append(work())
    return {name: taken[1:] for name, taken in times.items()}


def ratio(first: Sequence[float], second: Sequence[float]) -> float:
    """How much longer the first takes, the median of the rounds."""
    return statistics.median([a / b for a, b in zip(first, second, strict=True)])


def quantile(times: Sequence[float], part: float) -> float:
    """The time that so many of all do not exceed; 0.99 is one in a hundred."""
    return sorted(times)[min(len(times) - 1, int(part * len(times)))]


def spread(times: Sequence[float], unit: float, name: str) -> str:
    """Median and tenth part, in words."""
    middle, tenth = statistics.median(times) / unit, quantile(times, 0.1) / unit
    return f"{middle:.3g} {name} (p10 {tenth:.3g})"
