from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Missing(TypedDict):
    thing: str
    pieces: int


class State(TypedDict):
    missing: list[Missing]
    percent: int


@command(name="put")
def put(thing: str, pieces: int) -> int:
    """Put a thing on the list."""
    if pieces <= 0 or thing.strip() == "":
        raise InputError("there is nothing to pack")
    number = len(storage.keys("thing/"))
    first = [number, thing.strip(), 0, 0]
    number, shown, missing, packed = storage.get(key(thing), first)
    storage.set(key(thing), [number, shown, missing + pieces, packed])
    return missing + pieces + packed


@command(name="tick")
def tick(thing: str) -> int:
    """Tick off one piece."""
    number, shown, missing, packed = storage.get(key(thing), [0, thing, 0, 0])
    if missing == 0:
        raise InputError("this is not missing")
    storage.set(key(thing), [number, shown, missing - 1, packed + 1])
    return missing - 1


@command(name="state")
def state() -> State:
    """Say what is missing, with the percentage packed."""
    things = sorted(storage.get(each) for each in storage.keys("thing/"))
    packed = sum(thing[3] for thing in things)
    total = sum(thing[2] for thing in things) + packed
    return State(
        missing=[
            {"thing": shown, "pieces": missing}
            for _, shown, missing, _ in things
            if missing
        ],
        percent=packed * 100 // max(total, 1),
    )


def key(thing: str) -> str:
    return "thing/" + thing.lower().strip()
