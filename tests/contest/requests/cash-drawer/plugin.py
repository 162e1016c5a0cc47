from typing import TypedDict

from plugwright_sdk import InputError, command


class Coins(TypedDict):
    value: int
    count: int


def check(amount: int, drawer: list[Coins]) -> None:
    if amount < 0:
        raise InputError("the amount must not be negative")
    if len({coins["value"] for coins in drawer}) < len(drawer):
        raise InputError("a kind of coin is in the drawer twice")
    for coins in drawer:
        if coins["value"] < 1 or coins["count"] < 0:
            raise InputError("there are no such coins")


@command(name="make-change")
def make_change(amount: int, drawer: list[Coins]) -> list[Coins]:
    """Say which coins to hand out."""
    check(amount, drawer)
    kinds = sorted(drawer, key=lambda coins: coins["value"], reverse=True)
    # For each amount the best way so far: how many coins, then minus the counts by
    # kind, so that the least tuple is the way that is wanted.
    best: dict[int, tuple[int, ...]] = {0: (0,)}
    for kind in kinds:
        value, reached = kind["value"], dict[int, tuple[int, ...]]()
        for start, (coins, *counts) in best.items():
            for count in range(min(kind["count"], (amount - start) // value) + 1):
                way = (coins + count, *counts, -count)
                target = start + count * value
                reached[target] = min(way, reached.get(target, way))
        best = reached
    if amount not in best:
        raise InputError(f"{amount} cannot be made from this drawer")
    return [
        {"value": kind["value"], "count": -count}
        for kind, count in zip(kinds, best[amount][1:], strict=True)
        if count
    ]
