"""Whole programs from examples: an expression, a condition around it, a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from plugwright_forge.synthesis.search import Limits, explored
from plugwright_forge.synthesis.terms import Pool, Term, key_of

_BRANCHES = 12
"""How many expressions that are right on some examples are tried as branches."""
_SOLUTIONS = 3
_NUMBER = re.compile(r"(?<![\w.])\d{1,6}(?![\w.])")
_QUOTED = re.compile(r"[“\"'`]([^“”\"'`\n]{1,20})[”\"'`]")
_ALWAYS: tuple[Any, ...] = (0, 1, 2, "", " ", ", ", "\n")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One example of a function."""

    arguments: dict[str, Any]
    gives: Any = None
    refuses: bool = False


@dataclass(frozen=True)
class Body:
    """The inside of a function that does what all examples say."""

    lines: tuple[str, ...]
    size: int


def synthesise(
    parameters: Sequence[str],
    cases: Sequence[Case],
    words: str = "",
    limits: Limits | None = None,
) -> tuple[Body, ...]:
    """Find bodies of a function of these parameters, the simplest first.

    `words` are the requirements; numbers and quoted words in them may matter. The
    same question always has the same answer. None means that nothing was found.
    """
    answered = [case for case in cases if not case.refuses]
    refused = [case for case in cases if case.refuses]
    complete = all(set(case.arguments) >= {*parameters} for case in cases)
    if not parameters or not complete or len(answered) < 2:
        return ()
    constants = _constants(cases, words)
    limits = limits or Limits()
    guards = [""]
    if refused:
        guards = _guards(parameters, answered, refused, constants, limits)[:1]
    found = [
        Body((*_guard_lines(guard), *body.lines), body.size + bool(guard))
        for guard in guards
        for body in _bodies(parameters, answered, constants, limits)
    ]
    return tuple(found[:_SOLUTIONS])


def _constants(cases: Sequence[Case], words: str) -> tuple[Any, ...]:
    numbers = sorted({int(text) for text in _NUMBER.findall(words)})
    quoted = sorted(set(_QUOTED.findall(words)))
    given = sorted({case.gives for case in cases if isinstance(case.gives, str)})
    short = [text for text in given if len(text) <= 20][:6]
    return tuple(dict.fromkeys([*_ALWAYS, *numbers[:12], *quoted[:12], *short]))


def _explored(
    parameters: Sequence[str],
    cases: Sequence[Case],
    constants: Sequence[Any],
    limits: Limits,
    goal: Sequence[Any] | None = None,
) -> Pool:
    inputs = {name: [case.arguments[name] for case in cases] for name in parameters}
    return explored(inputs, constants, limits, goal)


def _guards(
    parameters: Sequence[str],
    answered: Sequence[Case],
    refused: Sequence[Case],
    constants: Sequence[Any],
    limits: Limits,
) -> list[str]:
    """Find what is true of the refused inputs alone."""
    small = Limits(min(limits.size, 4), limits.tries)
    pool = _explored(parameters, [*answered, *refused], constants, small)
    wanted = (*[False] * len(answered), *[True] * len(refused))
    found = []
    for term in pool.terms:
        truths = tuple(map(bool, term.values))
        if truths == wanted:
            found.append(term.source)
        elif all(one != other for one, other in zip(truths, wanted, strict=True)):
            found.append(
                f"not {term.source}" if term.size == 1 else f"not ({term.source})"
            )
    return sorted(found, key=lambda source: (len(source), source))


def _guard_lines(guard: str) -> tuple[str, ...]:
    if not guard:
        return ()
    return (f"if {guard}:", '    raise InputError("this input is refused")')


def _bodies(
    parameters: Sequence[str],
    cases: Sequence[Case],
    constants: Sequence[Any],
    limits: Limits,
) -> Iterator[Body]:
    wanted = [case.gives for case in cases]
    pool = _explored(parameters, cases, constants, limits, wanted)
    if pool.found is not None:
        yield Body((f"return {pool.found.source}",), pool.found.size)
        return
    yield from _conditional(pool, wanted)


def _conditional(pool: Pool, wanted: Sequence[Any]) -> Iterator[Body]:
    """Two expressions, each right on a part, and the condition that tells which."""
    rights = [(term, _right(term, wanted)) for term in pool.terms]
    useful = [(term, right) for term, right in rights if sum(right) > 1]
    useful.sort(key=lambda each: (-sum(each[1]), each[0].size, each[0].source))
    branches = useful[:_BRANCHES]
    conditions = [term for term in pool.terms if term.kind == "bool"]
    for one, right in branches:
        for two, other in rights:
            if not all(a or b for a, b in zip(right, other, strict=True)):
                continue
            for condition in conditions:
                chosen = condition.values
                if all(
                    a if yes else b
                    for yes, a, b in zip(chosen, right, other, strict=True)
                ):
                    lines = (
                        f"if {condition.source}:",
                        f"    return {one.source}",
                        f"return {two.source}",
                    )
                    yield Body(lines, one.size + two.size + condition.size)
                    break


def _right(term: Term, wanted: Sequence[Any]) -> tuple[bool, ...]:
    return tuple(
        key_of([value]) == key_of([want])
        for value, want in zip(term.values, wanted, strict=True)
    )
