from datetime import date, timedelta

from plugwright_sdk import InputError, command

ONE_DAY = timedelta(days=1)


def is_weekend(day: date) -> bool:
    return day.isoweekday() >= 6


def month_of(number: int) -> list[date]:
    """Give all days of a month; months are counted from the year 0."""
    day = date(number // 12, number % 12 + 1, 1)
    days = [day]
    while (days[-1] + ONE_DAY).month == day.month:
        days.append(days[-1] + ONE_DAY)
    return days


def payment(number: int, day: int) -> date:
    days = month_of(number)
    agreed = days[:day][-1]
    later = [each for each in days if each >= agreed and not is_weekend(each)]
    earlier = [each for each in days if each < agreed and not is_weekend(each)]
    return later[0] if later else earlier[-1]


@command(name="rent-dates")
def rent_dates(start: date, day: int, count: int) -> list[date]:
    """List the next dates on which to pay."""
    if day not in range(1, 32) or count < 0:
        raise InputError("no such day or count")
    first = start.year * 12 + start.month - 1
    if payment(first, day) < start:
        first += 1
    return [payment(number, day) for number in range(first, first + count)]
