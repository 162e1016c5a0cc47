from datetime import datetime, timedelta
from typing import TypedDict

from plugwright_sdk import InputError, command, emit, on, storage


class Door(TypedDict):
    door: str
    at: str


class Open(TypedDict):
    door: str
    minutes: int


LIMIT = 15


@on("door-opened")
def opened(data: Door) -> None:
    _time(data["at"])
    open_now = storage.get("open", {})
    if data["door"] not in open_now:
        open_now[data["door"]] = data["at"]
        storage.set("open", open_now)


@on("door-closed")
def closed(data: Door) -> None:
    _time(data["at"])
    door, open_now = data["door"], storage.get("open", {})
    if door not in open_now:
        return
    minutes = _minutes(open_now[door], data["at"])
    if minutes < 0:
        return
    del open_now[door]
    storage.set("open", open_now)
    sums = storage.get("sums", {})
    sums[door] = sums.get(door, 0) + minutes
    storage.set("sums", sums)
    if minutes > storage.get("limit", LIMIT):
        emit("left-open", {"door": door, "minutes": minutes})


@command(name="open-doors")
def open_doors(now: str) -> list[Open]:
    """List the doors that are open."""
    _time(now)
    found = [
        Open(door=door, minutes=_minutes(since, now))
        for door, since in storage.get("open", {}).items()
    ]
    listed = [each for each in found if each["minutes"] >= 0]
    return sorted(listed, key=lambda each: (-each["minutes"], each["door"]))


@command(name="minutes-open")
def minutes_open(door: str) -> int:
    """Say how long a door was open altogether."""
    return storage.get("sums", {}).get(door, 0)


@command(name="set-limit")
def set_limit(minutes: int) -> int:
    """Set how long a door may be open."""
    if minutes < 0:
        raise InputError("no limit is less than no time")
    before = storage.get("limit", LIMIT)
    storage.set("limit", minutes)
    return before


def _minutes(since: str, until: str) -> int:
    return (_time(until) - _time(since)) // timedelta(minutes=1)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text} is no time") from None
    if f"{time:%Y-%m-%dT%H:%M}" != text:
        raise InputError("a time is written as 2026-01-05T22:10")
    return time
