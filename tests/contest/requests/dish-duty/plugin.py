from plugwright_sdk import InputError, command, storage


@command(name="move-in")
def move_in(name: str) -> list[str]:
    """Let somebody join the turns."""
    name, line = name.strip(), _line()
    if not name or _find(line, name) is not None:
        raise InputError("a person needs a name that nobody here has")
    line.append(name)
    storage.set("line", line)
    return line


@command(name="move-out")
def move_out(name: str) -> list[str]:
    """Let somebody leave the turns."""
    line = _line()
    found = _find(line, name)
    if found is None:
        raise InputError(f"{name} does not live here")
    line.remove(found)
    storage.set("line", line)
    return line


@command(name="next-turn")
def next_turn() -> str:
    """Say whose turn it is."""
    line = _line()
    if len(line) == 0:
        raise InputError("nobody lives here")
    storage.set("line", [*line[1:], line[0]])
    return line[0]


def _line() -> list[str]:
    return storage.get("line", [])


def _find(line: list[str], name: str) -> str | None:
    wanted = name.strip().lower()
    return next((each for each in line if each.lower() == wanted), None)
