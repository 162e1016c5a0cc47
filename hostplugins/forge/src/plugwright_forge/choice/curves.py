"""Monotone curves as data, and how to fit one to what was seen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Curve:
    """Points with straight lines between them; level before the first, after the last.

    It never falls.
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.points:
            raise ValueError("a curve needs a point")
        for (x, y), (later, above) in pairwise(self.points):
            if later <= x or above < y:
                raise ValueError("the points of a curve go to the right and never down")

    def __call__(self, x: float) -> float:
        """Read the curve."""
        at = bisect_right(self.points, x, key=lambda point: point[0])
        if at == 0 or at == len(self.points):
            return self.points[max(at - 1, 0)][1]
        (left, low), (right, high) = self.points[at - 1], self.points[at]
        return low + (high - low) * (x - left) / (right - left)


STRAIGHT = Curve(((0.0, 0.0), (1.0, 1.0)))


def fitted(seen: Iterable[tuple[float, bool]], least: int = 10) -> Curve:
    """Fit a rising curve to (what was estimated, whether it was right).

    Isotonic regression: neighbours are pooled until nothing falls and every pool has
    `least` cases. One case of each kind is added to each pool, so that nothing is ever
    said to be certain.
    """
    cases: dict[float, list[bool]] = {}
    for x, right in seen:
        cases.setdefault(x, []).append(right)
    pools: list[_Pool] = []
    for x, found in sorted(cases.items()):
        pools.append(_Pool(x * len(found), sum(found), len(found)))
        while len(pools) > 1 and _must_join(pools[-2], pools[-1], least):
            pools[-2:] = [pools[-2] + pools[-1]]
    while len(pools) > 1 and pools[-1].cases < least:
        pools[-2:] = [pools[-2] + pools[-1]]
    points: list[tuple[float, float]] = []
    for pool in pools:
        y = (pool.right + 1) / (pool.cases + 2)
        if not points or pool.sum / pool.cases > points[-1][0]:
            floor = points[-1][1] if points else 0.0
            points.append((pool.sum / pool.cases, max(y, floor)))
    return Curve(tuple(points)) if points else STRAIGHT


@dataclass(frozen=True)
class _Pool:
    sum: float
    right: int
    cases: int

    def __add__(self, other: _Pool) -> _Pool:
        return _Pool(
            self.sum + other.sum, self.right + other.right, self.cases + other.cases
        )


def _must_join(one: _Pool, other: _Pool, least: int) -> bool:
    falls = one.right * other.cases >= other.right * one.cases
    return falls or one.cases < least
