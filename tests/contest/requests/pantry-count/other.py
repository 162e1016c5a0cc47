from collections import Counter
from typing import TypedDict

from plugwright_sdk import InputError, command


class Line(TypedDict):
    thing: str
    number: int


class Change(TypedDict):
    thing: str
    before: int
    after: int
    change: int


@command(name="compare")
def compare(old: list[Line], new: list[Line]) -> list[Change]:
    """Show what changed between two counts."""
    spelling: dict[str, str] = {}
    before, after = _count(old, spelling), _count(new, spelling)
    changes = [
        Change(
            thing=spelling[name],
            before=before[name],
            after=after[name],
            change=after[name] - before[name],
        )
        for name in sorted(spelling)
        if before[name] != after[name]
    ]
    # Sorting is stable, so equal changes stay in the order of their names.
    return sorted(changes, key=lambda change: abs(change["change"]), reverse=True)


def _count(lines: list[Line], spelling: dict[str, str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for line in lines:
        thing = line["thing"].strip()
        if thing == "":
            raise InputError("a thing has no name")
        if line["number"] < 0:
            raise InputError(f"there cannot be {line['number']} of {thing}")
        spelling.setdefault(thing.lower(), thing)
        counted[thing.lower()] += line["number"]
    return counted
