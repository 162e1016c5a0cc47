"""The tests of a contest, and the inputs that they suggest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from plugwright_forge.acceptance import FILE, Acceptance, with_examples
from plugwright_forge.approving import Approved
from plugwright_forge.bench import Bench
from plugwright_forge.choice import Source
from plugwright_forge.competition.harvest import softened, stories
from plugwright_forge.competition.records import Suite
from plugwright_forge.probing import Probe, near
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
    request = _words(session.options.request)
    sources = {}
    for name, example in zip(names, own, strict=False):
        if example in shown.written:
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


def without_dismissed(
    examples: Sequence[Example], acceptance: Acceptance, dismissed: Collection[str]
) -> tuple[Example, ...]:
    """Leave out the examples whose tests turned out to be wrong."""
    names = iter(name for name in acceptance.functions if name.startswith(EXAMPLE))
    return tuple(
        each
        for each in examples
        if not each.can_be_tried or next(names, "") not in dismissed
    )


def more_probes(
    session: Session,
    bench: Bench,
    specification: Specification,
    acceptance: Acceptance,
    code: str,
) -> tuple[Probe, ...]:
    """Give the stories that the tests tell of a plugin, and some that are near them."""
    told = told_by_tests(bench, specification, acceptance.source, code, "tests", "S")
    return (*told, *near(told, f"{session.options.request} tests"))


def told_by_tests(
    bench: Bench,
    specification: Specification,
    source: str,
    code: str,
    name: str,
    prefix: str,
) -> tuple[Probe, ...]:
    """Give the stories that a file of tests tells, as it tells them of a plugin."""
    tests = {FILE: softened(source)}
    calls = bench.calls(f"calls/{name}", code, tests, specification)
    return stories(calls, specification, prefix)


def _literals(example: Example) -> Iterator[str]:
    yield from _words(str([*example.arguments.values()]))
    if not example.refuses:
        yield from _words(str(example.gives))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
