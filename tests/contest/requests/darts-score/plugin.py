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
    if not players or len(set(players)) < len(players):
        raise InputError("a game needs players with different names")
    if points < 2:
        raise InputError("a game needs more points")
    rows = [Row(player=name, left=points, throws=0) for name in players]
    storage.set("rows", rows)
    storage.set("turn", 0)
    return players[0]


@command(name="throw")
def throw(score: int) -> Turn:
    """Enter what a player scored."""
    rows, turn = storage.get("rows", []), storage.get("turn", 0)
    if not rows or any(row["left"] == 0 for row in rows):
        raise InputError("there is no game going on")
    if score < 0 or score > 180:
        raise InputError("three darts cannot give that")
    row = rows[turn]
    left = row["left"] - score
    counted = left == 0 or left > 1
    if counted:
        row["left"] = left
    row["throws"] += 1
    turn = (turn + 1) % len(rows)
    storage.set("rows", rows)
    storage.set("turn", turn)
    return {
        "player": row["player"],
        "left": row["left"],
        "counted": counted,
        "next": rows[turn]["player"] if row["left"] else None,
    }


@command(name="standing")
def standing() -> list[Row]:
    """List what everybody has left."""
    return sorted(storage.get("rows", []), key=lambda row: row["left"])
