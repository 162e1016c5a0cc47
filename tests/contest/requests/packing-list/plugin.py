from typing import Any, TypedDict

from plugwright_sdk import InputError, command, storage


class Missing(TypedDict):
    thing: str
    pieces: int


class State(TypedDict):
    missing: list[Missing]
    percent: int


@command(name="put")
def put(thing: str, pieces: int) -> int:
    """Put a thing on the list."""
    if not thing.strip() or pieces < 1:
        raise InputError("a thing needs a name, pieces too")
    rows = _rows()
    row = _find(rows, thing)
    if row is None:
        row = {"thing": thing.strip(), "pieces": 0, "packed": 0}
        rows.append(row)
    row["pieces"] += pieces
    storage.set("rows", rows)
    return row["pieces"]


@command(name="tick")
def tick(thing: str) -> int:
    """Tick off one piece."""
    rows = _rows()
    row = _find(rows, thing)
    if row is None or row["packed"] == row["pieces"]:
        raise InputError(f"no {thing} is missing")
    row["packed"] += 1
    storage.set("rows", rows)
    return row["pieces"] - row["packed"]


@command(name="state")
def state() -> State:
    """Say what is missing, with the percentage packed."""
    rows = _rows()
    missing = [
        Missing(thing=row["thing"], pieces=row["pieces"] - row["packed"])
        for row in rows
        if row["packed"] < row["pieces"]
    ]
    total = sum(row["pieces"] for row in rows)
    packed = sum(row["packed"] for row in rows)
    return {"missing": missing, "percent": 100 * packed // total if total else 0}


def _rows() -> list[dict[str, Any]]:
    return storage.get("rows", [])


def _find(rows: list[dict[str, Any]], thing: str) -> dict[str, Any] | None:
    wanted = thing.strip().lower()
    return next((row for row in rows if row["thing"].lower() == wanted), None)
