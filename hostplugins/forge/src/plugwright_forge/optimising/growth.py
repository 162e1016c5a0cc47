"""Whether fuel grows faster than n log n: whether there is much to be won at all.

Differences tell it: from one doubling to the next they double where fuel is linear, and
are four times as much where it is quadratic. What every call costs is in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from plugwright.judging import Call
from plugwright_forge.optimising.inputs import (
    Story,
    growing,
    long,
    longer,
    richest_first,
)
from plugwright_forge.optimising.workshop import Seen, Workshop

SIZES = (64, 128, 256, 512)
"""Items of lists, letters of texts."""
STEPS = (2, 4, 8, 16)
"""What numbers grow by where there is nothing else that can."""
FASTER = 2.5
"""Times that a difference is the one before; n log n comes to 2.23 at these sizes."""
FASTER_STEPS = 3.0
"""The same for numbers; n log n comes to 2.55, and the square to four."""
MOVES = 1.2
"""What the largest costs, by the smallest; below, there is nothing to be won."""
INPUTS = 2
"""Of each command: an example, and the one with most in it."""
KEY = "optimise/growth"


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What a command costs, doubling by doubling."""

    command: str
    rate: float
    """What a doubling multiplies the difference by; 0 where nothing grows."""
    is_fast: bool
    """Whether that is more than for n log n."""
    story: Story
    """The largest input that was answered."""

    def in_words(self) -> str:
        """Say it in a line."""
        if not self.rate:
            return f"`{self.command}` ran out of its quota when it was given more"
        return (
            f"`{self.command}`: fuel grows faster than n log n (with every doubling, "
            f"{self.rate:.1f} times the difference before; twice is linear)"
        )


def growths(workshop: Workshop, code: str, calls: Sequence[Call]) -> list[Growth]:
    """Measure each command that takes something that can grow; the fastest first."""
    rows = [row for call in _chosen(calls) for row in _rows(call)]
    stories = tuple((call,) for row in rows for call in row)
    if not stories:
        return []
    seen = iter(workshop.seen(KEY, code, stories))
    found: dict[str, Growth] = {}
    for row in rows:
        each = _measured(row, [next(seen) for _ in row])
        best = found.get(row[0].command)
        if each and (best is None or _order(each) > _order(best)):
            found[each.command] = each
    return sorted(found.values(), key=_order, reverse=True)


def _order(growth: Growth) -> tuple[bool, float]:
    return growth.is_fast, growth.rate


def _chosen(calls: Sequence[Call]) -> list[Call]:
    by_command: dict[str, list[Call]] = {}
    for call in calls:
        by_command.setdefault(call.command, []).append(call)
    return [
        call
        for some in by_command.values()
        for call in (some[0], *richest_first(some)[: INPUTS - 1])
    ]


def _rows(call: Call) -> list[tuple[Call, ...]]:
    """The call with more and more; none, where nothing of it can grow."""
    given, can_grow = call.arguments, growing(call.arguments)
    if can_grow:
        steps: list[Mapping[str, Any]] = [
            longer(given, can_grow, partial(_long, size=size)) for size in SIZES
        ]
    else:
        numbers: dict[str, Any] = {n: v for n, v in given.items() if type(v) is int}
        steps = [
            {name: value + step for name, value in numbers.items()}
            for step in (STEPS if numbers else ())
        ]
    row = tuple(
        Call(command=call.command, arguments={**given, **more}) for more in steps
    )
    return [row] if row else []


def _long(value: Any, size: int) -> Any:
    return long(value, size, True, Random(size))


def _measured(row: Sequence[Call], seen: Sequence[Seen]) -> Growth | None:
    fuel = [each.fuel for each in seen if each.answered]
    if not fuel or not seen[0].answered:
        return None  # it refuses such inputs, so nobody knows
    story: Story = (row[len(fuel) - 1],)
    command = row[0].command
    if any(each.whole < 1 for each in seen):
        return Growth(command=command, rate=0.0, is_fast=True, story=story)
    if len(fuel) < len(row):
        return None
    before, after = fuel[2] - fuel[0], fuel[3] - fuel[1]
    moves = fuel[3] >= MOVES * fuel[0] and before > 0
    rate = after / before if moves else 0.0
    limit = FASTER if growing(row[0].arguments) else FASTER_STEPS
    return Growth(command=command, rate=rate, is_fast=rate > limit, story=story)
