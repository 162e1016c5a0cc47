from typing import TypedDict

from plugwright_sdk import InputError, command


class Stretch(TypedDict):
    one: str
    other: str
    minutes: int


class Route(TypedDict):
    stops: list[str]
    minutes: int | None


@command(name="route")
def route(stretches: list[Stretch], start: str, goal: str) -> Route:
    """Find the fastest way between two stops."""
    both_ways = [
        pair
        for each in stretches
        for pair in (
            (each["one"], each["other"], each["minutes"]),
            (each["other"], each["one"], each["minutes"]),
        )
    ]
    if any(minutes < 1 for _, _, minutes in both_ways):
        raise InputError("every stretch needs at least one minute")
    if not {start, goal} <= {one for one, _, _ in both_ways}:
        raise InputError("start and goal have to be stops")
    best = {start: (0, 1, (start,))}
    changed = True
    while changed:
        changed = False
        for one, other, minutes in both_ways:
            if one not in best:
                continue
            so_far, count, stops = best[one]
            way = (so_far + minutes, count + 1, (*stops, other))
            if other not in best or way < best[other]:
                best[other] = way
                changed = True
    if goal not in best:
        return {"stops": [], "minutes": None}
    minutes, _, stops = best[goal]
    return {"stops": list(stops), "minutes": minutes}
