from typing import TypedDict

from plugwright_sdk import InputError, command, emit, on, storage


class Limits(TypedDict):
    warn: float
    clear: float


class Cold(TypedDict):
    place: str
    lowest: float


class Measurement(TypedDict):
    place: str
    degrees: float


PREFIX = "place/"


@command(name="set-limits")
def set_limits(warn: float, clear: float) -> Limits:
    """Set both limits."""
    if not warn < clear:
        raise InputError("it cannot be over before it begins")
    storage.set("warn", warn)
    storage.set("clear", clear)
    return {"warn": warn, "clear": clear}


@command(name="measure")
def measure(place: str, degrees: float) -> str | None:
    """Note a measurement by hand."""
    return take(place, degrees)


@command(name="cold-places")
def cold_places() -> list[Cold]:
    """List where it is cold now."""
    records = [storage.get(key) for key in storage.keys(PREFIX)]
    found = sorted((each["lowest"], each["place"]) for each in records if each["cold"])
    return [{"place": place, "lowest": lowest} for lowest, place in found]


@on("temperature-measured")
def temperature_measured(data: Measurement) -> None:
    take(**data)


def take(place: str, degrees: float) -> str | None:
    key = PREFIX + place
    before = storage.get(key, {"place": place, "cold": False, "lowest": 0.0})
    cold = follow(before["cold"], degrees)
    lowest = min(degrees, before["lowest"]) if before["cold"] else degrees
    storage.set(key, {"place": place, "cold": cold, "lowest": lowest})
    if cold == before["cold"]:
        return None
    name = "frost-warning" if cold else "frost-over"
    emit(name, {"place": place, "degrees": degrees})
    return name


def follow(cold: bool, degrees: float) -> bool:
    """Say whether a place is cold after a measurement."""
    if cold:
        return degrees < storage.get("clear", 2)
    return degrees <= storage.get("warn", 0)
