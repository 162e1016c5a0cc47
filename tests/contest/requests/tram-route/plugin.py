from heapq import heappop, heappush
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
    neighbours: dict[str, list[tuple[str, int]]] = {}
    for stretch in stretches:
        if stretch["minutes"] < 1:
            raise InputError("a stretch takes at least a minute")
        one, other = stretch["one"], stretch["other"]
        neighbours.setdefault(one, []).append((other, stretch["minutes"]))
        neighbours.setdefault(other, []).append((one, stretch["minutes"]))
    for stop in (start, goal):
        if stop not in neighbours:
            raise InputError(f"there is no stop {stop}")
    ways = [(0, 1, [start])]
    done: set[str] = set()
    while ways:
        minutes, count, stops = heappop(ways)
        here = stops[-1]
        if here == goal:
            return {"stops": stops, "minutes": minutes}
        if here in done:
            continue
        done.add(here)
        for stop, more in neighbours[here]:
            if stop not in done:
                heappush(ways, (minutes + more, count + 1, [*stops, stop]))
    return {"stops": [], "minutes": None}
