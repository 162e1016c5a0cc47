"""What a session may spend, and what it has spent: one object, asked before each step.

Every amount comes from the session's log, so whoever resumes has spent the same. A part
is kept for the last judging: a session that ran dry can still say what it has.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from typing import Annotated

from pydantic import Field

from plugwright.errors import PlugwrightError

_Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
UNITS = {
    "calls": "calls of models",
    "tokens": "tokens",
    "seconds": "seconds of work",
    "wall": "seconds on the clock",
    "money": "units of money",
}
"""What each amount counts, in words."""


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """So much of everything that can be spent."""

    calls: Annotated[int, Field(ge=0)] = 0
    tokens: Annotated[int, Field(ge=0)] = 0
    """Read and written together."""
    seconds: _Amount = 0.0
    """Of models and judges at work, side by side counted twice."""
    wall: _Amount = 0.0
    """Seconds from the first step to the last while the forge works: neither a person
    who thinks nor the time between a stop and going on is counted."""
    money: _Amount = 0.0
    """In the currency of the price table."""

    def plus(self, other: Amounts) -> Amounts:
        """Add everything but the clock, of which the later time counts."""
        ours, theirs = asdict(self), asdict(other)
        summed = {name: ours[name] + theirs[name] for name in ours}
        return Amounts(**{**summed, "wall": max(self.wall, other.wall)})


@dataclass(frozen=True, kw_only=True)
class Budget(Amounts):
    """The most that a session may spend. Zero money means that nothing may cost."""

    calls: Annotated[int, Field(ge=1)] = 60
    tokens: Annotated[int, Field(ge=1)] = 600_000
    seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 3600.0
    wall: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 86_400.0
    money: _Amount = 1.0
    reserve: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    """The part of all but money that only the last judging may use."""


class OutOfBudget(PlugwrightError):
    """There is too little left for the next step."""


class Purse:
    """Counts what is spent, and says what may still be."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.spent = Amounts()

    def spend(self, amounts: Amounts) -> None:
        """Note what a step used, wanted or not."""
        self.spent = self.spent.plus(amounts)

    def lacks(
        self, wanted: Amounts, *, last: bool = False, among: Collection[str] = UNITS
    ) -> str:
        """Name what there is too little of for this; empty if there is enough.

        Only for the `last` judging the reserve is there.
        """
        kept = 0.0 if last else self.budget.reserve
        after = self.spent.plus(wanted)
        for each in fields(Amounts):
            if each.name not in among:
                continue
            most = getattr(self.budget, each.name)
            if each.name == "calls":
                most = max(1, most * (1 - kept))  # an only one is not kept
            elif each.name != "money":
                most *= 1 - kept
            if getattr(after, each.name) > most:
                return each.name
        return ""

    def in_words(self, name: str) -> str:
        """Say how much of one amount is gone, for whoever reads why it ended."""
        spent, most = getattr(self.spent, name), getattr(self.budget, name)
        return f"{spent:,.6g} of {most:,.6g} {UNITS[name]} are spent"

    def need(
        self, wanted: Amounts, *, last: bool = False, among: Collection[str] = UNITS
    ) -> None:
        """Raise `OutOfBudget` if there is not that much left."""
        if name := self.lacks(wanted, last=last, among=among):
            rest = not self.lacks(wanted, last=True, among=among)
            kept = "; the rest is kept for the last judging" if rest else ""
            raise OutOfBudget(
                f"the budget is used up: {self.in_words(name)}{kept}",
                remedy="allow more, or ask for less",
            )
