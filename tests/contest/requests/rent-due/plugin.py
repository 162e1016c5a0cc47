import calendar
from datetime import date, timedelta

from plugwright_sdk import InputError, command

SATURDAY = 5
FRIDAY = 4


def due(year: int, month: int, day: int) -> date:
    longest = calendar.monthrange(year, month)[1]
    agreed = date(year, month, min(day, longest))
    if agreed.weekday() < SATURDAY:
        return agreed
    monday = agreed + timedelta(days=7 - agreed.weekday())
    if monday.month == month:
        return monday
    return agreed - timedelta(days=agreed.weekday() - FRIDAY)


@command(name="rent-dates")
def rent_dates(start: date, day: int, count: int) -> list[date]:
    """List the next dates on which to pay."""
    if not 1 <= day <= 31 or count < 0:
        raise InputError("the day must be from 1 to 31, and the count not negative")
    dates: list[date] = []
    year, month = start.year, start.month
    while len(dates) < count:
        when = due(year, month, day)
        if when >= start:
            dates.append(when)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return dates
