"""How thoroughly a plugin is tested: what is asked of the tester, and what is added.

A call of a small model is dear, and its answers get worse with what it has to keep in
mind. So the thorough strategies ask for less at a time, and derive what needs no model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from plugwright_forge.testing.kinds import TestKind


class Strategy(StrEnum):
    """What a person chooses."""

    BASIC = "basic"
    COMPREHENSIVE = "comprehensive"
    STRESS = "stress"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a strategy amounts to."""

    rounds: tuple[tuple[TestKind, ...], ...]
    """The kinds that one call asks for, for each round of calls."""
    requirements: int
    """So many for one call; all of them, if there are fewer."""
    calls: int
    """At most; with more requirements, more of them share a call."""
    derived: tuple[TestKind, ...] = ()
    """What the forge makes from schemas, invariants and examples, without a model."""
    inputs: int = 40
    """How many a property is tried with."""
    sizes: tuple[int, int] = (32, 128)
    """Of the input, where fuel is compared."""


_DERIVED = (TestKind.EDGE, TestKind.ERROR, TestKind.PROPERTY, TestKind.PERFORMANCE)

SCOPES: Mapping[Strategy, Scope] = {
    Strategy.BASIC: Scope(
        rounds=((TestKind.UNIT, TestKind.INTEGRATION, TestKind.EDGE, TestKind.ERROR),),
        requirements=30,
        calls=1,
    ),
    Strategy.COMPREHENSIVE: Scope(
        rounds=(
            (TestKind.UNIT, TestKind.EDGE, TestKind.ERROR),
            (TestKind.INTEGRATION, TestKind.PROPERTY),
        ),
        requirements=6,
        calls=6,
        derived=_DERIVED,
    ),
    Strategy.STRESS: Scope(
        rounds=(
            (TestKind.UNIT, TestKind.EDGE),
            (TestKind.ERROR,),
            (TestKind.INTEGRATION,),
            (TestKind.PROPERTY,),
            (TestKind.PERFORMANCE,),
        ),
        requirements=4,
        calls=15,
        derived=_DERIVED,
        inputs=200,
        sizes=(64, 256),
    ),
}


def in_words() -> str:
    """Write the table as Markdown, as the documentation has it."""
    scopes = [SCOPES[each] for each in Strategy]
    asked = [" + ".join(", ".join(kinds) for kinds in s.rounds) for s in scopes]
    cells = {
        "the tester is asked for (`+`: in another call)": asked,
        "requirements in one call": [
            "all" if s.calls == 1 else str(s.requirements) for s in scopes
        ],
        "calls of the tester at most": [str(s.calls) for s in scopes],
        "the forge derives without a model": [
            ", ".join(s.derived) or "nothing" for s in scopes
        ],
        "inputs for each derived property": [
            str(s.inputs) if s.derived else "–" for s in scopes
        ],
        "sizes at which fuel is compared": [
            "{} and {}".format(*s.sizes) if s.derived else "–" for s in scopes
        ],
    }
    head = " | ".join(f"`{each}`" for each in Strategy)
    rows = [f"| | {head} |", "| --- |" + " --- |" * len(scopes)]
    rows += [f"| {what} | {' | '.join(each)} |" for what, each in cells.items()]
    return "\n".join(rows)
