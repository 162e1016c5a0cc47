"""What all runs together may use up: held before a question, settled after it.

A question holds what its longest answer may cost, so that ten runs at once cannot each
take the last cent. Where less is left than that, it waits for the others to settle;
where nobody else holds anything, its answer is made shorter; and where not even a short
one is left, it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Condition

from plugwright.agents import LimitReached
from plugwright.providers import Cancel

Amounts = dict[str, float]
TOTALS = ("requests", "tokens", "money")
FEWEST_TOKENS = 16
"""An answer that may be no longer than this is not worth its question."""
_ROUNDING = 1e-9
"""Three times 0.1 is to fit into 0.3."""


class Purse:
    """What is left of the totals."""

    def __init__(self, total: Mapping[str, float], note: str = "") -> None:
        """Take totals; `note` says something about money where it runs out."""
        self._total = total
        self._note = note
        self._used = dict.fromkeys(TOTALS, 0.0)
        self._held = dict.fromkeys(TOTALS, 0.0)
        self._open = 0
        self._settled = Condition()

    @property
    def used(self) -> Amounts:
        """What was used up, and what is held for questions under way."""
        with self._settled:
            return {name: self._used[name] + self._held[name] for name in TOTALS}

    def hold(
        self, need: Callable[[int], Amounts], most: int, cancel: Cancel
    ) -> tuple[int, Amounts]:
        """Hold what a question needs; gives how long its answer may be.

        `need` says what an answer of so many tokens takes at most. Raises
        `LimitReached`. Whoever holds something has to `settle` it.
        """
        cancel.then(self._wake)
        with self._settled:
            while True:
                # Who does not want it any more is refused by who asks the model.
                if cancel.is_wished:
                    return most, self._keep(dict.fromkeys(TOTALS, 0.0))
                if self._fits(need(most)):
                    return most, self._keep(need(most))
                if not self._open:
                    break
                self._settled.wait()
            fits = self._longest(need, most)
            if fits < min(most, FEWEST_TOKENS):
                self._refuse(need(min(most, FEWEST_TOKENS)))
            return fits, self._keep(need(fits))

    def settle(self, held: Amounts, spent: Amounts) -> None:
        """Give back what was held, and take what it did cost."""
        with self._settled:
            for name in TOTALS:
                self._held[name] -= held[name]
                self._used[name] += spent[name]
            self._open -= 1
            if not self._open:
                self._held = dict.fromkeys(TOTALS, 0.0)  # without what rounding left
            self._settled.notify_all()

    def _keep(self, held: Amounts) -> Amounts:
        for name in TOTALS:
            self._held[name] += held[name]
        self._open += 1
        return held

    def _fits(self, needed: Amounts) -> bool:
        return not self._lacking(needed)

    def _lacking(self, needed: Amounts) -> str:
        for name, most in self._total.items():
            sum_ = self._used[name] + self._held[name] + needed[name]
            if sum_ > most + abs(most) * _ROUNDING:
                return name
        return ""

    def _longest(self, need: Callable[[int], Amounts], most: int) -> int:
        fits, too_long = 0, most
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self._fits(need(middle)):
                fits = middle
            else:
                too_long = middle
        return fits

    def _refuse(self, needed: Amounts) -> None:
        name = self._lacking(needed)
        used, most = self._used[name], self._total[name]
        note = self._note if name == "money" else ""
        raise LimitReached(
            f"total {name}",
            f"{used:,.6g} of {most:,.6g} are used up, and the next question takes"
            f" {needed[name]:,.6g} at least{note}",
        )

    def _wake(self) -> None:
        with self._settled:
            self._settled.notify_all()
