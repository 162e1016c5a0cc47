import re
from typing import TypedDict

from plugwright_sdk import InputError, command

DAY = 1440
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class Line(TypedDict):
    line: str
    to: str
    first: str
    last: str
    every: int


class Departure(TypedDict):
    line: str
    to: str
    at: str
    minutes: int


def minute(text: str) -> int:
    if not TIME.fullmatch(text):
        raise InputError(f"{text} is not a time such as 09:30")
    return int(text[:2]) * 60 + int(text[3:])


def departures(line: Line) -> range:
    """Give all departures of a day; those past midnight are 1440 and more."""
    if line["every"] < 1:
        raise InputError("a bus cannot leave so often")
    first, last = minute(line["first"]), minute(line["last"])
    if last < first:
        last += DAY
    return range(first, last + 1, line["every"])


@command(name="next-buses")
def next_buses(timetable: list[Line], now: str, walk: int, n: int) -> list[Departure]:
    """List the next buses."""
    if walk < 0 or n < 0:
        raise InputError("neither the walk nor the number can be negative")
    moment = minute(now)
    board: list[Departure] = []
    for line in timetable:
        for departure in departures(line):
            minutes = (departure - moment) % DAY
            if minutes >= walk:
                at = f"{departure % DAY // 60:02}:{departure % 60:02}"
                board.append(
                    {
                        "line": line["line"],
                        "to": line["to"],
                        "at": at,
                        "minutes": minutes,
                    }
                )
    return sorted(board, key=lambda bus: (bus["minutes"], bus["line"]))[:n]
