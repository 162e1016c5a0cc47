import calendar
from datetime import date, timedelta
from typing import TypedDict

from plugwright_sdk import InputError, command


class Person(TypedDict):
    name: str
    born: date


class Birthday(TypedDict):
    name: str
    date: date
    age: int
    in_days: int


def kept_on(day: date) -> set[tuple[int, int]]:
    kept = {(day.month, day.day)}
    if (day.month, day.day) == (3, 1) and not calendar.isleap(day.year):
        kept.add((2, 29))
    return kept


@command(name="coming-up")
def coming_up(people: list[Person], today: date, days: int) -> list[Birthday]:
    """List the birthdays of the next days."""
    if days < 0 or any(person["born"] > today for person in people):
        raise InputError("these people and days cannot be")
    waiting = sorted(people, key=lambda person: person["name"].casefold())
    found: list[Birthday] = []
    # After a whole year everybody had a birthday, those of 29 February too.
    for ahead in range(min(days, 366) + 1):
        day = today + timedelta(days=ahead)
        celebrated = kept_on(day)
        still = []
        for person in waiting:
            born = person["born"]
            if (born.month, born.day) not in celebrated:
                still.append(person)
                continue
            found.append(
                {
                    "name": person["name"],
                    "date": day,
                    "age": day.year - born.year,
                    "in_days": ahead,
                }
            )
        waiting = still
    return found
