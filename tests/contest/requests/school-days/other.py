from datetime import date
from typing import TypedDict

from plugwright_sdk import InputError, command


class Holidays(TypedDict):
    first: date
    last: date


def school_days(
    start: int, end: int, holidays: list[Holidays], extra: list[date]
) -> list[int]:
    """List all school days as day numbers, the end not included."""
    # Day number 1 was a Monday.
    days = {number for number in range(start, end) if number % 7 not in (6, 0)}
    for free in holidays:
        begins, ends = free["first"].toordinal(), free["last"].toordinal()
        if begins > ends:
            raise InputError("such holidays cannot be")
        days -= set(range(max(begins, start), min(ends + 1, end)))
    days |= {day.toordinal() for day in extra} & {*range(start, end)}
    return sorted(days)


@command(name="count-school-days")
def count_school_days(
    first: date, last: date, holidays: list[Holidays], extra: list[date]
) -> int:
    """Count the school days between two days."""
    start, end = first.toordinal(), last.toordinal() + 1
    return len(school_days(start, end, holidays, extra))


@command(name="nth-school-day")
def nth_school_day(
    first: date, n: int, holidays: list[Holidays], extra: list[date]
) -> date:
    """Find the date of the n-th school day."""
    start = first.toordinal()
    days = school_days(start, start + 366, holidays, extra)
    if n not in range(1, len(days) + 1):
        raise InputError("there is no such school day")
    return date.fromordinal(days[n - 1])
