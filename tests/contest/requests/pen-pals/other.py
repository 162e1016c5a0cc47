from typing import TypedDict

from plugwright_sdk import InputError, command


class Letter(TypedDict):
    sender: str
    receiver: str


def leaders(pupils: list[str], letters: list[Letter]) -> dict[str, str]:
    """Give everybody the leader of their circle."""
    above = {name: name for name in pupils}
    for letter in letters:
        for name in (letter["sender"], letter["receiver"]):
            above.setdefault(name, name)
        above[top(above, letter["sender"])] = top(above, letter["receiver"])
    return {name: top(above, name) for name in above}


def top(above: dict[str, str], name: str) -> str:
    while above[name] != name:
        above[name] = above[above[name]]
        name = above[name]
    return name


@command(name="circles")
def circles(pupils: list[str], letters: list[Letter]) -> list[list[str]]:
    """Find the circles of pen pals."""
    groups: dict[str, list[str]] = {}
    for name, leader in sorted(leaders(pupils, letters).items()):
        groups.setdefault(leader, []).append(name)
    # Groups begin in the order of their first names, and sorting is stable.
    return sorted(groups.values(), key=len, reverse=True)


@command(name="are-linked")
def are_linked(pupils: list[str], letters: list[Letter], one: str, other: str) -> bool:
    """Tell whether two people are in one circle."""
    leader = leaders(pupils, letters)
    if one not in leader or other not in leader:
        raise InputError("there is somebody who is not in the project")
    return leader[one] == leader[other]
