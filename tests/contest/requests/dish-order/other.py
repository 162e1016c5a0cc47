from heapq import heappop, heappush
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
    position = {step["name"]: number for number, step in enumerate(steps)}
    if len(position) != len(steps) or any(step["minutes"] < 0 for step in steps):
        raise InputError("steps need different names and minutes from 0 on")
    waits = [{*step["after"]} for step in steps]
    if not set().union(*waits) <= position.keys():
        raise InputError("a step waits for one that is not there")
    followers: list[list[int]] = [[] for _ in steps]
    for number, names in enumerate(waits):
        for name in names:
            followers[position[name]].append(number)
    missing = [len(names) for names in waits]
    begins = [0] * len(steps)
    ready = [number for number, count in enumerate(missing) if count == 0]
    order, minutes = [], 0
    while ready:
        number = heappop(ready)
        order.append(steps[number]["name"])
        end = begins[number] + steps[number]["minutes"]
        minutes = max(minutes, end)
        for follower in followers[number]:
            begins[follower] = max(begins[follower], end)
            missing[follower] -= 1
            if missing[follower] == 0:
                heappush(ready, follower)
    stuck = [step["name"] for step, count in zip(steps, missing, strict=True) if count]
    return {"order": order, "minutes": minutes, "stuck": stuck}
