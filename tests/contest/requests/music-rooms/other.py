import heapq
from datetime import time
from typing import TypedDict

from plugwright_sdk import InputError, command


class Wish(TypedDict):
    child: str
    begin: time
    end: time


def minute(moment: time) -> float:
    seconds = moment.second + moment.microsecond / 1_000_000
    return moment.hour * 60 + moment.minute + seconds / 60


def spans(wishes: list[Wish]) -> list[tuple[float, float]]:
    found = [(minute(wish["begin"]), minute(wish["end"])) for wish in wishes]
    if any(begin >= end for begin, end in found):
        raise InputError("no lesson has no length")
    return found


@command(name="assign-rooms")
def assign_rooms(wishes: list[Wish], rooms: int) -> list[int | None]:
    """Give each wish a room."""
    times = spans(wishes)
    if rooms < 0:
        raise InputError("no such house")
    queue = sorted((begin, -end, place) for place, (begin, end) in enumerate(times))
    free = [*range(1, rooms + 1)]
    taken: list[tuple[float, int]] = []
    given: dict[int, int] = {}
    for begin, minus_end, place in queue:
        while taken and taken[0][0] <= begin:
            heapq.heappush(free, heapq.heappop(taken)[1])
        if free:
            given[place] = heapq.heappop(free)
            heapq.heappush(taken, (-minus_end, given[place]))
    return [given.get(place) for place in range(len(wishes))]


@command(name="rooms-needed")
def rooms_needed(wishes: list[Wish]) -> int:
    """Say how many rooms are enough for everybody."""
    times = spans(wishes)
    return max(
        (sum(begin <= at < end for begin, end in times) for at, _ in times), default=0
    )
