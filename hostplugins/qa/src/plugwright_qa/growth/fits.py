"""Which curve a few points lie on: found by least squares, and no more than is known.

Each model is `a + b * f(n)`; where `f` bends upwards, `a + c * n + b * f(n)` too, if
the last part is what matters in the end: reading arguments is linear, whatever follows.
Errors are taken relative to the points, so that the small sizes count as much as the
large ones. A model is named only if it describes the points and no other does so as
well; two that fit alike are both named, as `not sure`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CONSTANT, LINEAR, LOGLINEAR, QUADRATIC = "constant", "linear", "n log n", "quadratic"
WORSE, NOT_SURE = "worse", "not sure"
NAMES = (CONSTANT, LINEAR, LOGLINEAR, QUADRATIC, WORSE, NOT_SURE)

LEAST_POINTS = 5
LEAST_RANGE = 8.0
"""The largest size has to be so many times the smallest."""
FLAT = 0.1
"""Growth over all sizes, of the smallest point, that still is none."""
GOOD = 0.08
"""Error, on the average and relative to the points, up to which a model fits at all."""
ALIKE = 2.0
"""A model whose error is within this many times the best one's fits as well."""
EXACT = 0.004
"""Below this, one error is no better than another: dictionaries grow in steps."""


@dataclass(frozen=True)
class Point:
    """What was used at one size."""

    size: int
    fuel: int


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What can be said about some points."""

    name: str
    """One of `NAMES`."""
    candidates: tuple[str, ...]
    """The models that fit alike; one, if it is sure; none, if none fits."""
    why: str
    """In a sentence."""
    base: float = 0.0
    factor: float = 0.0
    """Of the model that fits best: `base + slope * size + factor * f(size)`."""
    slope: float = 0.0
    curve: str = CONSTANT
    """Which function `f` is, by name."""
    rate: float = 2.0
    """What an exponential is multiplied by with each step."""

    def at(self, size: float) -> float:
        """What the best model says for a size."""
        f = _function(self.curve, self.rate)
        return self.base + self.slope * size + self.factor * f(size)


CUBIC, EXPONENTIAL = "cubic", "exponential"
_CURVES = (LINEAR, LOGLINEAR, QUADRATIC, CUBIC, EXPONENTIAL)
_BENT = (QUADRATIC, CUBIC, EXPONENTIAL)
_WORSE = (CUBIC, EXPONENTIAL)
MATTERS = 0.3
"""The part of the largest point that a bent curve has to be, to give the name."""


def _function(curve: str, rate: float) -> Callable[[float], float]:
    functions: dict[str, Callable[[float], float]] = {
        CONSTANT: lambda n: 0.0,
        LINEAR: lambda n: n,
        LOGLINEAR: lambda n: n * math.log2(n) if n > 0 else 0.0,
        QUADRATIC: lambda n: n**2,
        CUBIC: lambda n: n**3,
        EXPONENTIAL: lambda n: rate ** min(n, 600 / math.log2(rate)),
    }
    return functions[curve]


def fitted(points: Sequence[Point]) -> Fit:
    """Say how fuel grows with size."""
    points = sorted((p for p in points if p.fuel > 0), key=lambda p: (p.size, p.fuel))
    sizes = {point.size for point in points}
    if len(sizes) < LEAST_POINTS:
        return _unsure(f"{len(sizes)} sizes could be measured; that is too few")
    if max(sizes) < LEAST_RANGE * max(min(sizes), 1):
        return _unsure("the sizes lie too close together")
    fuels = [point.fuel for point in points]
    mean = sum(fuels) / len(fuels)
    if max(fuels) - min(fuels) <= FLAT * max(min(fuels), 1):
        why = f"fuel changes by no more than {FLAT:.0%}"
        return Fit(name=CONSTANT, candidates=(CONSTANT,), why=why, base=mean)
    if fuels[-1] <= fuels[0]:
        return _unsure("fuel does not grow with size")
    models = [found for curve in _CURVES if (found := _model(points, curve))]
    best = min(models, key=lambda model: model.error)
    if best.error > GOOD:
        why = f"no model fits; the nearest, {best.curve}, is {best.error:.0%} off"
        return best.fit(NOT_SURE, (), f"{why} on the average")
    limit = max(ALIKE * best.error, EXACT)
    alike = [model.name for model in models if model.error <= limit]
    names = tuple(dict.fromkeys(alike))
    if len(names) > 1:
        return best.fit(NOT_SURE, names, f"{' and '.join(names)} fit alike")
    why = f"{best.curve} fits, {best.error:.1%} off on the average"
    return best.fit(best.name, names, why)


def _unsure(why: str) -> Fit:
    return Fit(name=NOT_SURE, candidates=(), why=why)


@dataclass(frozen=True, kw_only=True)
class _Model:
    """One curve through the points, as near as it comes."""

    curve: str
    rate: float
    error: float
    base: float
    slope: float
    factor: float

    @property
    def name(self) -> str:
        return WORSE if self.curve in _WORSE else self.curve

    def fit(self, name: str, candidates: tuple[str, ...], why: str) -> Fit:
        """What is said, with this model to draw."""
        return Fit(
            name=name,
            candidates=candidates,
            why=why,
            base=self.base,
            slope=self.slope,
            factor=self.factor,
            curve=self.curve,
            rate=self.rate,
        )


def _model(points: Sequence[Point], curve: str) -> _Model | None:
    """The best model of a curve whose parts are all positive, as what is used is."""
    last, before = points[-1], points[-2]
    rate = (last.fuel / max(before.fuel, 1)) ** (1 / max(last.size - before.size, 1))
    if curve == EXPONENTIAL and rate < 1.01:
        return None
    f = _function(curve, max(rate, 1.01))
    parts: list[Callable[[float], float]] = [lambda n: 1.0, lambda n: n, f]
    found = []
    for used in ((0, 2), (2,), (0, 1, 2), (1, 2)):
        if 1 in used and curve not in _BENT:
            continue
        rows = [[parts[n](p.size) / p.fuel for n in used] for p in points]
        solved = _least_squares(rows)
        if solved is None or min(solved) <= 0:
            continue
        given = dict(zip(used, solved, strict=True))
        if 1 in used and given[2] * f(last.size) < MATTERS * last.fuel:
            continue
        off = [sum(a * b for a, b in zip(row, solved, strict=True)) - 1 for row in rows]
        error = math.sqrt(sum(each**2 for each in off) / len(off))
        found.append(
            _Model(
                curve=curve,
                rate=max(rate, 1.01),
                error=error,
                base=given.get(0, 0.0),
                slope=given.get(1, 0.0),
                factor=given[2],
            )
        )
    return min(found, key=lambda model: model.error, default=None)


def _least_squares(rows: Sequence[Sequence[float]]) -> list[float] | None:
    """The weights whose sums over the rows come nearest to one; None if many do."""
    size = len(rows[0])
    # Columns are brought to one length first, or large powers would drown the rest.
    lengths = [math.sqrt(sum(row[i] ** 2 for row in rows)) for i in range(size)]
    if not all(lengths):
        return None
    unit = [
        [value / by for value, by in zip(row, lengths, strict=True)] for row in rows
    ]
    table = [
        [
            *(sum(row[i] * row[j] for row in unit) for j in range(size)),
            sum(row[i] for row in unit),
        ]
        for i in range(size)
    ]
    for i in range(size):
        pivot = max(range(i, size), key=lambda n: abs(table[n][i]))
        table[i], table[pivot] = table[pivot], table[i]
        if abs(table[i][i]) < 1e-12:
            return None
        table[i] = [value / table[i][i] for value in table[i]]
        for other in range(size):
            if other != i:
                by = table[other][i]
                table[other] = [
                    a - by * b for a, b in zip(table[other], table[i], strict=True)
                ]
    return [table[i][size] / lengths[i] for i in range(size)]
