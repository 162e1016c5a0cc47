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


VOICES = ("soprano", "alto", "tenor", "bass")


@command(name="attendance")
def attendance(members: list[Member], rehearsals: list[Rehearsal]) -> Overview:
    """Show how often each member came."""
    names = {member["name"] for member in members}
    if len(names) < len(members):
        raise InputError("two members have the same name")
    if len({each["date"] for each in rehearsals}) < len(rehearsals):
        raise InputError("two rehearsals have the same date")
    by_date = sorted(rehearsals, key=lambda each: each["date"])
    present = [set(each["present"]) for each in by_date]
    rows = [_row(member, present) for member in members]
    rows.sort(key=lambda row: (VOICES.index(row["voice"]), row["name"]))
    return {"members": rows, "guests": sorted(set().union(*present) - names)}


def _row(member: Member, present: list[set[str]]) -> Row:
    came = [member["name"] in names for names in present]
    missed = longest = 0
    for was_there in came:
        missed = 0 if was_there else missed + 1
        longest = max(longest, missed)
    return Row(
        name=member["name"],
        voice=member["voice"],
        present=sum(came),
        percent=_percent(sum(came), len(came)),
        missed_in_a_row=longest,
    )


def _percent(part: int, whole: int) -> int | None:
    return (200 * part + whole) // (2 * whole) if whole else None
