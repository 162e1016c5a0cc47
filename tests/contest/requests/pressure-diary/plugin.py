from datetime import datetime
from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Average(TypedDict):
    upper: int | None
    lower: int | None
    readings: int


MOST = 20


@command(name="add")
def add(upper: int, lower: int, at: str) -> int:
    """Keep a reading."""
    if upper < 60 or upper > 260 or lower < 30 or lower > 160 or lower >= upper:
        raise InputError("this cannot be a blood pressure")
    _check_time(at)
    readings = {**storage.get("readings", {}), at: [upper, lower]}
    if len(readings) > MOST:
        del readings[min(readings)]
    storage.set("readings", readings)
    return len(readings)


@command(name="average")
def average(count: int) -> Average:
    """Average the last readings."""
    if count < 1:
        raise InputError("an average needs at least one reading")
    readings = storage.get("readings", {})
    taken = [readings[time] for time in sorted(readings)[-count:]]
    return {
        "upper": _mean([upper for upper, _ in taken]),
        "lower": _mean([lower for _, lower in taken]),
        "readings": len(taken),
    }


@command(name="high-days")
def high_days(upper: int, lower: int) -> list[str]:
    """List the days with high readings."""
    days = {
        time.partition("T")[0]
        for time, (high, low) in storage.get("readings", {}).items()
        if high >= upper or low >= lower
    }
    return sorted(days)


def _check_time(text: str) -> None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text} is no time") from None
    # Python reads more forms than the one that sorts as time does.
    if f"{time:%Y-%m-%dT%H:%M}" != text:
        raise InputError("a time is written as 2026-01-05T07:30")


def _mean(values: list[int]) -> int | None:
    # Twice the average plus one, halved: halves go up without floats.
    return (2 * sum(values) + len(values)) // (2 * len(values)) if values else None
