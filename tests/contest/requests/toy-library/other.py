from typing import Any, Literal

from plugwright_sdk import InputError, command, storage


@command(name="borrow")
def borrow(toy: str, child: str) -> Literal["lent", "waiting"]:
    """Lend a toy if it is there."""
    toys = storage.get("toys", {})
    record = toys.setdefault(toy, {"holder": None, "loan": 0, "line": []})
    if record["holder"] is None:
        if len(had_by(child, toys)) == 2:
            raise InputError("two toys are enough")
        record["line"] = [each for each in record["line"] if each != child]
        hand_out(record, child)
        answer: Literal["lent", "waiting"] = "lent"
    elif child == record["holder"] or child in record["line"]:
        raise InputError("this child has the toy or waits for it")
    else:
        record["line"] += [child]
        answer = "waiting"
    storage.set("toys", toys)
    return answer


@command(name="bring-back")
def bring_back(toy: str) -> str | None:
    """Take a toy back for the next child."""
    toys = storage.get("toys", {})
    if toy not in toys or toys[toy]["holder"] is None:
        raise InputError("nobody has this toy")
    record = toys[toy]
    record["holder"] = None
    for place, child in enumerate(record["line"]):
        if len(had_by(child, toys)) < 2:
            del record["line"][place]
            hand_out(record, child)
            break
    storage.set("toys", toys)
    return record["holder"]


@command(name="toys-of")
def toys_of(child: str) -> list[str]:
    """List the toys a child has."""
    return had_by(child, storage.get("toys", {}))


def hand_out(record: dict[str, Any], child: str) -> None:
    loan = storage.get("loans", 0) + 1
    storage.set("loans", loan)
    record.update(holder=child, loan=loan)


def had_by(child: str, toys: dict[str, Any]) -> list[str]:
    own = [name for name, record in toys.items() if record["holder"] == child]
    return sorted(own, key=lambda name: toys[name]["loan"])
