from plugwright_sdk import InputError, command

NAMES = "MoTuWeThFrSaSu"
DIGITS = set("0123456789")


def weekday(name: str) -> int:
    at = NAMES.find(name.capitalize()) if len(name) == 2 else -1
    if at % 2:
        raise InputError("there is no such day")
    return at // 2


def clock(text: str) -> int:
    hours, colon, minutes = text.partition(":")
    if not colon or len(hours) not in (1, 2) or len(minutes) != 2:
        raise InputError("that is not how times are written")
    if not DIGITS.issuperset(hours + minutes):
        raise InputError("times have digits")
    number = int(hours) * 60 + int(minutes)
    if int(minutes) >= 60 or number > 1440:
        raise InputError("no clock shows that")
    return number


def cut(text: str, mark: str) -> list[str]:
    return [piece.strip() for piece in text.split(mark)]


def spans_of(text: str) -> list[tuple[int, int]]:
    if text.lower() == "closed":
        return []
    spans = []
    for piece in cut(text, ","):
        ends = [clock(end) for end in cut(piece, "-")]
        if len(ends) != 2 or ends[0] == ends[1] or ends[0] == 1440 or ends[1] == 0:
            raise InputError("that is not from one time to another")
        spans.append((ends[0], ends[1] + 1440 * (ends[1] < ends[0])))
    return spans


def split_part(part: str) -> tuple[str, str]:
    """Cut between the last day and the first time, or the word closed."""
    if part.lower().endswith("closed"):
        place = len(part) - len("closed")
    else:
        place = next((n for n, sign in enumerate(part) if sign in DIGITS), 0)
    if not part[:place] or not part[place - 1].isspace():
        raise InputError("days and times are missing")
    return part[:place].strip(), part[place:]


def table(hours: str) -> list[list[tuple[int, int]]]:
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for part in cut(hours, ";"):
        if not part:
            continue
        days, times = split_part(part)
        spans = spans_of(times)
        for piece in cut(days, ","):
            first, *more = [weekday(name) for name in cut(piece, "-")]
            if len(more) > 1:
                raise InputError("a range has two ends")
            day = first
            week[day] = spans
            while more and day != more[0]:
                day = (day + 1) % 7
                week[day] = spans
    return week


def open_at(week: list[list[tuple[int, int]]], day: int, at: int) -> bool:
    today = any(start <= at < end for start, end in week[day])
    return today or any(at + 1440 < end for _, end in week[day - 1])


@command(name="is-open")
def is_open(hours: str, day: str, time: str) -> bool:
    """Say whether a place is open."""
    at = clock(time)
    if at >= 1440:
        raise InputError("that is the next day")
    return open_at(table(hours), weekday(day), at)


@command(name="weekly-minutes")
def weekly_minutes(hours: str) -> int:
    """Count the open minutes of a week."""
    week = table(hours)
    return sum(open_at(week, day, at) for day in range(7) for at in range(1440))
