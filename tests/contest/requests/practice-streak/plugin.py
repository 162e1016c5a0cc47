from datetime import date, timedelta
from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Streak(TypedDict):
    current: int
    longest: int


ENOUGH = 10
ONE_DAY = timedelta(days=1)


@command(name="practised")
def practised(day: str, minutes: int) -> int:
    """Note minutes of practice."""
    if minutes < 1:
        raise InputError("this is too short to note")
    key = _day(day).isoformat()
    total = _minutes(key) + minutes
    storage.set(f"day/{key}", total)
    return total


@command(name="streak")
def streak(today: str) -> Streak:
    """Say how many days in a row counted."""
    last = _day(today)
    keys = [key.removeprefix("day/") for key in storage.keys("day/")]
    days = {_day(key) for key in keys if _minutes(key) >= ENOUGH}
    days = {day for day in days if day <= last}
    rows = {day: _row_up_to(day, days) for day in days if day + ONE_DAY not in days}
    current = rows.get(last, rows.get(last - ONE_DAY, 0))
    return {"current": current, "longest": max(rows.values(), default=0)}


def _row_up_to(day: date, days: set[date]) -> int:
    length = 0
    while day in days:
        length += 1
        day -= ONE_DAY
    return length


@command(name="week")
def week(day: str) -> list[int]:
    """Give the minutes from Monday to Sunday."""
    given = _day(day)
    monday = given - timedelta(days=given.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    return [_minutes(each.isoformat()) for each in days]


def _minutes(key: str) -> int:
    return storage.get(f"day/{key}", 0)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text} is no day") from None
