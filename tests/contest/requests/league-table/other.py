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
    sides = [side for match in matches for side in _both_sides(match)]
    figures = {}
    for team in sorted({name for name, _, _ in sides}):
        own = [(made, got) for name, made, got in sides if name == team]
        points = sum(3 if made > got else made == got for made, got in own)
        scored = sum(made for made, _ in own)
        lost = sum(got for _, got in own)
        figures[team] = (points, scored - lost, scored, len(own))
    rows = [
        Row(
            place=1 + sum(other[:3] > found[:3] for other in figures.values()),
            team=team,
            played=found[3],
            points=found[0],
            difference=found[1],
            scored=found[2],
        )
        for team, found in figures.items()
    ]
    return sorted(rows, key=lambda row: row["place"])


def _both_sides(match: Match) -> list[tuple[str, int, int]]:
    names = match["home"].strip(), match["away"].strip()
    goals = match["home_goals"], match["away_goals"]
    if "" in names or names[0] == names[1] or min(goals) < 0:
        raise InputError("a match needs two different teams and goals from 0 on")
    return [(names[0], *goals), (names[1], *reversed(goals))]
