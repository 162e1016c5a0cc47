"""What the forge is unsure of, for the person who decides: never left out, never vague.

It stands in the proposal, in the README and in the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugwright.manifest import MISLEADING
from plugwright_forge.answers import Answer
from plugwright_forge.candidates import SYNTHESISER
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
        *_synthesised(attempt),
        *_untested(attempt),
        *_unnoticed(attempt),
        *_optimised(attempt),
        *(f"It cannot be changed later: {each}." for each in _unsettled(attempt)),
    ]
    return tuple(dict.fromkeys(found))


def _confidence(attempt: Attempt) -> Iterator[str]:
    known = attempt.certainty
    if known.probability < SURE:
        yield f"Whether it does what was meant: {known.in_words()}."


def _synthesised(attempt: Attempt) -> Iterator[str]:
    if (attempt.best.candidate, attempt.best.iteration) == (SYNTHESISER, 0):
        yield (
            "It was found from the examples, without a model: where these say nothing, "
            "only tests speak for it."
        )


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


def _optimised(attempt: Attempt) -> Iterator[str]:
    found = attempt.optimised
    if found is None:
        return
    if found.changed:
        yield (
            f"It was rewritten to use less fuel ({found.ratio:.2f} of it on large "
            f"inputs). It gave the same to {found.inputs:,} calls, which is no proof."
        )
        return
    left = [f"{each.said}: {each.why}" for each in found.tries]
    said = [*left[-1:], found.refused, found.stopped]
    why = "; ".join(each[:200] for each in said if each) or "nobody knew how"
    # The inputs in it are made of what is in a model's code.
    plain = " ".join(MISLEADING.sub("?", why).split())
    yield f"It was not made cheaper. {found.reason}; {plain}."


def _unsettled(attempt: Attempt) -> Sequence[str]:
    return unsettled(attempt.specification, attempt.best.code)
