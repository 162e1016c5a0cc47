"""Tests that need no model: from schemas, examples and invariants of a specification.

Each is a function that holds all it needs, and whose name says what it is about: an
invariant, `test_i1_property_...`, or the interface, `test_error_plan_week_...`. They
are no better than what they come from, so they have to earn trust like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plugwright_forge.specification import Command, Specification
from plugwright_forge.testing.drawing import drawn, may_be_null, resolved
from plugwright_forge.testing.kinds import TestKind
from plugwright_forge.testing.properties import Law, Property, understood
from plugwright_forge.testing.strategies import Scope

if TYPE_CHECKING:
    from plugwright_forge.bench import CommandDescription

if TYPE_CHECKING:  # the options of a session name a strategy, and a bench has a session
    from plugwright_forge.bench import CommandDescription

_NO = {"array": 7, "object": 7, "string": 7, "integer": "seven", "number": "seven"}
"""What is not of a type, by type."""
_LEAST: Mapping[str, tuple[Any, ...]] = {
    "array": ([],),
    "string": ("",),
    "integer": (0, -1),
    "number": (0, -0.5),
}
SQUARE = 20
"""Times the fuel that four times the input may take: the square, 16, and some room."""


@dataclass(frozen=True)
class _Subject:
    """A command and what is known of it."""

    command: Command
    input: Mapping[str, Any]
    output: Mapping[str, Any]
    words: Sequence[str]
    good: Mapping[str, Any] | None
    """Arguments of an example that is not refused."""

    @property
    def parts(self) -> Mapping[str, Any]:
        """The schema of each argument."""
        found: Mapping[str, Any] = self.input.get("properties", {})
        return found

    @property
    def gives(self) -> bool:
        """Whether nothing is no answer."""
        return not may_be_null(self.output, self.output)


def derived(
    specification: Specification,
    commands: Mapping[str, CommandDescription],
    scope: Scope,
) -> str:
    """Write the tests of the kinds that a scope wants; empty if there are none."""
    subjects = {
        command.name: _subject(command, specification, commands[command.name])
        for command in specification.commands
        if command.name in commands
    }
    found: list[str] = []
    for subject in subjects.values():
        if TestKind.EDGE in scope.derived:
            found += _edges(subject)
        if TestKind.ERROR in scope.derived:
            found += _errors(subject)
        if TestKind.PROPERTY in scope.derived:
            found += _any_input(subject, scope.inputs)
        if TestKind.PERFORMANCE in scope.derived:
            found += _growth(subject, *scope.sizes)
    if TestKind.PROPERTY in scope.derived:
        schemas = {name: each.input for name, each in subjects.items()}
        for each in understood(specification, schemas):
            found.append(_law(each, subjects[each.commands[0].name], scope.inputs))
    return "\n\n\n".join(found) + "\n" if found else ""


def _subject(
    command: Command, specification: Specification, described: CommandDescription
) -> _Subject:
    mine = [e for e in specification.examples if e.command == command.name]
    good = next((e.arguments for e in mine if not e.refuses), None)
    words = dict.fromkeys(_texts([{**e.arguments} for e in mine]))
    return _Subject(command, described.input, described.output, [*words][:12], good)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    parts = value.values() if isinstance(value, dict) else value
    for part in parts if isinstance(value, (dict, list)) else ():
        yield from _texts(part)


def _function(name: str, says: str, *lines: str) -> str:
    body = "\n".join(f"    {line}".rstrip() for line in lines)
    return f"def {name}():\n    {says!r}\n{body}"


def _edges(subject: _Subject) -> Iterator[str]:
    function = subject.command.function
    if subject.good is None or not subject.gives:
        return
    for name, part in subject.parts.items():
        least = _LEAST.get(str(resolved(part, subject.input).get("type")), ())
        if name not in subject.good or not least:
            continue
        yield _function(
            f"test_edge_{function}_{name}",
            f"The least `{name}` is answered or refused, and nothing breaks.",
            f"from plugin import {function}",
            "from plugwright_sdk import InputError",
            "",
            f"for least in {[*least]!r}:",
            "    try:",
            f"        found = {function}(**{{**{dict(subject.good)!r}, "
            f"{name!r}: least}})",
            "    except InputError:",
            "        continue",
            "    assert found is not None, least",
            f"assert {function}(**{dict(subject.good)!r}) is not None",
        )


def _errors(subject: _Subject) -> Iterator[str]:
    function = subject.command.function
    if subject.good is None:
        return
    for name, part in subject.parts.items():
        wrong = _NO.get(str(resolved(part, subject.input).get("type")))
        if name not in subject.good or wrong is None:
            continue
        yield _function(
            f"test_error_{function}_{name}",
            f"What is no `{name}` is refused.",
            "import pytest",
            f"from plugin import {function}",
            "from plugwright_sdk import InputError",
            "",
            "with pytest.raises(InputError):",
            f"    {function}(**{{**{dict(subject.good)!r}, {name!r}: {wrong!r}}})",
        )


def _any_input(subject: _Subject, inputs: int) -> Iterator[str]:
    function = subject.command.function
    if subject.parts and subject.gives:
        yield _property(
            f"test_property_{function}_any_input",
            "Whatever it is given, it answers or refuses, and nothing breaks.",
            subject,
            inputs,
            [f"assert {function}(**given_) is not None"],
        )


def _law(each: Property, subject: _Subject, inputs: int) -> str:
    function, name = subject.command.function, each.parameter
    first = [f"first = {function}(**given_)", "assert first is not None"]
    match each.law:
        case Law.SAME:
            lines = [*first, f"assert {function}(**given_) == first"]
        case Law.IDEMPOTENT:
            lines = [*first, f"assert {function}(first) == first"]
        case Law.ANY_ORDER:
            turned = f"{{**given_, {name!r}: given_[{name!r}][::-1]}}"
            lines = [*first, f"assert {function}(**{turned}) == first"]
        case Law.ROUND_TRIP:
            back = each.commands[1].function
            lines = [*first, f"assert {back}(first) == given_[{name!r}]"]
    return _property(
        f"test_{each.invariant.id.lower()}_property_{function}",
        each.invariant.text,
        subject,
        inputs,
        lines,
        each.commands[1:],
    )


def _property(
    name: str,
    says: str,
    subject: _Subject,
    inputs: int,
    lines: Sequence[str],
    others: Sequence[Command] = (),
) -> str:
    schema = {**subject.input, "type": "object"}
    functions = ", ".join(c.function for c in (subject.command, *others))
    known = f"@example({dict(subject.good)!r})" if subject.good is not None else ""
    return _function(
        name,
        says,
        "from hypothesis import example, given, settings, strategies as st",
        f"from plugin import {functions}",
        "from plugwright_sdk import InputError",
        "",
        f"@settings(max_examples={inputs}, deadline=None, database=None)",
        f"@given({drawn(schema, subject.input, subject.words)})",
        *filter(None, [known]),
        "def holds(given_):",
        "    try:",
        *(f"        {line}" for line in lines),
        "    except InputError:",
        "        return  # it may refuse what makes no sense",
        "",
        "holds()",
    )


def _growth(subject: _Subject, small: int, large: int) -> Iterator[str]:
    function = subject.command.function
    for name, value in (subject.good or {}).items():
        told = resolved(subject.parts.get(name, {}), subject.input)
        if not subject.gives or not isinstance(value, list) or not value:
            continue
        if told.get("maxItems", large) < large:
            continue
        yield _function(
            f"test_performance_{function}_{name}",
            f"Fuel grows no faster than with the square of the number of `{name}`.",
            f"from plugin import {function}",
            "from plugwright_sdk import InputError",
            "from plugwright_sdk.testing import fuel",
            "",
            f"good = {dict(subject.good or {})!r}",
            "",
            "def used(size):",
            f"    many = (good[{name!r}] * size)[:size]",
            "    before = fuel()",
            "    try:",
            f"        {function}(**{{**good, {name!r}: many}})",
            "    except InputError:",
            "        pass  # refusing takes fuel, too",
            "    return fuel() - before",
            "",
            f"assert {function}(**good) is not None",
            f"one, few, many = used(1), used({small}), used({large})",
            "# What a call costs with next to nothing is no growth.",
            "growth = max(few - one, one // 20)",
            f"assert many - one <= {SQUARE} * growth, (one, few, many)",
        )
