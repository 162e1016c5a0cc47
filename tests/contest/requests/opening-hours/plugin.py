import re

from plugwright_sdk import InputError, command

DAYS = ["mo", "tu", "we", "th", "fr", "sa", "su"]
DAY = 24 * 60
TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def minute(text: str) -> int:
    found = TIME.fullmatch(text)
    if not found or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > DAY:
        raise InputError(f"`{text}` is not a time")
    return int(found[1]) * 60 + int(found[2])


def day_number(name: str) -> int:
    if name.lower() not in DAYS:
        raise InputError(f"`{name}` is not a day")
    return DAYS.index(name.lower())


def days_of(text: str) -> set[int]:
    found: set[int] = set()
    for item in text.split(","):
        first, dash, last = item.partition("-")
        start = day_number(first)
        end = day_number(last) if dash else start
        found |= {(start + n) % 7 for n in range((end - start) % 7 + 1)}
    return found


def times_of(text: str) -> list[range]:
    """Give the open minutes, counted from the midnight before."""
    if text.lower() == "closed":
        return []
    found: list[range] = []
    for item in text.split(","):
        first, _, last = item.partition("-")
        start, end = minute(first), minute(last)
        if start in (end, DAY) or end == 0:
            raise InputError(f"`{item}` is not a range of times")
        found.append(range(start, end if end > start else end + DAY))
    return found


def open_minutes(hours: str) -> set[int]:
    """Give the open minutes of a week, from Monday on."""
    week: dict[int, list[range]] = {}
    for part in re.sub(r"\s*([-,;])\s*", r"\1", hours).split(";"):
        words = part.split()
        if not words:
            continue
        if len(words) != 2:
            raise InputError(f"`{part}` is not days and times")
        week.update(dict.fromkeys(days_of(words[0]), times_of(words[1])))
    return {
        (day * DAY + each) % (7 * DAY)
        for day, times in week.items()
        for span in times
        for each in span
    }


@command(name="is-open")
def is_open(hours: str, day: str, time: str) -> bool:
    """Say whether a place is open."""
    at = minute(time)
    if at == DAY:
        raise InputError("the last minute of a day is 23:59")
    return day_number(day) * DAY + at in open_minutes(hours)


@command(name="weekly-minutes")
def weekly_minutes(hours: str) -> int:
    """Count the open minutes of a week."""
    return len(open_minutes(hours))
