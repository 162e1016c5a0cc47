from datetime import datetime
from typing import TypedDict

from plugwright_sdk import InputError, command, emit, on, storage


class Door(TypedDict):
    door: str
    at: str


class Open(TypedDict):
    door: str
    minutes: int


@command(name="open-doors")
def open_doors(now: str) -> list[Open]:
    """List the doors that are open."""
    moment = minute(now)
    found = []
    for key in storage.keys("door/"):
        since, _ = storage.get(key)
        if since is not None and since <= moment:
            found.append((since, key.removeprefix("door/")))
    return [{"door": door, "minutes": moment - since} for since, door in sorted(found)]


@command(name="minutes-open")
def minutes_open(door: str) -> int:
    """Say how long a door was open altogether."""
    _, total = storage.get(f"door/{door}", [None, 0])
    return total


@command(name="set-limit")
def set_limit(minutes: int) -> int:
    """Set how long a door may be open."""
    if minutes <= -1:
        raise InputError("no door can be open for less than no time")
    before = storage.get("limit", 15)
    storage.set("limit", minutes)
    return before


@on("door-opened")
def door_opened(data: Door) -> None:
    moment = minute(data["at"])
    since, total = storage.get(f"door/{data['door']}", [None, 0])
    if since is None:
        storage.set(f"door/{data['door']}", [moment, total])


@on("door-closed")
def door_closed(data: Door) -> None:
    since, total = storage.get(f"door/{data['door']}", [None, 0])
    moment = minute(data["at"])
    if since is not None and moment >= since:
        storage.set(f"door/{data['door']}", [None, total + moment - since])
        if moment - since > storage.get("limit", 15):
            emit("left-open", {"door": data["door"], "minutes": moment - since})


def minute(text: str) -> int:
    """Count the minutes since the first day of the calendar."""
    try:
        time = datetime.strptime(text, "%Y-%m-%dT%H:%M")
    except ValueError as error:
        raise InputError("this is no time") from error
    if len(text) != 16:
        raise InputError("all but the year have two digits")
    return time.toordinal() * 1440 + time.hour * 60 + time.minute
