"""What the forge is unsure of, for the person who decides: never left out, never vague.

It stands in the proposal, in the README and in the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugwright_forge.answers import Answer
from plugwright_forge.fitting import unsettled
from plugwright_forge.integration import Integration
from plugwright_forge.interview import assumptions
from plugwright_forge.product import Attempt

SURE = 0.95
"""From so much confidence on, it is not mentioned among doubts."""
_MUTANTS = 3


def doubts(
    attempt: Attempt,
    answers: tuple[Answer, ...] = (),
    integration: Integration | None = None,
) -> tuple[str, ...]:
    """Say all of it, what was decided without asking first."""
    found = [
        *attempt.specification.unsure,
        *assumptions(answers),
        *(integration.unsure if integration else ()),
        *_confidence(attempt),
        *_untested(attempt),
        *_unnoticed(attempt),
        *(f"It cannot be changed later: {each}." for each in _unsettled(attempt)),
    ]
    return tuple(dict.fromkeys(found))


def _confidence(attempt: Attempt) -> Iterator[str]:
    known = attempt.certainty
    if known.probability < SURE:
        yield f"Whether it does what was meant: {known.in_words()}."


def _untested(attempt: Attempt) -> Iterator[str]:
    ledger, tests = attempt.board.ledger, attempt.board.matrix.tests
    shown = {ledger[test].requirement for test in ledger.rejecting(tests)}
    for each in attempt.specification.requirements:
        if each.id not in shown:
            yield f"No trusted test shows {each.id}: {each.text}"


def _unnoticed(attempt: Attempt) -> Iterator[str]:
    alive = attempt.mutants.alive if attempt.mutants else ()
    if alive:
        some, more = "; ".join(alive[:_MUTANTS]), len(alive) - _MUTANTS
        yield f"Mistakes like these would not be noticed by a test: {some}" + (
            f"; and {more} more." if more > 0 else "."
        )


def _unsettled(attempt: Attempt) -> Sequence[str]:
    return unsettled(attempt.specification, attempt.best.code)
