from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypedDict

from plugwright_sdk import InputError, command


class Member(TypedDict):
    name: str
    voice: Literal["soprano", "alto", "tenor", "bass"]


class Rehearsal(TypedDict):
    date: str
    present: list[str]


class Row(TypedDict):
    name: str
    voice: str
    present: int
    percent: int | None
    missed_in_a_row: int


class Overview(TypedDict):
    members: list[Row]
    guests: list[str]


@command(name="attendance")
def attendance(members: list[Member], rehearsals: list[Rehearsal]) -> Overview:
    """Show how often each member came."""
    lines: dict[str, str] = {}
    for member in members:
        if member["name"] in lines:
            raise InputError(f"{member['name']} is there twice")
        lines[member["name"]] = ""
    days = {each["date"]: each["present"] for each in rehearsals}
    if len(days) != len(rehearsals):
        raise InputError("a date is there twice")
    guests: set[str] = set()
    for _, present in sorted(days.items()):
        guests.update(name for name in present if name not in lines)
        for name in lines:
            lines[name] += "+" if name in present else "-"
    rows: list[Row] = []
    for voice in ("soprano", "alto", "tenor", "bass"):
        for member in sorted(members, key=lambda each: each["name"]):
            if member["voice"] == voice:
                rows.append(_row(member, lines[member["name"]]))
    return {"members": rows, "guests": sorted(guests)}


def _row(member: Member, line: str) -> Row:
    percent = None
    if line:
        exact = Decimal(100 * line.count("+")) / len(line)
        percent = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return {
        "name": member["name"],
        "voice": member["voice"],
        "present": line.count("+"),
        "percent": percent,
        "missed_in_a_row": max(map(len, line.split("+"))),
    }
