from plugwright_sdk import InputError, command, storage

PREFIX = "person/"


@command(name="move-in")
def move_in(name: str) -> list[str]:
    """Let somebody join the turns."""
    shown = name.strip()
    if shown == "" or key(name) in storage:
        raise InputError("this name cannot move in")
    storage.set(key(name), [number(), shown])
    return in_order()


@command(name="move-out")
def move_out(name: str) -> list[str]:
    """Let somebody leave the turns."""
    if key(name) not in storage:
        raise InputError(f"there is no {name} to move out")
    storage.delete(key(name))
    return in_order()


@command(name="next-turn")
def next_turn() -> str:
    """Say whose turn it is."""
    line = in_order()
    if line == []:
        raise InputError("there is nobody to do the dishes")
    storage.set(key(line[0]), [number(), line[0]])
    return line[0]


def key(name: str) -> str:
    return PREFIX + name.strip().lower()


def number() -> int:
    """Give the next number of the line, as at a counter."""
    last = storage.get("last", 0) + 1
    storage.set("last", last)
    return last


def in_order() -> list[str]:
    people = sorted(storage.get(each) for each in storage.keys(PREFIX))
    return [shown for _, shown in people]
