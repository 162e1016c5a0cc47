from collections.abc import Iterator
from functools import cache
from typing import TypedDict

from plugwright_sdk import InputError, command


class Film(TypedDict):
    title: str
    begins: int
    ends: int
    stars: int


@command(name="best-plan")
def best_plan(films: list[Film], walk: int) -> list[str]:
    """Pick the films with the most stars."""
    if walk < 0 or any(f["stars"] < 0 or f["begins"] >= f["ends"] for f in films):
        raise InputError("such a day cannot be planned")
    order = sorted(
        (f for f in films if f["stars"] > 0), key=lambda film: film["begins"]
    )

    @cache
    def best(number: int) -> tuple[int, int]:
        """Give stars and minus the films of the best plan from this film on."""
        if number == len(order):
            return 0, 0
        return max(best(number + 1), taking(number))

    def taking(number: int) -> tuple[int, int]:
        stars, fewer = best(after(number))
        return stars + order[number]["stars"], fewer - 1

    @cache
    def after(number: int) -> int:
        ready = order[number]["ends"] + walk
        later = (n for n, film in enumerate(order) if film["begins"] >= ready)
        return next(later, len(order))

    def chosen() -> Iterator[str]:
        number = 0
        while best(number) != (0, 0):
            # Taking an earlier film wins over leaving it, if it is as good.
            if taking(number) == best(number):
                yield order[number]["title"]
                number = after(number)
            else:
                number += 1
            if number == len(order):
                return

    return list(chosen()) if order else []
