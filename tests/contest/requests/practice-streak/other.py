from datetime import date
from itertools import groupby
from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Streak(TypedDict):
    current: int
    longest: int


@command(name="practised")
def practised(day: str, minutes: int) -> int:
    """Note minutes of practice."""
    number = day_number(day)
    if minutes <= 0:
        raise InputError("this is no practice")
    notes = storage.get("notes", [])
    notes.append([number, minutes])
    storage.set("notes", notes)
    return totals()[number]


@command(name="streak")
def streak(today: str) -> Streak:
    """Say how many days in a row counted."""
    last = day_number(today)
    counting = sorted(
        number for number, minutes in totals().items() if minutes > 9 and number <= last
    )
    rows = [
        [number for _, number in row]
        for _, row in groupby(enumerate(counting), lambda pair: pair[1] - pair[0])
    ]
    current = 0
    if rows and rows[-1][-1] in (last, last - 1):
        current = len(rows[-1])
    return {"current": current, "longest": max(map(len, rows), default=0)}


@command(name="week")
def week(day: str) -> list[int]:
    """Give the minutes from Monday to Sunday."""
    # Day 1 of the calendar was a Monday.
    number = day_number(day)
    monday = number - (number - 1) % 7
    minutes = totals()
    return [minutes.get(each, 0) for each in range(monday, monday + 7)]


def totals() -> dict[int, int]:
    found: dict[int, int] = {}
    for number, minutes in storage.get("notes", []):
        found[number] = found.get(number, 0) + minutes
    return found


def day_number(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise InputError("this is no day") from error
