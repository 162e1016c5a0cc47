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


@on("order-placed")
def order_placed(data: Order) -> None:
    if not data["dishes"]:
        return
    orders, kept = _load()
    order = next((each for each in orders if each["table"] == data["table"]), None)
    if order is None:
        order = {"table": data["table"], "dishes": [], "is_there": []}
        orders.append(order)
    for dish in data["dishes"]:
        order["dishes"].append(dish)
        order["is_there"].append(dish in kept)
        if dish in kept:
            kept.remove(dish)
    _ring(orders)
    _save(orders, kept)


@on("dish-cooked")
def dish_cooked(data: Cooked) -> None:
    cooked.function(data["dish"])


@command(name="cooked")
def cooked(dish: str) -> int | None:
    """Note a cooked dish by hand."""
    orders, kept = _load()
    table = _give(dish, orders, kept)
    _save(orders, kept)
    return table


@command(name="cancel")
def cancel(table: int) -> list[str]:
    """Cancel an order."""
    orders, kept = _load()
    order = next((each for each in orders if each["table"] == table), None)
    if order is None:
        raise InputError(f"table {table} has no open order")
    orders.remove(order)
    left = _dishes(order, is_there=True)
    for dish in left:
        _give(dish, orders, kept)
    _save(orders, kept)
    return left


@command(name="waiting")
def waiting() -> list[Waiting]:
    """List the open orders."""
    orders, _ = _load()
    return [
        Waiting(table=order["table"], missing=_dishes(order, is_there=False))
        for order in orders
    ]


def _give(dish: str, orders: list[dict[str, Any]], kept: list[str]) -> int | None:
    for order in orders:
        for number, name in enumerate(order["dishes"]):
            if name == dish and not order["is_there"][number]:
                order["is_there"][number] = True
                _ring(orders)
                return order["table"]
    kept.append(dish)
    return None


def _ring(orders: list[dict[str, Any]]) -> None:
    for order in [each for each in orders if all(each["is_there"])]:
        orders.remove(order)
        emit("table-ready", {"table": order["table"], "dishes": order["dishes"]})


def _dishes(order: dict[str, Any], *, is_there: bool) -> list[str]:
    pairs = zip(order["dishes"], order["is_there"], strict=True)
    return [dish for dish, there in pairs if there == is_there]


def _load() -> tuple[list[dict[str, Any]], list[str]]:
    return storage.get("orders", []), storage.get("kept", [])


def _save(orders: list[dict[str, Any]], kept: list[str]) -> None:
    storage.set("orders", orders)
    storage.set("kept", kept)
