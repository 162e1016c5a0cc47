from datetime import date, timedelta

from plugwright_sdk import InputError, command

DAY = timedelta(days=1)


@command(name="watering-days")
def watering_days(first: date, last: date, every: int, away: list[date]) -> list[date]:
    """List the days on which to water."""
    if every < 1:
        raise InputError("`every` must be at least 1")
    absent = set(away)
    days: list[date] = []
    planned = first
    while planned <= last:
        if planned in absent:
            planned += DAY
            continue
        days.append(planned)
        planned += every * DAY
    return days
