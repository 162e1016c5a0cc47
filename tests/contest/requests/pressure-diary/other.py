from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Average(TypedDict):
    upper: int | None
    lower: int | None
    readings: int


PREFIX = "at/"


@command(name="add")
def add(upper: int, lower: int, at: str) -> int:
    """Keep a reading."""
    if not (60 <= upper <= 260 and 30 <= lower <= 160 and lower < upper):
        raise InputError("these are no values of a blood pressure")
    try:
        datetime.strptime(at, "%Y-%m-%dT%H:%M")
    except ValueError as error:
        raise InputError("this is no time") from error
    if len(at) != len("2026-01-05T07:30"):
        raise InputError("days, months, hours and minutes have two digits")
    storage.set(PREFIX + at, {"upper": upper, "lower": lower})
    times = storage.keys(PREFIX)
    for old in times[:-20]:
        storage.delete(old)
    return min(len(times), 20)


@command(name="average")
def average(count: int) -> Average:
    """Average the last readings."""
    if count <= 0:
        raise InputError("there is no average of nothing")
    taken = [storage.get(key) for key in storage.keys(PREFIX)][::-1][:count]
    if taken == []:
        return {"upper": None, "lower": None, "readings": 0}
    return Average(
        upper=mean([each["upper"] for each in taken]),
        lower=mean([each["lower"] for each in taken]),
        readings=len(taken),
    )


@command(name="high-days")
def high_days(upper: int, lower: int) -> list[str]:
    """List the days with high readings."""
    days: list[str] = []
    for key in storage.keys(PREFIX):
        reading, day = storage.get(key), key[len(PREFIX) :][:10]
        is_high = reading["upper"] >= upper or reading["lower"] >= lower
        if is_high and day not in days:
            days.append(day)
    return days


def mean(values: list[int]) -> int:
    return int((Decimal(sum(values)) / len(values)).quantize(Decimal(1), ROUND_HALF_UP))
