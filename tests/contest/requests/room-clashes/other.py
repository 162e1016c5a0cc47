from datetime import datetime
from typing import TypedDict

from plugwright_sdk import InputError, command


class Booking(TypedDict):
    room: str
    who: str
    start: datetime
    end: datetime


class Clash(TypedDict):
    room: str
    first: str
    second: str
    start: datetime
    end: datetime


@command(name="clashes")
def clashes(bookings: list[Booking]) -> list[Clash]:
    """List the bookings that get in each other's way."""
    if not all(booking["start"] < booking["end"] for booking in bookings):
        raise InputError("a booking is over before it begins")
    going_on: dict[str, list[int]] = {}
    pairs: list[tuple[datetime, str, int, int]] = []
    numbered = sorted(enumerate(bookings), key=lambda pair: pair[1]["start"])
    for number, booking in numbered:
        start, room = booking["start"], booking["room"]
        # Who ended by now cannot clash with anything that comes later either.
        still = [n for n in going_on.get(room, []) if bookings[n]["end"] > start]
        for rival in still:
            pairs.append((start, room, min(number, rival), max(number, rival)))
        going_on[room] = [*still, number]
    return [
        {
            "room": room,
            "first": bookings[one]["who"],
            "second": bookings[two]["who"],
            "start": start,
            "end": min(bookings[one]["end"], bookings[two]["end"]),
        }
        for start, room, one, two in sorted(pairs)
    ]
