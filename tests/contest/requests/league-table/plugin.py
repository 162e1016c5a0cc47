from typing import TypedDict

from plugwright_sdk import InputError, command


class Match(TypedDict):
    home: str
    away: str
    home_goals: int
    away_goals: int


class Row(TypedDict):
    place: int
    team: str
    played: int
    points: int
    difference: int
    scored: int


@command(name="table")
def table(matches: list[Match]) -> list[Row]:
    """Make the league table from match results."""
    rows: dict[str, Row] = {}
    for match in matches:
        home, away = match["home"].strip(), match["away"].strip()
        if not home or not away:
            raise InputError("a team needs a name")
        if home == away:
            raise InputError(f"{home} cannot play against itself")
        if match["home_goals"] < 0 or match["away_goals"] < 0:
            raise InputError("goals cannot be taken away")
        _count(rows, home, match["home_goals"], match["away_goals"])
        _count(rows, away, match["away_goals"], match["home_goals"])
    ordered = sorted(rows.values(), key=lambda row: (*_better_first(row), row["team"]))
    for position, row in enumerate(ordered):
        before = ordered[position - 1]
        if position and _better_first(before) == _better_first(row):
            row["place"] = before["place"]
        else:
            row["place"] = position + 1
    return ordered


def _count(rows: dict[str, Row], team: str, scored: int, against: int) -> None:
    row = rows.setdefault(
        team,
        Row(place=0, team=team, played=0, points=0, difference=0, scored=0),
    )
    row["played"] += 1
    row["scored"] += scored
    row["difference"] += scored - against
    if scored > against:
        row["points"] += 3
    elif scored == against:
        row["points"] += 1


def _better_first(row: Row) -> tuple[int, int, int]:
    return -row["points"], -row["difference"], -row["scored"]
