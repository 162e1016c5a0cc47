from typing import TypedDict

from plugwright_sdk import InputError, command


class Step(TypedDict):
    name: str
    minutes: int
    after: list[str]


class Plan(TypedDict):
    order: list[str]
    minutes: int
    stuck: list[str]


@command(name="plan")
def plan(steps: list[Step]) -> Plan:
    """Put the steps of a menu in order."""
    _check(steps)
    ends: dict[str, int] = {}
    while True:
        step = _next(steps, ends)
        if step is None:
            break
        begin = max((ends[name] for name in step["after"]), default=0)
        ends[step["name"]] = begin + step["minutes"]
    return {
        "order": list(ends),
        "minutes": max(ends.values(), default=0),
        "stuck": [step["name"] for step in steps if step["name"] not in ends],
    }


def _next(steps: list[Step], ends: dict[str, int]) -> Step | None:
    for step in steps:
        if step["name"] not in ends and all(name in ends for name in step["after"]):
            return step
    return None


def _check(steps: list[Step]) -> None:
    names = [step["name"] for step in steps]
    if len(set(names)) < len(names):
        raise InputError("two steps have the same name")
    for step in steps:
        if step["minutes"] < 0:
            raise InputError("a step cannot take less than no time")
        for name in step["after"]:
            if name not in names:
                raise InputError(f"there is no step {name}")
