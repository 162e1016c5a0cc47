from functools import cache
from typing import TypedDict

from plugwright_sdk import InputError, command


class Coins(TypedDict):
    value: int
    count: int


@command(name="make-change")
def make_change(amount: int, drawer: list[Coins]) -> list[Coins]:
    """Say which coins to hand out."""
    stock = {coins["value"]: coins["count"] for coins in drawer}
    if amount < 0 or len(stock) != len(drawer):
        raise InputError("impossible amount or drawer")
    if any(value <= 0 or count < 0 for value, count in stock.items()):
        raise InputError("impossible coins")
    values = sorted(stock, reverse=True)

    @cache
    def fewest(kind: int, rest: int) -> tuple[int, ...] | None:
        """Give the counts of this kind and all smaller ones."""
        if rest == 0:
            return (0,) * (len(values) - kind)
        if kind == len(values):
            return None
        best: tuple[int, ...] | None = None
        value = values[kind]
        # Many of the large coin first: only a way with fewer coins replaces it.
        for count in range(min(stock[value], rest // value), -1, -1):
            smaller = fewest(kind + 1, rest - count * value)
            if smaller is not None and (
                best is None or count + sum(smaller) < sum(best)
            ):
                best = (count, *smaller)
        return best

    counts = fewest(0, amount)
    if counts is None:
        raise InputError("that cannot be made")
    return [
        {"value": value, "count": count}
        for value, count in zip(values, counts, strict=True)
        if count > 0
    ]
