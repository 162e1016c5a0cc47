from typing import TypedDict

from plugwright_sdk import InputError, command


class Line(TypedDict):
    item: str
    number: int


class Kit(TypedDict):
    name: str
    contents: list[Line]


@command(name="parts")
def parts(kits: list[Kit], orders: list[Line]) -> list[Line]:
    """Count the single parts needed for orders."""
    inside = {kit["name"]: kit["contents"] for kit in outermost_first(kits)}
    needed: dict[str, int] = {}
    add(needed, orders, 1)
    for name, contents in inside.items():
        if name in needed:
            add(needed, contents, needed.pop(name))
    return [Line(item=item, number=number) for item, number in sorted(needed.items())]


@command(name="kits-with")
def kits_with(kits: list[Kit], item: str) -> list[str]:
    """List the kits that contain an item."""
    holding = {item}
    for kit in reversed(outermost_first(kits)):
        if any(line["item"] in holding for line in kit["contents"]):
            holding.add(kit["name"])
    return sorted(holding - {item})


def add(needed: dict[str, int], lines: list[Line], times: int) -> None:
    for line in lines:
        if line["number"] <= 0:
            raise InputError(f"there cannot be {line['number']} of {line['item']}")
        needed[line["item"]] = needed.get(line["item"], 0) + times * line["number"]


def outermost_first(kits: list[Kit]) -> list[Kit]:
    """Put every kit before the kits that are in it."""
    if len({kit["name"] for kit in kits}) != len(kits):
        raise InputError("a name is there twice")
    left, ordered = list(kits), []
    while left:
        used = set[str]()
        for kit in left:
            counted: dict[str, int] = {}
            add(counted, kit["contents"], 1)
            used.update(counted)
        free = [kit for kit in left if kit["name"] not in used]
        if not free:
            raise InputError("some kits contain each other")
        ordered += free
        left = [kit for kit in left if kit["name"] in used]
    return ordered
