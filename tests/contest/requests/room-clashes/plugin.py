from datetime import datetime
from itertools import combinations
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
    for booking in bookings:
        if booking["end"] <= booking["start"]:
            raise InputError(f"the booking of {booking['who']} ends before it begins")
    found: list[Clash] = []
    for first, second in combinations(bookings, 2):
        start = max(first["start"], second["start"])
        end = min(first["end"], second["end"])
        if first["room"] == second["room"] and start < end:
            found.append(
                {
                    "room": first["room"],
                    "first": first["who"],
                    "second": second["who"],
                    "start": start,
                    "end": end,
                }
            )
    return sorted(found, key=lambda clash: (clash["start"], clash["room"]))
