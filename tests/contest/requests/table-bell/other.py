from typing import Any, TypedDict

from plugwright_sdk import InputError, command, emit, on, storage


class Order(TypedDict):
    table: int
    dishes: list[str]


class Cooked(TypedDict):
    dish: str


class Waiting(TypedDict):
    table: int
    missing: list[str]


Row = list[Any]
"""One ordered dish: table, dish, whether it is there."""


@command(name="waiting")
def waiting() -> list[Waiting]:
    """List the open orders."""
    found: dict[int, list[str]] = {}
    for table, dish, is_there in rows():
        found.setdefault(table, []).extend([] if is_there else [dish])
    return [{"table": table, "missing": missing} for table, missing in found.items()]


@command(name="cancel")
def cancel(table: int) -> list[str]:
    """Cancel an order."""
    own = [row for row in rows() if row[0] == table]
    if own == []:
        raise InputError("this table waits for nothing")
    storage.set("rows", [row for row in rows() if row[0] != table])
    left = [dish for _, dish, is_there in own if is_there]
    for dish in left:
        arrive(dish)
    return left


@command(name="cooked")
def cooked(dish: str) -> int | None:
    """Note a cooked dish by hand."""
    return arrive(dish)


@on("dish-cooked")
def hear_kitchen(data: Cooked) -> None:
    arrive(data["dish"])


@on("order-placed")
def hear_desk(data: Order) -> None:
    table, counter = data["table"], storage.get("counter", {})
    new = []
    for dish in data["dishes"]:
        has = counter.get(dish, 0) > 0
        counter[dish] = counter.get(dish, 0) - has
        new.append([table, dish, has])
    storage.set("counter", counter)
    before = rows()
    # Rows of a table stay together, so the order of rows is the order of orders.
    ends = [place for place, row in enumerate(before, 1) if row[0] == table]
    place = max(ends, default=len(before))
    storage.set("rows", before[:place] + new + before[place:])
    serve(table)


def arrive(dish: str) -> int | None:
    now = rows()
    for row in now:
        if row[1:] == [dish, False]:
            row[2] = True
            storage.set("rows", now)
            serve(row[0])
            return row[0]
    counter = storage.get("counter", {})
    storage.set("counter", {**counter, dish: counter.get(dish, 0) + 1})
    return None


def serve(table: int) -> None:
    own = [row for row in rows() if row[0] == table]
    if own and all(is_there for _, _, is_there in own):
        storage.set("rows", [row for row in rows() if row[0] != table])
        emit("table-ready", {"table": table, "dishes": [dish for _, dish, _ in own]})


def rows() -> list[Row]:
    return storage.get("rows", [])
