"""A session that the page follows: each step is told, and between two one may pause."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from plugwright.judging import TestResult
from plugwright.sandboxes import JSON
from plugwright_forge.budget import UNITS, Amounts, Purse
from plugwright_forge.session import Session
from plugwright_forge.shown import observed
from plugwright_forge.web.desk import Desk
from plugwright_forge.web.feed import Feed

_TOLD = ("interview/", "card/", "stuck/", "alarm/")
"""Steps whose values a person wants to see, after a resume as well."""


class Followed(Session):
    """A session whose steps a desk hears of."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        super().__init__(folder, time.time)
        self._desk = desk
        self._told: set[str] = set()
        self._purse = Purse(self.options.budget)

    def step(self, key: str, compute: Callable[[], JSON]) -> JSON:
        """Do the step as ever, after whatever pause a person wants."""
        if not self.has(key):
            with self.waiting():
                self._desk.look_up()
            with self._desk.at_step(key):
                super().step(key, compute)
        value = super().step(key, compute)
        if key not in self._told:
            self._told.add(key)
            self._tell(key, value)
        return value

    def _tell(self, key: str, value: JSON) -> None:
        self._purse.spend(self._amounts(value))
        feed = self._desk.feed
        feed.tell("budget", lines=_lines(self._purse))
        kind = next((kind for kind in _TOLD if key.startswith(kind)), "")
        if kind:
            about = kind.rstrip("/")
            feed.tell("kept", about=about, key=key, value=value, shown=_shown(value))

    def _amounts(self, value: JSON) -> Amounts:
        """Count what a step used, by what the log says of it."""
        wall = self.worked
        if not isinstance(value, dict) or "tokens_out" not in value:
            return Amounts(seconds=self.took, wall=wall)
        read, written = value.get("tokens_in"), value.get("tokens_out")
        money = value.get("money", 0.0)
        return Amounts(
            calls=1,
            tokens=(read + written)
            if isinstance(read, int) and isinstance(written, int)
            else 0,
            seconds=self.took,
            wall=wall,
            money=money if isinstance(money, int | float) else 0.0,
        )


def _shown(value: JSON) -> JSON:
    """Say what an example came to, if that is what it is."""
    output = value.get("output") if isinstance(value, dict) else None
    return observed(output) if isinstance(output, str) else None


def _lines(purse: Purse) -> list[JSON]:
    """Say of each amount how much is spent, and of how much."""
    spent, most = asdict(purse.spent), asdict(purse.budget)
    return [
        {"what": what, "spent": spent[name], "most": most[name]}
        for name, what in UNITS.items()
    ]


class PageDisplay:
    """Tells the page what goes on."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stay: the page is there until the decision."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Go on: on a page there is room for questions, too."""
        yield

    def phase(self, name: str) -> None:
        """Light up a phase."""
        self._feed.tell("phase", name=name)

    def working(self, role: str, about: str) -> None:
        """Show who works on what."""
        self._feed.tell("working", role=role, on=about)

    def judging(self, subject: str) -> None:
        """Begin a column of the matrix."""
        self._feed.tell("judging", subject=subject)

    def result(self, subject: str, result: TestResult) -> None:
        """Fill a cell."""
        self._feed.tell(
            "result",
            subject=subject,
            test=result.test,
            verdict=result.verdict.value,
            message=result.message,
            fuel=result.fuel,
        )

    def iteration(self, number: int, met: int, requirements: int) -> None:
        """Show how far it is."""
        self._feed.tell("iteration", number=number, met=met, requirements=requirements)

    def note(self, sentence: str) -> None:
        """Write it into what happened."""
        self._feed.tell("note", text=sentence.strip())
