"""Inputs to try candidates with: those of the examples, changed in small ways.

Candidates that differ do so at edges: one more, none, the same twice, another order,
just below and just above. So the inputs near an example tell more than inputs at
random, of which there are some, too, where the schema says what is allowed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from random import Random
from typing import Any

from plugwright.judging import Call, Observed
from plugwright.sandboxes import JSON
from plugwright_forge.specification import Example, Specification, in_full

MOST = 24
"""Probes for all commands together; each candidate is called with every one."""
_NEAR = 3
"""Changes of one example at most, one on top of the other."""
_DEEPEST = 6


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One call that every candidate is tried with, and what happens before it."""

    id: str
    """`P1`."""
    command: str
    arguments: Mapping[str, JSON]
    before: Sequence[Mapping[str, Any]] = ()
    """The calls before it, written out; what they give is not looked at."""
    tests: Sequence[str] = ()
    """The tests that tell this story."""
    made: bool = False
    """Whether it was made from the schema alone, so that it may mean nothing."""
    written: bool = False
    """Whether a person wrote down what it gives, before anybody was asked."""

    @property
    def story(self) -> tuple[Call, ...]:
        """Give it as it is played."""
        last = Call(command=self.command, arguments=self.arguments)
        return (*(Call(**call) for call in self.before), last)


def probes(
    specification: Specification,
    schemas: Mapping[str, Mapping[str, Any]],
    seed: str,
    most: int = MOST,
) -> tuple[Probe, ...]:
    """Give inputs by command, in turn; the same seed gives the same ones.

    `schemas` are the commands' JSON Schemas of arguments.
    """
    turns = [
        _inputs(command.name, specification, schemas.get(command.name, {}), seed)
        for command in specification.commands
    ]
    seen: dict[str, Probe] = {}
    for _ in range(most):
        for command, inputs in zip(specification.commands, turns, strict=True):
            for arguments, made in inputs:
                key = json.dumps([command.name, arguments], sort_keys=True)
                if key not in seen and len(seen) < most:
                    number = f"P{len(seen) + 1}"
                    seen[key] = Probe(
                        id=number,
                        command=command.name,
                        arguments=arguments,
                        made=made,
                    )
                    break
    return tuple(seen.values())


def marked(probes: Sequence[Probe], examples: Sequence[Example]) -> tuple[Probe, ...]:
    """Mark those that are among the examples which a person wrote down."""
    known = {each.call for each in examples}
    return tuple(
        replace(probe, written=True) if in_full(probe.story) in known else probe
        for probe in probes
    )


def near(
    told: Sequence[Probe], seed: str, most: int = MOST, prefix: str = "T"
) -> tuple[Probe, ...]:
    """Change stories in small ways, all of them in turn."""
    luck = Random(seed)
    words = _words([call.arguments for probe in told for call in probe.story])
    seen = {in_full(probe.story) for probe in told}
    found: list[Probe] = []
    for round_ in range(8 * most if told else 0):
        changed = _changed_story(told[round_ % len(told)], luck, words)
        if (said := in_full(changed.story)) not in seen and len(found) < most:
            seen.add(said)
            found.append(replace(changed, id=f"{prefix}{len(found) + 1}"))
    return tuple(found)


def _changed_story(probe: Probe, luck: Random, words: Sequence[str]) -> Probe:
    """Change what one of its calls is given; mostly the last, which is looked at."""
    for _ in range(luck.randint(1, _NEAR)):
        place = luck.randrange(2 * len(probe.before) + 2)
        if place < len(probe.before):
            call = probe.before[place]
            given = _changed(call["arguments"], luck, words)
            before = [*probe.before]
            before[place] = {**call, "arguments": given}
            probe = replace(probe, before=tuple(before))
        else:
            given = _changed(probe.arguments, luck, words)
            probe = replace(probe, arguments=given)
    return replace(probe, tests=(), written=False)


def output_of(story: Sequence[Observed]) -> str:
    """Write what was observed, but for the fuel, so that the same is equal."""
    seen = [{**asdict(each), "fuel": 0} for each in story]
    return json.dumps(seen, sort_keys=True, ensure_ascii=False)


