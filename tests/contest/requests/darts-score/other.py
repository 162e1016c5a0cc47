from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Turn(TypedDict):
    player: str
    left: int
    counted: bool
    next: str | None


class Row(TypedDict):
    player: str
    left: int
    throws: int


@command(name="start")
def start(players: list[str], points: int) -> str:
    """Begin a new game."""
    if players == [] or sorted({*players}) != sorted(players) or points <= 1:
        raise InputError("this is no way to begin")
    storage.set("game", {"players": players, "points": points, "scores": []})
    return players[0]


@command(name="throw")
def throw(score: int) -> Turn:
    """Enter what a player scored."""
    game = storage.get("game")
    if game is None:
        raise InputError("nobody has begun a game")
    if 0 in play(game)[0]:
        raise InputError("the game is over")
    if not 0 <= score <= 180:
        raise InputError("nobody can score that")
    game["scores"].append(score)
    left, counted = play(game)
    storage.set("game", game)
    names, throws = game["players"], len(game["scores"])
    thrower = (throws - 1) % len(names)
    over = left[thrower] == 0
    return {
        "player": names[thrower],
        "left": left[thrower],
        "counted": counted,
        "next": None if over else names[throws % len(names)],
    }


@command(name="standing")
def standing() -> list[Row]:
    """List what everybody has left."""
    game = storage.get("game")
    if game is None:
        return []
    names, scores = game["players"], game["scores"]
    left, _ = play(game)
    rows = [
        (left[place], place, name, len(scores[place :: len(names)]))
        for place, name in enumerate(names)
    ]
    return [Row(player=n, left=rest, throws=t) for rest, _, n, t in sorted(rows)]


def play(game: dict) -> tuple[list[int], bool]:
    """Play it from the start: what is left, and whether the last throw counted."""
    left = [game["points"]] * len(game["players"])
    counted = False
    for number, score in enumerate(game["scores"]):
        place = number % len(left)
        counted = left[place] - score not in (1, *range(-180, 0))
        left[place] -= score * counted
    return left, counted
