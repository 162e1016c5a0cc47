from decimal import Decimal
from typing import TypedDict

from plugwright_sdk import InputError, command

DIGITS = set("0123456789")


class Rank(TypedDict):
    place: int | None
    name: str
    hundredths: int | None


def is_number(text: str) -> bool:
    return text != "" and DIGITS.issuperset(text)


def read_time(text: str) -> int:
    """Give hundredths. Raises ValueError."""
    whole, point, fraction = text.replace(",", ".").partition(".")
    minutes, colon, seconds = whole.rpartition(":")
    numbers = [seconds, *([minutes] if colon else []), *([fraction] if point else [])]
    if not all(map(is_number, numbers)) or len(fraction) > 2:
        raise ValueError(text)
    if colon and (len(seconds) != 2 or int(seconds) >= 60):
        raise ValueError(text)
    exact = int(minutes or "0") * 60 + Decimal(f"{seconds}.{fraction or 0}")
    return int(exact * 100)


@command(name="ranking")
def ranking(note: str) -> list[Rank]:
    """Make a ranking of a note."""
    ranks: list[Rank] = []
    for number, line in enumerate(note.split("\n")):
        *names, last = line.split() or [""]
        if not last:
            continue
        time: int | None = None
        try:
            if not names:
                raise ValueError(line)
            if last.upper() not in {"DNS", "DQ"}:
                time = read_time(last)
        except ValueError:
            raise InputError(f"cannot read line {number + 1}") from None
        ranks.append({"place": None, "name": " ".join(names), "hundredths": time})
    ranks.sort(key=lambda one: (one["hundredths"] is None, one["hundredths"] or 0))
    for at, rank in enumerate(ranks):
        if rank["hundredths"] is not None:
            before = ranks[at - 1]
            same = at > 0 and before["hundredths"] == rank["hundredths"]
            rank["place"] = before["place"] if same else at + 1
    return ranks
