from datetime import time
from typing import TypedDict

from plugwright_sdk import InputError, command


class Wish(TypedDict):
    child: str
    begin: time
    end: time


def in_turn(wishes: list[Wish]) -> list[int]:
    """Give the places of the wishes in the order in which rooms are given out."""
    if any(wish["end"] <= wish["begin"] for wish in wishes):
        raise InputError("a wish has to end after its begin")

    def turn(place: int) -> tuple[time, int, int]:
        wish = wishes[place]
        return wish["begin"], -wish["end"].hour, -wish["end"].minute

    return sorted(range(len(wishes)), key=turn)


def assigned(wishes: list[Wish], rooms: int) -> list[int | None]:
    found: list[int | None] = [None] * len(wishes)
    free_from = [time.min] * rooms
    for place in in_turn(wishes):
        wish = wishes[place]
        for room, moment in enumerate(free_from):
            if moment <= wish["begin"]:
                free_from[room] = wish["end"]
                found[place] = room + 1
                break
    return found


@command(name="assign-rooms")
def assign_rooms(wishes: list[Wish], rooms: int) -> list[int | None]:
    """Give each wish a room."""
    if rooms < 0:
        raise InputError("there cannot be less than no room")
    return assigned(wishes, rooms)


@command(name="rooms-needed")
def rooms_needed(wishes: list[Wish]) -> int:
    """Say how many rooms are enough for everybody."""
    return max((room or 0 for room in assigned(wishes, len(wishes))), default=0)
