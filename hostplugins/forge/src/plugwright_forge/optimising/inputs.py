"""Inputs that two versions of a plugin are compared on.

Small ones near the examples, called one after the other, so that what is kept from call
to call is compared, too. Large ones, each for a fresh plugin, on which fuel shows. And
for each rewrite some that are made of the very numbers and words that are in its code:
who treats one input in a thousand differently has to name it somewhere.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from random import Random
from typing import Any, TypeAlias

from plugwright.judging import Call
from plugwright_forge.probing import probes
from plugwright_forge.specification import Specification

Story: TypeAlias = tuple[Call, ...]

SMALL = 1000
"""Small inputs that every rewrite is tried on."""
AIMED = 200
"""More of them for each rewrite, made of what is in its code."""
TOGETHER = 20
"""How many of them one plugin is given."""
SIZES = (32, 64, 128, 256, 512)
STEPS = range(1, 17)
"""What numbers grow by where there is nothing else that can."""
SEEDS = 3
"""Small inputs of each command that are made large."""
_WIDE = 1000
_INSIDE = 3
"""Levels of objects in which lists are looked for."""
_NEAR = ((1, 0), (1, 1), (1, -1), (-1, 0), (-1, 1), (-1, -1))


def small_stories(
    specification: Specification,
    schemas: Mapping[str, Mapping[str, Any]],
    seed: str,
    most: int = SMALL,
) -> tuple[Story, ...]:
    """Calls near the examples, and at random, in stories of several."""
    calls = near_calls(specification, schemas, seed)
    luck = Random(f"{seed} small")
    made = [*calls]
    while calls and len(made) < most:
        call = luck.choice(calls)
        made.append(_changed_call(call, luck, _VALUES))
    return _grouped(made[:most], luck)


def near_calls(
    specification: Specification,
    schemas: Mapping[str, Mapping[str, Any]],
    seed: str,
) -> tuple[Call, ...]:
    """Calls as candidates are tried with."""
    return tuple(
        Call(command=each.command, arguments=each.arguments)
        for each in probes(specification, schemas, seed, most=120)
    )


def aimed_stories(
    calls: Sequence[Call], old: str, new: str, seed: str, most: int = AIMED
) -> tuple[Story, ...]:
    """Calls with the numbers and words in them that two versions are made of."""
    luck = Random(f"{seed} aimed")
    told = _told(new)
    fresh = [each for each in told if each not in _told(old)] or told
    values = {
        # `-7` is a 7 with a sign before it.
        int: [s * n + d for n in fresh if type(n) is int for s, d in _NEAR],
        float: [
            s * float(n) for n in fresh if type(n) in (int, float) for s in (1, -1)
        ],
        str: [word for word in fresh if type(word) is str],
    }
    made = [
        _changed_call(luck.choice(calls), luck, values)
        for _ in range(most if calls else 0)
    ]
    return _grouped(made, luck)


def large_stories(
    calls: Sequence[Call], seed: str, sizes: Sequence[int] = SIZES
) -> tuple[Story, ...]:
    """The same calls with more: longer lists and texts, or larger numbers."""
    luck = Random(f"{seed} large")
    by_command: dict[str, list[Call]] = {}
    for call in calls:
        by_command.setdefault(call.command, []).append(call)
    found: dict[str, Story] = {}
    for some in by_command.values():
        for call in chain(richest_first(some)[:SEEDS], some[:SEEDS]):
            for arguments in _grown(call.arguments, luck, sizes):
                grown = Call(command=call.command, arguments=arguments)
                key = json.dumps([grown.command, arguments], sort_keys=True)
                found.setdefault(key, (grown,))
    return tuple(found.values())


def richest_first(calls: Sequence[Call]) -> list[Call]:
    """What has more in it has more that can grow."""
    return sorted(calls, key=lambda call: -len(json.dumps({**call.arguments})))


Place: TypeAlias = tuple[str, ...]
"""Where something is: `("plan", "lessons")`, in an object that is an argument."""


def growing(arguments: Mapping[str, Any]) -> list[Place]:
    """Name what can be made longer: lists; and texts where there is no list.

    Beside a list, a text is a name or a date more often than a text to work on; so is
    one in an object.
    """
    lists = [place for place, v in _parts(arguments) if v and isinstance(v, list)]
    return lists or [(n,) for n, v in sorted(arguments.items()) if v and type(v) is str]


def _parts(value: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, Any]]:
    for name, each in sorted(value.items()):
        yield (*place, name), each
        if isinstance(each, dict) and len(place) < _INSIDE:
            yield from _parts(each, (*place, name))


def longer(
    value: Any, places: Collection[Place], more: Callable[[Any], Any], at: Place = ()
) -> Any:
    """Give the same with more in some places."""
    if at in places:
        return more(value)
    if isinstance(value, Mapping):
        return {n: longer(each, places, more, (*at, n)) for n, each in value.items()}
    return value


def long(value: Any, size: int, varied: bool, luck: Random) -> Any:
    """Give a list of so many items, or a text of so many letters."""
    if isinstance(value, str):
        return (value * size)[: max(size, len(value))]
    turns = [value[n % len(value)] for n in range(size)]
    if not varied:
        return turns
    other = [_other(each, n // len(value)) for n, each in enumerate(turns)]
    luck.shuffle(other)
    return other


def _grouped(calls: Sequence[Call], luck: Random) -> tuple[Story, ...]:
    mixed = [*calls]
    luck.shuffle(mixed)
    starts = range(0, len(mixed), TOGETHER)
    return tuple(tuple(mixed[at : at + TOGETHER]) for at in starts)


def _told(code: str) -> list[Any]:
    """The numbers and words in a file, in their order."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float, str)
        and len(str(node.value)) < 100
    ]
    return list(dict.fromkeys(found))


