from datetime import date
from typing import Any, TypedDict

from plugwright_sdk import InputError, command, storage


class Note(TypedDict):
    day: str
    note: str


class Plant(TypedDict):
    plant: str
    notes: int
    newest: str


@command(name="write")
def write(plant: str, day: str, note: str) -> int:
    """Write a note."""
    entry = [name_of(plant), number_of(day), note.strip()]
    if entry[2] == "":
        raise InputError("there is nothing to write")
    entries = [*all_entries(), entry]
    storage.set("entries", entries)
    return sum(1 for name, _, _ in entries if name == entry[0])


@command(name="look-up")
def look_up(plant: str, first: str, last: str) -> list[Note]:
    """Read what was written in some time."""
    name, days = name_of(plant), range(number_of(first), number_of(last) + 1)
    found = [
        (number, place, note)
        for place, (owner, number, note) in enumerate(all_entries())
        if owner == name and number in days
    ]
    return [Note(day=text_of(day), note=note) for day, _, note in sorted(found)]


@command(name="plants")
def plants() -> list[Plant]:
    """List all plants."""
    rows: dict[str, Plant] = {}
    for name, number, _ in sorted(all_entries()):
        row = rows.setdefault(name, Plant(plant=name, notes=0, newest=""))
        row["notes"] += 1
        row["newest"] = text_of(number)
    return list(rows.values())


def all_entries() -> list[Any]:
    return storage.get("entries", [])


def name_of(plant: str) -> str:
    if plant.isspace() or not plant:
        raise InputError("which plant?")
    return plant.strip()


def number_of(day: str) -> int:
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError as error:
        raise InputError("which day?") from error


def text_of(number: int) -> str:
    return date.fromordinal(number).isoformat()
