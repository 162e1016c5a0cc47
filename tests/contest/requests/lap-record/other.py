from typing import Any, TypedDict

from plugwright_sdk import InputError, command, emit, on, storage


class Lap(TypedDict):
    runner: str
    seconds: float


@command(name="add-lap")
def add_lap(runner: str, seconds: float) -> bool:
    """Note a lap by hand."""
    if not seconds > 0:
        raise InputError("nobody is that fast")
    return finish(runner, seconds)


@command(name="bests")
def bests() -> list[Lap]:
    """List everybody's best lap."""
    found: list[Lap] = []
    seen = set()
    laps = storage.get("laps", [])
    for seconds, _, runner in sorted(
        (seconds, number, runner) for number, (runner, seconds) in enumerate(laps)
    ):
        if runner not in seen:
            seen.add(runner)
            found.append({"runner": runner, "seconds": seconds})
    return found


@on("lap-finished")
def hear_lap(data: Lap) -> None:
    if data["seconds"] > 0:
        finish(data["runner"], data["seconds"])


@on("season-started")
def begin(data: Any) -> None:
    storage.set("laps", [])


def finish(runner: str, seconds: float) -> bool:
    laps = storage.get("laps", [])
    before = min((each for _, each in laps), default=None)
    storage.set("laps", [*laps, [runner, seconds]])
    if before is not None and before <= seconds:
        return False
    emit("record-broken", {"runner": runner, "seconds": seconds, "before": before})
    return True
