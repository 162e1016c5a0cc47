"""From candidates that differ to examples that a person approved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plugwright.judging import Observed
from plugwright_forge.bench import Bench, NotDescribed
from plugwright_forge.board import Told, Version, board
from plugwright_forge.example_cards import CardReader, hold_cards, like, story_in_words
from plugwright_forge.probing import Probe, marked, probes
from plugwright_forge.session import Session
from plugwright_forge.settling import approved_examples
from plugwright_forge.skeletons import interface
from plugwright_forge.specification import Example, Specification, in_full

BEFORE_TESTS = 1
"""Cards that are shown before there are tests; then more is known, and questions are
better."""


@dataclass(frozen=True)
class Approved:
    """What a person said of examples, and the inputs that candidates are tried with."""

    probes: tuple[Probe, ...] = ()
    told: tuple[Told, ...] = ()
    asked: tuple[str, ...] = ()
    """The inputs that were asked about, whether or not anybody answered."""
    written: tuple[Example, ...] = ()
    """What the person had approved before any candidate was there."""

    @property
    def examples(self) -> tuple[Example, ...]:
        """Write what is right as examples of the specification."""
        return tuple(example_of(t, self.probes) for t in self.told if t.wanted)


def approved(
    session: Session,
    bench: Bench,
    person: CardReader,
    specification: Specification,
    codes: Mapping[int, str],
) -> Approved:
    """Try every candidate with the same inputs, and ask about those that split them."""
    written = approved_examples(session, specification)
    inputs = marked(_probes(session, bench, specification), written)
    versions = [
        Version(
            candidate=number,
            iteration=0,
            code=code,
            outputs=bench.observe(
                f"observe/examples/{number}/0", code, specification, inputs
            ),
        )
        for number, code in codes.items()
    ]
    before = _told(written, inputs, versions)
    asked: list[str] = []
    told = hold_cards(
        session,
        person,
        inputs,
        lambda told: board(versions, inputs, [*before, *told]),
        most=BEFORE_TESTS,
        asked=asked,
    )
    return Approved(inputs, told, tuple(asked), written)


def _told(
    examples: Sequence[Example], inputs: Sequence[Probe], versions: Sequence[Version]
) -> list[Told]:
    """Give what the examples say of the inputs, as if a card had been answered."""
    said = []
    for example in examples:
        wanted = Observed(value=example.gives, refused=example.refuses)
        for at, probe in enumerate(inputs):
            if in_full(probe.story) == example.call:
                given = [out for each in versions if (out := each.outputs[at])]
                said.append(Told(probe=probe.id, output=like(wanted, given)))
    return said


def _probes(
    session: Session, bench: Bench, specification: Specification
) -> tuple[Probe, ...]:
    return probes(specification, schemas(bench, specification), session.options.request)


def schemas(bench: Bench, specification: Specification) -> dict[str, Mapping[str, Any]]:
    """Give the JSON Schema of each command's arguments."""
    try:
        described = bench.describe(
            "describe/probing", {"plugin.py": interface(specification)}
        )
    except NotDescribed:  # it loaded before, so this is the machine's doing
        return {}
    return {name: each.input for name, each in described.commands.items()}


def example_of(told: Told, inputs: Sequence[Probe]) -> Example:
    """Write one answer as an example of the specification."""
    probe = next(each for each in inputs if each.id == told.probe)
    (seen,) = json.loads(told.output)
    said = json.dumps({**probe.arguments}, ensure_ascii=False)
    gives = "is refused" if seen["refused"] else f"gives {json.dumps(seen['value'])}"
    story = story_in_words(probe) if probe.before else said
    return Example(
        text=f"{probe.command} of {story} {gives}",
        before=tuple(
            {key: value for key, value in call.items() if value}
            for call in probe.before
        ),
        command=probe.command,
        arguments=probe.arguments,
        gives=seen["value"],
        refuses=seen["refused"],
    )
