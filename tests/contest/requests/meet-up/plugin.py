import re
from typing import TypedDict

from plugwright_sdk import InputError, command

TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


class Busy(TypedDict):
    start: str
    end: str


class Gap(TypedDict):
    start: str
    end: str


def minute(text: str) -> int:
    if not TIME.fullmatch(text):
        raise InputError(f"{text} is not a time such as 09:30")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def span(start: str, end: str) -> tuple[int, int]:
    first, last = minute(start), minute(end)
    if last <= first:
        raise InputError(f"{start} to {end} has no length")
    return first, last


def clock(number: int) -> str:
    return f"{number // 60:02}:{number % 60:02}"


@command(name="free-times")
def free_times(
    people: list[list[Busy]], earliest: str, latest: str, minutes: int
) -> list[Gap]:
    """List when everybody is free."""
    free, over = span(earliest, latest)
    taken = [span(busy["start"], busy["end"]) for each in people for busy in each]
    if minutes < 1:
        raise InputError("a game takes a minute at least")
    gaps: list[Gap] = []
    # Whatever is still free ends where the day does.
    for start, end in [*sorted(taken), (over, over)]:
        until = min(start, over)
        if until - free >= minutes:
            gaps.append({"start": clock(free), "end": clock(until)})
        free = max(free, end)
    return gaps
