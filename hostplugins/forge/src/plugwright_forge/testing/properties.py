"""Which invariants can be tried by themselves, and the test that tries each.

An invariant is a sentence. Four kinds of sentences are understood: there and back
again, twice is once, the order does not matter, the same input gives the same. What is
understood wrongly shows: the test then fails for candidates that agree otherwise, and
is not trusted. A sentence that says none of these is left to the tester.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from plugwright_forge.specification import Command, Invariant, Specification


class Law(StrEnum):
    """What an invariant says."""

    ROUND_TRIP = "there and back again"
    IDEMPOTENT = "twice is once"
    ANY_ORDER = "the order does not matter"
    SAME = "the same input gives the same"


_SAID: Mapping[Law, re.Pattern[str]] = {
    Law.ROUND_TRIP: re.compile(
        r"round.?trip|gives? back|reads? back|back again|\binverse\b|\bundo(es)?\b"
        r"|\brestores?\b",
        re.IGNORECASE,
    ),
    Law.ANY_ORDER: re.compile(
        r"(what(ever|\s+is)|in any|any|regardless of( the)?|independent of( the)?)\s+"
        r"(the\s+)?order"
        r"|order\b.*\b(does|do|is)(n't| not| no)\b|does not depend on the order",
        re.IGNORECASE,
    ),
    Law.IDEMPOTENT: re.compile(
        r"idempoten|\btwice\b|\ba second time\b|applied again", re.IGNORECASE
    ),
    Law.SAME: re.compile(
        r"deterministic|repeatable|the same (input|arguments|call|request)s?\b.*\bsame",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Property:
    """An invariant that is understood."""

    invariant: Invariant
    law: Law
    commands: tuple[Command, ...]
    """One; for there and back again, two."""
    parameter: str
    """The argument that it is about; empty for all of them."""


def understood(
    specification: Specification, schemas: Mapping[str, Mapping[str, Any]]
) -> tuple[Property, ...]:
    """Read the invariants; `schemas` are the commands' of arguments, by name."""
    return tuple(
        found
        for invariant in specification.invariants
        for found in _read(invariant, specification, schemas)
    )


def _read(
    invariant: Invariant,
    specification: Specification,
    schemas: Mapping[str, Mapping[str, Any]],
) -> Iterator[Property]:
    named = _named(invariant.text, specification)
    law = next(
        (law for law, said in _SAID.items() if said.search(invariant.text)), None
    )
    if law is None or not named:
        return
    command = named[0]
    if law is Law.SAME:
        yield Property(invariant=invariant, law=law, commands=(command,), parameter="")
    elif law is Law.ANY_ORDER:
        for parameter in _lists(command, schemas):
            yield Property(
                invariant=invariant, law=law, commands=(command,), parameter=parameter
            )
            return
    elif law is Law.IDEMPOTENT and _fits(command, command):
        only = command.parameters[0].name
        yield Property(
            invariant=invariant, law=law, commands=(command,), parameter=only
        )
    elif law is Law.ROUND_TRIP and len(named) > 1 and _fits(*named[:2]):
        first, second = named[:2]
        if second.returns == first.parameters[0].type:
            yield Property(
                invariant=invariant,
                law=law,
                commands=(first, second),
                parameter=first.parameters[0].name,
            )


def _named(text: str, specification: Specification) -> list[Command]:
    """The commands that a sentence names, in its order; the only one goes unnamed."""
    places = {
        min(found): command
        for command in specification.commands
        if (
            found := [
                match.start()
                for name in (command.name, command.function)
                for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
            ]
        )
    }
    if not places and len(specification.commands) == 1:
        return [*specification.commands]
    return [places[place] for place in sorted(places)]


def _fits(first: Command, second: Command) -> bool:
    """Whether the second takes what the first gives, and each takes one thing."""
    one = len(first.parameters) == len(second.parameters) == 1
    return one and first.returns == second.parameters[0].type


def _lists(command: Command, schemas: Mapping[str, Mapping[str, Any]]) -> list[str]:
    parts = schemas.get(command.name, {}).get("properties", {})
    return [
        each.name
        for each in command.parameters
        if parts.get(each.name, {}).get("type") == "array"
    ]
