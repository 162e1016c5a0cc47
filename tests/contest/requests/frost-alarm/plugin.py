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


@command(name="set-limits")
def set_limits(warn: float, clear: float) -> Limits:
    """Set both limits."""
    if clear <= warn:
        raise InputError("`clear` has to be greater than `warn`")
    limits = Limits(warn=warn, clear=clear)
    storage.set("limits", limits)
    return limits


@command(name="measure")
def measure(place: str, degrees: float) -> str | None:
    """Note a measurement by hand."""
    limits = storage.get("limits", {"warn": 0.0, "clear": 2.0})
    cold = storage.get("cold", {})
    event = None
    if place not in cold:
        if degrees <= limits["warn"]:
            cold[place] = degrees
            event = "frost-warning"
    elif degrees >= limits["clear"]:
        del cold[place]
        event = "frost-over"
    else:
        cold[place] = min(cold[place], degrees)
    storage.set("cold", cold)
    if event:
        emit(event, {"place": place, "degrees": degrees})
    return event


@on("temperature-measured")
def heard(data: Measurement) -> None:
    measure.function(data["place"], data["degrees"])


@command(name="cold-places")
def cold_places() -> list[Cold]:
    """List where it is cold now."""
    cold = storage.get("cold", {})
    places = sorted(cold, key=lambda place: (cold[place], place))
    return [Cold(place=place, lowest=cold[place]) for place in places]