def is_answer(output: str) -> bool:
    """Tell whether the last call neither was refused nor failed."""
    last = json.loads(output)[-1]
    return not last["refused"] and not last["failure"]


def _inputs(
    command: str,
    specification: Specification,
    schema: Mapping[str, Any],
    seed: str,
) -> Iterator[tuple[dict[str, Any], bool]]:
    """Give the examples' inputs, then those near them, and some at random."""
    luck = Random(f"{seed} {command}")
    known = [
        json.loads(json.dumps({**example.arguments}))
        for example in specification.examples
        if example.command == command
    ]
    yield from ((each, False) for each in known)
    words = _words(known)
    for round_ in range(200):
        if known and round_ % 3:
            near = known[round_ % len(known)]
            for _ in range(luck.randint(1, _NEAR)):
                near = _changed(near, luck, words)
            yield near, False
        elif schema:
            made = _made(schema, schema, luck, words)
            yield (made if isinstance(made, dict) else {}), True


def _words(known: Sequence[Any]) -> list[str]:
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        for inner in value.values() if isinstance(value, dict) else ():
            walk(inner)
        for inner in value if isinstance(value, list) else ():
            walk(inner)

    walk([*known])
    return list(dict.fromkeys(found))


def _changed(value: Any, luck: Random, words: Sequence[str], depth: int = 0) -> Any:
    """Change one thing somewhere inside, but not in what is very deep there."""
    if isinstance(value, dict):
        if not value:
            return value
        name = luck.choice(sorted(value))
        return {**value, name: _changed(value[name], luck, words, depth)}
    if isinstance(value, list):
        # Two members are changed at each level, so they double.
        inner = partial(_changed, luck=luck, words=words, depth=depth + 1)
        return _changed_list(value, luck, inner) if depth < _DEEPEST else value
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return luck.choice([value - 1, value + 1, 0, value * 2, -value])
    if isinstance(value, float):
        return luck.choice([value + 0.5, 0.0, -value, value / 2])
    if isinstance(value, str):
        return luck.choice([*words, "", value.upper(), f" {value}", value[:-1]])
    return value


def _changed_list(
    value: list[Any], luck: Random, changed: Callable[[Any], Any]
) -> list[Any]:
    if not value:
        return value
    place = luck.randrange(len(value))
    before, member, after = value[:place], value[place], value[place + 1 :]
    return luck.choice(
        [
            [],
            before + after,
            [*before, member, member, *after],
            [*before, changed(member), *after],
            value[::-1],
            [*value, changed(member)],
        ]
    )


def _made(
    schema: Mapping[str, Any],
    root: Mapping[str, Any],
    luck: Random,
    words: Sequence[str],
    depth: int = 0,
) -> Any:
    """Make what a schema allows; of JSON Schema, what the guest API writes."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _made(root.get("$defs", {}).get(name, {}), root, luck, words, depth + 1)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return _made(luck.choice(schema[key]), root, luck, words, depth + 1)
    if "enum" in schema:
        return luck.choice(schema["enum"])
    if "const" in schema:
        return schema["const"]
    if depth > _DEEPEST:
        return None
    match schema.get("type"):
        case "object":
            made = {
                name: _made(inner, root, luck, words, depth + 1)
                for name, inner in schema.get("properties", {}).items()
                if name in schema.get("required", ()) or luck.random() < 0.5
            }
            return made
        case "array":
            inner = schema.get("items", {})
            count = luck.choice([0, 1, 2, 2, 3, 5])
            return [_made(inner, root, luck, words, depth + 1) for _ in range(count)]
        case "integer":
            return luck.choice([0, 1, 2, 3, 5, 7, 10, 12, 30, 100, -1])
        case "number":
            return luck.choice([0, 0.5, 1.5, 2.25, 10, 99.99, -1.5])
        case "boolean":
            return luck.random() < 0.5
        case "string":
            return luck.choice([*words, "", "a", "Ünïcödé", "two words"])
        case _:
            return None
