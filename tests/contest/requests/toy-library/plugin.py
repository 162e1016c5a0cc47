from typing import Literal

from plugwright_sdk import InputError, command, storage

MOST = 2


@command(name="borrow")
def borrow(toy: str, child: str) -> Literal["lent", "waiting"]:
    """Lend a toy if it is there."""
    homes, lines = _state()
    line = lines.setdefault(toy, [])
    own = homes.setdefault(child, [])
    is_out = any(toy in toys for toys in homes.values())
    if is_out and (toy in own or child in line):
        raise InputError(f"{child} cannot ask twice")
    if not is_out and len(own) >= MOST:
        raise InputError(f"{child} has {MOST} toys already")
    if is_out:
        line.append(child)
    else:
        lines[toy] = [each for each in line if each != child]
        own.append(toy)
    _keep(homes, lines)
    return "waiting" if is_out else "lent"


@command(name="bring-back")
def bring_back(toy: str) -> str | None:
    """Take a toy back for the next child."""
    homes, lines = _state()
    holder = next((child for child, toys in homes.items() if toy in toys), None)
    if holder is None:
        raise InputError(f"{toy} is on the shelf")
    homes[holder].remove(toy)
    line = lines[toy]
    heir = next((child for child in line if len(homes.get(child, [])) < MOST), None)
    if heir is not None:
        line.remove(heir)
        homes.setdefault(heir, []).append(toy)
    _keep(homes, lines)
    return heir


@command(name="toys-of")
def toys_of(child: str) -> list[str]:
    """List the toys a child has."""
    homes, _ = _state()
    return homes.get(child, [])


def _state() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    return storage.get("homes", {}), storage.get("lines", {})


def _keep(homes: dict[str, list[str]], lines: dict[str, list[str]]) -> None:
    storage.set("homes", homes)
    storage.set("lines", lines)