_VALUES: Mapping[type, Sequence[Any]] = {int: (), float: (), str: ()}


def _changed_call(call: Call, luck: Random, values: Mapping[type, Any]) -> Call:
    arguments = json.loads(json.dumps({**call.arguments}))
    for _ in range(luck.randint(1, 3)):
        arguments = _changed(arguments, luck, values)
    return Call(command=call.command, arguments=arguments)


def _changed(value: Any, luck: Random, values: Mapping[type, Any]) -> Any:
    match value:
        case dict():
            if not value:
                return value
            name = luck.choice(sorted(value))
            return {**value, name: _changed(value[name], luck, values)}
        case list():
            return _changed_list(value, luck, values)
        case bool():
            return not value
        case int():
            wide = luck.randint(-_WIDE, _WIDE)
            return luck.choice([*values[int], wide, abs(wide), value + 1, value - 1])
        case float():
            return luck.choice([*values[float], luck.randint(-_WIDE, _WIDE) / 4])
        case str():
            other = "".join(
                luck.choice("abc XYZ09é,-") for _ in range(luck.randint(0, 6))
            )
            return luck.choice([*values[str], other, value + other, value[1:]])
    return value


def _changed_list(value: list[Any], luck: Random, values: Mapping[type, Any]) -> Any:
    if not value:
        return value
    place = luck.randrange(len(value))
    changed = _changed(value[place], luck, values)
    return luck.choice(
        [
            [*value[:place], changed, *value[place + 1 :]],
            [*value, changed],
            [*value, *value],
            value[:place],
            luck.sample(value, len(value)),
        ]
    )


def _grown(
    arguments: Mapping[str, Any], luck: Random, sizes: Sequence[int]
) -> Iterator[dict[str, Any]]:
    can_grow = growing(arguments)
    for size in sizes if can_grow else ():
        for varied in (True, False):
            more = partial(long, size=size, varied=varied, luck=luck)
            yield longer(arguments, can_grow, more)
    if not can_grow:
        for step in STEPS:
            yield {
                name: value + step if type(value) is int else value
                for name, value in arguments.items()
            }


def _other(value: Any, turn: int) -> Any:
    """The same again, and yet another."""
    match value:
        case bool() | None:
            return value
        case int() | float():
            return value + turn
        case str():
            return f"{value}{turn}" if turn else value
        case list():
            return [_other(each, turn) for each in value]
        case dict():
            return {name: _other(each, turn) for name, each in value.items()}
    return value
