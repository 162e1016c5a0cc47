"""What came of the contest: one table, and how sure its numbers are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

OURS = "forge with example cards"
DRAWS = 2000


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one strategy made of one request."""

    strategy: str
    request: str
    level: float
    seed: int
    right: bool
    """Whether what was delivered passes the hidden suite."""
    claimed: bool
    calls: int
    confidence: float | None = None
    said: str = ""


Value = Callable[[Outcome], float]


def table(outcomes: Sequence[Outcome], strategies: Iterable[str]) -> str:
    """Write a row for each level and strategy."""
    head = (
        f"{'student':>7}  {'strategy':24}  {'right':>5} {'95 %':>7}  "
        f"{'claimed right':>13}  {'claimed wrong':>13} {'95 %':>7}  "
        f"{'calls':>5}  {'ours is ahead by':>18}"
    )
    lines = [head]
    for level in sorted({each.level for each in outcomes}):
        for strategy in strategies:
            rows = [o for o in outcomes if (o.level, o.strategy) == (level, strategy)]
            if rows:
                ours = [o for o in outcomes if (o.level, o.strategy) == (level, OURS)]
                lines.append(_line(level, strategy, rows, ours))
        lines.append("")
    return "\n".join(lines)


def calibration(outcomes: Iterable[Outcome]) -> str:
    """Write confidence told against the share that was right, by tenths."""
    told = [o for o in outcomes if o.confidence is not None]
    lines = [f"{'told':>11}  {'cases':>5}  {'mean told':>9}  {'right':>5} {'95 %':>7}"]
    for tenth in range(10):
        rows = [o for o in told if min(int((o.confidence or 0) * 10), 9) == tenth]
        if rows:
            mean = sum(o.confidence or 0 for o in rows) / len(rows)
            low, high = between(rows, right)
            lines.append(
                f"{tenth * 10:3}-{tenth * 10 + 10:3} %  {len(rows):7}  {mean:9.0%}  "
                f"{share(rows, right):5.0%} {_range(low, high)}"
            )
    return "\n".join(lines)


def share(rows: Sequence[Outcome], value: Value) -> float:
    """Give the mean of something."""
    return sum(map(value, rows)) / len(rows) if rows else 0.0


def between(
    rows: Sequence[Outcome], value: Value, least: float = 0.0
) -> tuple[float, float]:
    """Give where 95 of 100 means lie if requests had been drawn anew.

    Whole requests are drawn, with all of their seeds: those of one request are alike.
    Where nothing differs there is nothing to draw from; then it is how far off the
    mean, from `least` to 1, could be so that as many requests show no difference.
    """
    requests = sorted({each.request for each in rows})
    if len(values := {value(each) for each in rows}) == 1:
        (only,) = values
        unseen = 1 - 0.025 ** (1 / len(requests))
        return max(only - unseen, least), min(only + unseen, 1.0)
    sums = {r: [0.0, 0] for r in requests}
    for each in rows:
        sums[each.request][0] += value(each)
        sums[each.request][1] += 1
    luck, means = Random(0), list[float]()
    for _ in range(DRAWS):
        drawn = [sums[r] for r in luck.choices(requests, k=len(requests))]
        means.append(sum(s for s, _ in drawn) / sum(n for _, n in drawn))
    means.sort()
    return means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS)]


def ahead(
    ours: Sequence[Outcome], rows: Sequence[Outcome]
) -> tuple[float, float, float]:
    """Give by how much ours is better, and between what: the same cases in pairs."""
    other = {(o.request, o.seed): o for o in rows}
    pairs = [o for o in ours if (o.request, o.seed) in other]

    def gain(outcome: Outcome) -> float:
        rival = other[outcome.request, outcome.seed]
        return float(outcome.right) - float(rival.right)

    return share(pairs, gain), *between(pairs, gain, least=-1.0)


def _line(
    level: float, strategy: str, rows: Sequence[Outcome], ours: Sequence[Outcome]
) -> str:
    gained = ""
    if ours and strategy != OURS:
        mean, low, high = ahead(ours, rows)
        gained = f"{mean * 100:+5.0f} ({low * 100:+.0f} to {high * 100:+.0f})"
    return (
        f"{level:7.0%}  {strategy:24}  {share(rows, right):5.0%} "
        f"{_range(*between(rows, right))}  {share(rows, claimed_right):13.0%}  "
        f"{share(rows, claimed_wrong):13.1%} {_range(*between(rows, claimed_wrong))}"
        f"  {share(rows, lambda o: o.calls):5.1f}  {gained:>18}"
    ).rstrip()


def _range(low: float, high: float) -> str:
    return f"{f'{low * 100:.0f}-{high * 100:.0f}':>7}"


def right(outcome: Outcome) -> float:
    return float(outcome.right)


def claimed_right(outcome: Outcome) -> float:
    return float(outcome.claimed and outcome.right)


def claimed_wrong(outcome: Outcome) -> float:
    return float(outcome.claimed and not outcome.right)
