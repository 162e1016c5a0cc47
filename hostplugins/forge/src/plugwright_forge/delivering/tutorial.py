"""The tutorial: one call of each command, with what it really gave.

Which input: an example that a person approved, else one that a test calls with. The
first that the plugin does not refuse is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from plugwright.judging import Call, Case, Judge
from plugwright.sandboxes import JSON
from plugwright.sources import plain
from plugwright_forge.delivering.written import calls
from plugwright_forge.probing import Probe, output_of
from plugwright_forge.specification import Command, Specification

_TRIED = 6
"""Inputs that are tried for one command, until one is not refused."""
_LONGEST = 40
"""Lines of an answer."""


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """One call that was made, and what it gave."""

    command: str
    arguments: Mapping[str, JSON]
    value: JSON


Observe = Callable[[Sequence[Probe]], Sequence[str | None]]
"""Runs the plugin on each input, as `Bench.observe` does; None where nobody can see."""


def demonstrations(
    observe: Observe,
    specification: Specification,
    tests: str,
) -> tuple[Demonstration, ...]:
    """Run the plugin on likely inputs; a command without an answer has none."""
    inputs = [
        Probe(id=f"T{number}", command=command.name, arguments=arguments)
        for command in specification.commands
        for number, arguments in enumerate(_inputs(command, specification, tests), 1)
    ]
    outputs = observe(inputs)
    found: dict[str, Demonstration] = {}
    for probe, output in zip(inputs, outputs, strict=True):
        (seen,) = json.loads(output) if output else ({},)
        if seen and not seen["refused"] and not seen["failure"]:
            shown = Demonstration(
                command=probe.command, arguments=probe.arguments, value=seen["value"]
            )
            found.setdefault(probe.command, shown)
    return tuple(found.values())


def watched(judge: Judge, case: Case) -> Observe:
    """Let a judge look at what a plugin does, if it can."""
    observe = getattr(judge, "observe", None)

    def look(probes: Sequence[Probe]) -> Sequence[str | None]:
        if observe is None:
            return [None] * len(probes)
        stories = [
            [Call(command=probe.command, arguments=probe.arguments)] for probe in probes
        ]
        return [output_of(story) for story in observe(case, stories)]

    return look


def tutorial(
    specification: Specification, shown: Sequence[Demonstration]
) -> Iterator[str]:
    """Write it as lines of Markdown."""
    answers = {each.command: each for each in shown}
    yield "Each answer below was given by this plugin, in the sandbox, as it is."
    if any(wish.permission.name == "clock" for wish in specification.permissions):
        yield "The clock stood still there, on Monday, 5 January 2026, 08:00 UTC."
    for command in specification.commands:
        yield ""
        yield f"### {command.name}"
        yield ""
        yield command.summary
        yield ""
        if command.name in answers:
            yield from _one(specification.name, answers[command.name])
        else:
            yield "No input that was tried gave an answer that could be shown here."


def _one(plugin: str, shown: Demonstration) -> Iterator[str]:
    if shown.arguments:
        yield "Write this into the file `input.json`:"
        yield ""
        # Whole, however long it is: somebody wants to copy it.
        yield from _json({**shown.arguments})
        yield ""
        yield "Then type"
        yield ""
        yield f"    plugwright run {plugin} {shown.command} --input input.json"
    else:
        yield "Type"
        yield ""
        yield f"    plugwright run {plugin} {shown.command}"
    yield ""
    yield "and it answers:"
    yield ""
    answer = [*_json(shown.value)]
    yield from answer[:_LONGEST]
    if len(answer) > _LONGEST:
        yield f"    … and {len(answer) - _LONGEST} more lines"


def _json(value: JSON) -> Iterator[str]:
    text = plain(json.dumps(value, ensure_ascii=False))
    if len(text) > 76:
        text = plain(json.dumps(value, indent=2, ensure_ascii=False))
    yield from (f"    {line}" for line in text.split("\n"))


def _inputs(
    command: Command,
    specification: Specification,
    tests: str,
) -> Iterator[Mapping[str, JSON]]:
    told = [
        each.arguments
        for each in specification.examples
        if each.command == command.name and not each.refuses
    ]
    seen: list[Mapping[str, JSON]] = []
    for arguments in (*told, *calls(tests, command)):
        if arguments not in seen and len(seen) < _TRIED:
            seen.append(arguments)
    yield from seen
