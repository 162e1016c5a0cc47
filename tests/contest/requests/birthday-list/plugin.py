from datetime import date
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


def birthday_in(year: int, born: date) -> date:
    try:
        return born.replace(year=year)
    except ValueError:  # 29 February in a year that has none
        return date(year, 3, 1)


def next_birthday(born: date, today: date) -> date:
    this_year = birthday_in(today.year, born)
    return this_year if this_year >= today else birthday_in(today.year + 1, born)


@command(name="coming-up")
def coming_up(people: list[Person], today: date, days: int) -> list[Birthday]:
    """List the birthdays of the next days."""
    if days < 0:
        raise InputError("`days` must not be negative")
    found: list[Birthday] = []
    for person in people:
        if person["born"] > today:
            raise InputError(f"{person['name']} is not born yet")
        when = next_birthday(person["born"], today)
        ahead = (when - today).days
        if ahead <= days:
            found.append(
                {
                    "name": person["name"],
                    "date": when,
                    "age": when.year - person["born"].year,
                    "in_days": ahead,
                }
            )
    return sorted(found, key=lambda one: (one["date"], one["name"].casefold()))
