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
    rows: dict[str, Change] = {}
    for lines, side in ((old, "before"), (new, "after")):
        for line in lines:
            thing = line["thing"].strip()
            if not thing or line["number"] < 0:
                raise InputError("a line needs a name, its number cannot be negative")
            row = rows.setdefault(
                thing.lower(), Change(thing=thing, before=0, after=0, change=0)
            )
            row[side] += line["number"]
    for row in rows.values():
        row["change"] = row["after"] - row["before"]
    changed = [name for name, row in rows.items() if row["change"]]
    changed.sort(key=lambda name: (-abs(rows[name]["change"]), name))
    return [rows[name] for name in changed]
