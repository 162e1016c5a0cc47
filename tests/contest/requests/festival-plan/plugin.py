from typing import TypedDict

from plugwright_sdk import InputError, command


class Film(TypedDict):
    title: str
    begins: int
    ends: int
    stars: int


Rank = tuple[int, int, tuple[tuple[int, int], ...]]
"""Minus the stars, how many films, and begin and place of each: the least is best."""


def check(films: list[Film], walk: int) -> None:
    if walk < 0:
        raise InputError("the walk must not be negative")
    for film in films:
        if film["ends"] <= film["begins"] or film["stars"] < 0:
            raise InputError(f"{film['title']} cannot be shown like this")


@command(name="best-plan")
def best_plan(films: list[Film], walk: int) -> list[str]:
    """Pick the films with the most stars."""
    check(films, walk)
    ordered = sorted(
        ((film["begins"], place) for place, film in enumerate(films)), reverse=True
    )
    # The best plan that begins with each film; the films after it are known already.
    starting: dict[tuple[int, int], Rank] = {}
    for begins, place in ordered:
        film = films[place]
        nothing: Rank = (0, 0, ())
        follow = (rank for at, rank in starting.items() if at[0] >= film["ends"] + walk)
        stars, count, rest = min(follow, default=nothing)
        rank = (stars - film["stars"], count + 1, ((begins, place), *rest))
        if film["stars"]:
            starting[begins, place] = rank
    _, _, seen = min(starting.values(), default=(0, 0, ()))
    return [films[place]["title"] for _, place in seen]
