import re
from typing import TypedDict

from plugwright_sdk import InputError, command

TIME = re.compile(r"(?:([0-9]+):(?=[0-5][0-9](?![0-9])))?([0-9]+)(?:[.,]([0-9]{1,2}))?")
NO_RESULT = ("dns", "dq")


class Rank(TypedDict):
    place: int | None
    name: str
    hundredths: int | None


def hundredths(text: str) -> int | None:
    """Read a time; -1 if it is none, None for no result."""
    if text.lower() in NO_RESULT:
        return None
    found = TIME.fullmatch(text)
    if not found:
        return -1
    minutes, seconds, fraction = found.groups(default="")
    return (int(minutes or 0) * 60 + int(seconds)) * 100 + int(fraction.ljust(2, "0"))


@command(name="ranking")
def ranking(note: str) -> list[Rank]:
    """Make a ranking of a note."""
    timed: list[tuple[int, str]] = []
    others: list[str] = []
    for number, line in enumerate(note.split("\n"), start=1):
        words = line.split()
        if not words:
            continue
        time, name = hundredths(words[-1]), " ".join(words[:-1])
        if not name or time == -1:
            raise InputError(f"line {number} is not a name and a time")
        if time is None:
            others.append(name)
        else:
            timed.append((time, name))
    times = sorted(time for time, _ in timed)
    ranks: list[Rank] = [
        {"place": times.index(time) + 1, "name": name, "hundredths": time}
        for time, name in sorted(timed, key=lambda swimmer: swimmer[0])
    ]
    return ranks + [
        {"place": None, "name": name, "hundredths": None} for name in others
    ]
