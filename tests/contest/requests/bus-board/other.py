from typing import TypedDict

from plugwright_sdk import InputError, command

CLOCK = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]
MINUTE = {text: number for number, text in enumerate(CLOCK)}


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


def leaves(line: Line, at: int) -> bool:
    """Say whether a bus of this line leaves at this minute of the day."""
    first = MINUTE[line["first"]]
    running = (MINUTE[line["last"]] - first) % 1440
    since = (at - first) % 1440
    return since <= running and since % line["every"] == 0


@command(name="next-buses")
def next_buses(timetable: list[Line], now: str, walk: int, n: int) -> list[Departure]:
    """List the next buses."""
    times = [now, *(line[end] for line in timetable for end in ("first", "last"))]
    if any(text not in MINUTE for text in times):
        raise InputError("there is no such time")
    if min([walk, n, *(line["every"] - 1 for line in timetable)]) < 0:
        raise InputError("there is no such number")
    by_name = sorted(timetable, key=lambda line: line["line"])
    board: list[Departure] = []
    for minutes in range(walk, 1440):
        if len(board) >= n:
            break
        at = (MINUTE[now] + minutes) % 1440
        board += [
            {"line": bus["line"], "to": bus["to"], "at": CLOCK[at], "minutes": minutes}
            for bus in by_name
            if leaves(bus, at)
        ]
    return board[:n]
