from collections.abc import Sequence
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


def check(dishes: Sequence[Dish], tip_percent: int) -> None:
    if tip_percent < 0:
        raise InputError("the tip must not be negative")
    for dish in dishes:
        sharers = dish["shared_by"]
        if not sharers or len(set(sharers)) < len(sharers):
            raise InputError("a dish needs sharers, each of them once")
        if dish["price"] < 0:
            raise InputError("a price must not be negative")


def food_of(dishes: Sequence[Dish]) -> dict[str, int]:
    food: dict[str, int] = {}
    for dish in dishes:
        each, left = divmod(dish["price"], len(dish["shared_by"]))
        for place, name in enumerate(dish["shared_by"]):
            food[name] = food.get(name, 0) + each + (place < left)
    return food


def tips_of(food: dict[str, int], percent: int) -> dict[str, int]:
    total = sum(food.values())
    tip = (total * percent + 50) // 100
    tips = {name: tip * part // total if total else 0 for name, part in food.items()}
    missing = tip - sum(tips.values())
    # Sorting is stable: of those who lost the same, the first listed stays first.
    losers = sorted(food, key=lambda name: -(tip * food[name] % (total or 1)))
    for name in losers[:missing]:
        tips[name] += 1
    return tips


@command(name="split-bill")
def split_bill(dishes: list[Dish], tip_percent: int) -> list[Share]:
    """Say what each one has to pay, in cents."""
    check(dishes, tip_percent)
    food = food_of(dishes)
    tips = tips_of(food, tip_percent)
    return [
        {"name": name, "food": part, "tip": tips[name], "pays": part + tips[name]}
        for name, part in food.items()
    ]
