from collections import Counter
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
    contents = _contents(kits)
    _check_numbers(orders)
    known: dict[str, Counter[str]] = {}
    needed: Counter[str] = Counter()
    for line in orders:
        for item, number in _single(line["item"], contents, known).items():
            needed[item] += number * line["number"]
    return [{"item": item, "number": needed[item]} for item in sorted(needed)]


@command(name="kits-with")
def kits_with(kits: list[Kit], item: str) -> list[str]:
    """List the kits that contain an item."""
    contents = _contents(kits)
    found: set[str] = set()
    wanted = [item]
    while wanted:
        inside = wanted.pop()
        for name, lines in contents.items():
            if name not in found and any(line["item"] == inside for line in lines):
                found.add(name)
                wanted.append(name)
    return sorted(found)


def _single(
    item: str, contents: dict[str, list[Line]], known: dict[str, Counter[str]]
) -> Counter[str]:
    if item not in contents:
        return Counter({item: 1})
    if item not in known:
        known[item] = Counter()
        for line in contents[item]:
            for part, number in _single(line["item"], contents, known).items():
                known[item][part] += number * line["number"]
    return known[item]


def _contents(kits: list[Kit]) -> dict[str, list[Line]]:
    contents = {kit["name"]: kit["contents"] for kit in kits}
    if len(contents) < len(kits):
        raise InputError("two kits have the same name")
    for lines in contents.values():
        _check_numbers(lines)
    settled: set[str] = set()
    while len(settled) < len(contents):
        ready = {
            name
            for name, lines in contents.items()
            if all(_is_settled(line["item"], contents, settled) for line in lines)
        }
        if ready == settled:
            raise InputError("a kit contains itself")
        settled = ready
    return contents


def _is_settled(item: str, contents: dict[str, list[Line]], settled: set[str]) -> bool:
    return item not in contents or item in settled


def _check_numbers(lines: list[Line]) -> None:
    if any(line["number"] < 1 for line in lines):
        raise InputError("there is no such number of pieces")
