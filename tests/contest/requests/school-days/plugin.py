from datetime import date, timedelta
from typing import TypedDict

from plugwright_sdk import InputError, command

LOOK_AHEAD = 366


class Holidays(TypedDict):
    first: date
    last: date


def check(holidays: list[Holidays]) -> None:
    if any(free["last"] < free["first"] for free in holidays):
        raise InputError("holidays end before they begin")


def is_school_day(day: date, holidays: list[Holidays], extra: list[date]) -> bool:
    if day in extra:
        return True
    if day.weekday() > 4:
        return False
    return not any(free["first"] <= day <= free["last"] for free in holidays)


@command(name="count-school-days")
def count_school_days(
    first: date, last: date, holidays: list[Holidays], extra: list[date]
) -> int:
    """Count the school days between two days."""
    check(holidays)
    length = (last - first).days + 1
    days = (first + timedelta(days=n) for n in range(length))
    return sum(is_school_day(day, holidays, extra) for day in days)


@command(name="nth-school-day")
def nth_school_day(
    first: date, n: int, holidays: list[Holidays], extra: list[date]
) -> date:
    """Find the date of the n-th school day."""
    check(holidays)
    if n < 1:
        raise InputError("`n` must be at least 1")
    seen = 0
    for ahead in range(LOOK_AHEAD):
        day = first + timedelta(days=ahead)
        seen += is_school_day(day, holidays, extra)
        if seen == n:
            return day
    raise InputError("there are not so many school days within a year")
