from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TypedDict

from plugwright_sdk import InputError, command


class Dish(TypedDict):
    price: int
    shared_by: list[str]


class Share(TypedDict):
    name: str
    food: int
    tip: int
    pays: int


def apportion(amount: int, weights: list[int]) -> list[int]:
    """Share out an amount by weights, by largest remainders."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    exact = [Fraction(amount * weight, whole) for weight in weights]
    parts = [int(part) for part in exact]
    lost = [part - cut for part, cut in zip(exact, parts, strict=True)]
    while sum(parts) < amount:
        most = lost.index(max(lost))
        parts[most] += 1
        lost[most] = Fraction(-1)
    return parts


@command(name="split-bill")
def split_bill(dishes: list[Dish], tip_percent: int) -> list[Share]:
    """Say what each one has to pay, in cents."""
    if tip_percent < 0:
        raise InputError("no such tip")
    shares: dict[str, Share] = {}
    for dish in dishes:
        names = dish["shared_by"]
        if dish["price"] < 0 or names == [] or sorted(names) != sorted(set(names)):
            raise InputError("no such dish")
        for name, part in zip(
            names, apportion(dish["price"], [1] * len(names)), strict=True
        ):
            share = shares.setdefault(
                name, {"name": name, "food": 0, "tip": 0, "pays": 0}
            )
            share["food"] += part
    listed = list(shares.values())
    food = [share["food"] for share in listed]
    exact = Decimal(sum(food)) * tip_percent / 100
    tip = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    for share, part in zip(listed, apportion(tip, food), strict=True):
        share["tip"] = part
        share["pays"] = share["food"] + part
    return listed
