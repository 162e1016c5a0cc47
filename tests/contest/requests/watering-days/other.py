from datetime import date

from plugwright_sdk import InputError, command


@command(name="watering-days")
def watering_days(first: date, last: date, every: int, away: list[date]) -> list[date]:
    """List the days on which to water."""
    if every <= 0:
        raise InputError("plants cannot be watered so often")
    gone = {day.toordinal() for day in away}
    found: list[int] = []
    thirst = every
    for number in range(first.toordinal(), last.toordinal() + 1):
        if thirst >= every and number not in gone:
            found.append(number)
            thirst = 0
        thirst += 1
    return [date.fromordinal(number) for number in found]
