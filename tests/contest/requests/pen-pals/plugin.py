from typing import TypedDict

from plugwright_sdk import InputError, command


class Letter(TypedDict):
    sender: str
    receiver: str


@command(name="circles")
def circles(pupils: list[str], letters: list[Letter]) -> list[list[str]]:
    """Find the circles of pen pals."""
    neighbours: dict[str, set[str]] = {name: set() for name in pupils}
    for letter in letters:
        neighbours.setdefault(letter["sender"], set()).add(letter["receiver"])
        neighbours.setdefault(letter["receiver"], set()).add(letter["sender"])
    found: list[list[str]] = []
    seen: set[str] = set()
    for name in neighbours:
        if name not in seen:
            circle = _reachable(name, neighbours)
            seen |= circle
            found.append(sorted(circle))
    return sorted(found, key=lambda circle: (-len(circle), circle[0]))


def _reachable(start: str, neighbours: dict[str, set[str]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        new = neighbours[waiting.pop()] - reached
        reached |= new
        waiting.extend(new)
    return reached


@command(name="are-linked")
def are_linked(pupils: list[str], letters: list[Letter], one: str, other: str) -> bool:
    """Tell whether two people are in one circle."""
    found = circles.function(pupils, letters)
    known = {name for circle in found for name in circle}
    for name in (one, other):
        if name not in known:
            raise InputError(f"nobody is called {name}")
    return any(one in circle and other in circle for circle in found)
