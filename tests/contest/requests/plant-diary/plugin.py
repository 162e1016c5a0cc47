from datetime import date
from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Note(TypedDict):
    day: str
    note: str


class Plant(TypedDict):
    plant: str
    notes: int
    newest: str


PREFIX = "plant/"


@command(name="write")
def write(plant: str, day: str, note: str) -> int:
    """Write a note."""
    key = _key(plant)
    if len(note.strip()) == 0:
        raise InputError("the note is empty")
    notes = [*storage.get(key, []), Note(day=_day(day), note=note.strip())]
    storage.set(key, notes)
    return len(notes)


@command(name="look-up")
def look_up(plant: str, first: str, last: str) -> list[Note]:
    """Read what was written in some time."""
    begin, end = _day(first), _day(last)
    notes = storage.get(_key(plant), [])
    # Sorting is stable: the notes of a day stay as they were written.
    ordered = sorted(notes, key=lambda note: note["day"])
    return [note for note in ordered if note["day"] >= begin and note["day"] <= end]


@command(name="plants")
def plants() -> list[Plant]:
    """List all plants."""
    found = []
    for key in storage.keys(PREFIX):
        days = [note["day"] for note in storage.get(key)]
        name = key.removeprefix(PREFIX)
        found.append(Plant(plant=name, notes=len(days), newest=max(days)))
    return found


def _key(plant: str) -> str:
    name = plant.strip()
    if not name:
        raise InputError("a plant needs a name")
    return PREFIX + name


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError(f"{text} is no day") from None
