"""The tests of a contest, and the inputs that they suggest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from plugwright_forge.acceptance import Acceptance, with_examples
from plugwright_forge.approving import Approved, schemas
from plugwright_forge.bench import Bench
from plugwright_forge.choice import Source
from plugwright_forge.competition.harvest import harvested
from plugwright_forge.competition.records import Suite
from plugwright_forge.probing import MOST, Probe, probes
from plugwright_forge.session import Session
from plugwright_forge.specification import Example, Specification

EXAMPLE = "test_example_"
_WORD = re.compile(r"\w+(?:[.:]\d+)*")


def suite_of(
    session: Session,
    specification: Specification,
    acceptance: Acceptance,
    shown: Approved,
) -> Suite:
    """Say where the tests come from.

    What a person said of a card is left out: it is on the board as it was seen.
    """
    tried = [each for each in specification.examples if each.can_be_tried]
    own = tried[: len(tried) - len(shown.examples)]
    names = [name for name in acceptance.functions if name.startswith(EXAMPLE)]
    approved = session.has("specification/approved") and isinstance(
        session.step("specification/approved", lambda: None), str
    )
    request = _words(session.options.request)
    sources = {}
    for name, example in zip(names, own, strict=False):
        if approved or session.options.base:
            sources[name] = Source.APPROVED
        elif {*_literals(example)} <= request:
            sources[name] = Source.REQUEST
    return Suite(acceptance=acceptance.without(names[len(own) :]), sources=sources)


def finished(acceptance: Acceptance, specification: Specification) -> Acceptance:
    """Give the tests that travel with a plugin: every approved example is among them.

    Numbered anew, for some may have been withdrawn.
    """
    names = [name for name in acceptance.functions if name.startswith(EXAMPLE)]
    if not any(each.can_be_tried for each in specification.examples):
        return acceptance
    return with_examples(acceptance.without(names), specification)


def more_probes(
    session: Session,
    bench: Bench,
    specification: Specification,
    acceptance: Acceptance,
    shown: Approved,
) -> tuple[Probe, ...]:
    """Give inputs that the tests use, and some near them."""
    calls = harvested(acceptance.source, specification)
    if not calls or not shown.probes:
        return ()
    known = replace(specification, examples=calls)
    seed = f"{session.options.request} tests"
    found = probes(known, schemas(bench, specification), seed, len(calls) + MOST)
    before = [(each.command, each.arguments) for each in shown.probes]
    new = [each for each in found if (each.command, each.arguments) not in before]
    return tuple(replace(each, id=f"T{n}") for n, each in enumerate(new, 1))


def _literals(example: Example) -> Iterator[str]:
    yield from _words(str([*example.arguments.values()]))
    if not example.refuses:
        yield from _words(str(example.gives))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
