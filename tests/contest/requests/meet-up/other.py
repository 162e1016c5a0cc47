from itertools import groupby
from typing import TypedDict

from plugwright_sdk import InputError, command

TIMES = {f"{n // 60:02}:{n % 60:02}": n for n in range(24 * 60 + 1)}
NAMES = list(TIMES)


class Busy(TypedDict):
    start: str
    end: str


class Gap(TypedDict):
    start: str
    end: str


def minutes_between(start: str, end: str) -> range:
    if start not in TIMES or end not in TIMES:
        raise InputError("that is not a time")
    if not range(TIMES[start], TIMES[end]):
        raise InputError("that is not a length of time")
    return range(TIMES[start], TIMES[end])


@command(name="free-times")
def free_times(
    people: list[list[Busy]], earliest: str, latest: str, minutes: int
) -> list[Gap]:
    """List when everybody is free."""
    if minutes <= 0:
        raise InputError("that is too short")
    day = minutes_between(earliest, latest)
    taken: set[int] = set()
    for friend in people:
        for busy in friend:
            taken.update(minutes_between(busy["start"], busy["end"]))
    gaps: list[Gap] = []
    for is_taken, members in groupby(day, key=lambda number: number in taken):
        gap = list(members)
        if not is_taken and len(gap) >= minutes:
            gaps.append({"start": NAMES[gap[0]], "end": NAMES[gap[-1] + 1]})
    return gaps
