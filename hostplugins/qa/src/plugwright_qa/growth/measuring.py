"""Runs a command with more and more, each time in a fresh guest; counts its fuel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from plugwright.judging import Case
from plugwright.sandboxes import JSON, Sandbox
from plugwright_qa.growth.fits import Fit, Point, fitted
from plugwright_qa.growth.plots import plot
from plugwright_qa.growth.sizes import Way, scaled, ways
from plugwright_qa.subject import Subject, said

SIZES = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
"""Numbers grow in finer steps in the beginning: what doubles with each of them is over
soon."""
MOST_FUEL = 2_000_000_000
"""Where measuring ends; enough for any curve to show."""
VALUES = (2, 4, 6, 8, 10, 12, 16, 20, 32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """How the fuel of a command grows with one of its arguments."""

    command: str
    way: Way
    points: tuple[Point, ...]
    fit: Fit
    stopped: str = ""
    """Why no larger size was measured: "at 512: stopped by the quota `fuel`: …"."""

    @property
    def svg(self) -> str:
        """A plot, as the text of an SVG file."""
        title = f"{self.command}({self.way.argument})"
        size = f"{self.way.kind} of {self.way.argument}"
        return plot(title, size, self.points, self.fit)


def measured(
    sandbox: Callable[[str], Sandbox],
    case: Case,
    command: str,
    schema: Mapping[str, Any],
    example: Mapping[str, JSON],
    sizes: Sequence[int] = (),
) -> tuple[Growth, ...]:
    """Measure a command once for each argument of an example that can grow.

    `schema` is the command's, as the plugin describes it. Fuel includes reading the
    arguments, so a command that is given a list is never better than linear.
    """
    return tuple(
        _grown(sandbox, case, command, schema, example, way, sizes)
        for way in ways(schema, example)
    )


def _grown(
    sandbox: Callable[[str], Sandbox],
    case: Case,
    command: str,
    schema: Mapping[str, Any],
    example: Mapping[str, JSON],
    way: Way,
    sizes: Sequence[int],
) -> Growth:
    sizes = sizes or (VALUES if way.kind == "value" else SIZES)
    inside = {max(way.smallest, min(size, way.largest)) for size in sizes}
    points: list[Point] = []
    quota = replace(case.quota, fuel=min(case.quota.fuel, MOST_FUEL))
    case = replace(case, quota=quota)
    stopped = ""
    for size in sorted(inside):
        arguments = scaled(schema, example, way, size)
        subject = Subject.of(case)
        session = sandbox(case.engine).open(subject.guest(case, initialise=True))
        outcome = session.loaded
        if outcome.failure is None:
            asked: JSON = {"name": command, "arguments": arguments}
            outcome = session.call("command", asked)
        session.close()
        if outcome.failure is not None:
            stopped = f"at {size}: {said(outcome.failure)}"
            break
        points.append(Point(size, outcome.usage.fuel))
    return Growth(
        command=command,
        way=way,
        points=tuple(points),
        fit=fitted(points),
        stopped=stopped,
    )
