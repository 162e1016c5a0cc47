"""The person who asked for a plugin: knows what is right, and errs now and then."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from contest.check import Asked

from plugwright.judging import Call, Case
from plugwright_forge.choice import Card, Option
from plugwright_forge.example_cards import ExampleCard, in_words
from plugwright_forge.person import Absent
from plugwright_forge.probing import Probe, output_of

RELIABLE = 0.9
LONGEST_TYPED = 60
"""Nobody types an answer that is longer; then it is yes or no."""


class Requester(Absent):
    """Answers example cards as the known-good plugin would, nine times of ten.

    Everything else is left at its default, which is right. Who errs says yes to what is
    wrong and no to what is right.
    """

    def __init__(self, asked: Asked, judge: Any, seed: int) -> None:
        self._asked = asked
        self._judge = judge
        self._luck = Random(f"person {seed} {asked.name}")
        self.cards = 0
        self.errors = 0

    def card(self, number: int, card: ExampleCard) -> str | None:
        """Say yes or no, or type what is right."""
        self.cards += 1
        errs = self._luck.random() >= RELIABLE
        arguments = _read(card.input)
        if arguments is None:
            return None  # too long to be read by anybody
        right = self._right(card, arguments)
        self.errors += errs
        if (card.output == right.output) != errs:
            return "yes"
        if errs or len(right.output) > LONGEST_TYPED or "(and it" in right.output:
            return "no"
        return "refused" if right.output == "to refuse this input" else right.output

    def _right(self, card: ExampleCard, arguments: dict[str, Any]) -> ExampleCard:
        case = Case(
            name=self._asked.name,
            files={"plugin.py": self._asked.plugin},
            tests={},
            permissions=self._asked.permissions,
        )
        call = Call(command=card.command, arguments=arguments)
        (seen,) = self._judge.observe(case, [[call]])
        probe = Probe(id="", command=card.command, arguments=arguments)
        options = (Option(output_of(seen), 1.0, ()),)
        return in_words(Card(probe="", options=options, bits=0.0), probe)


def _read(words: str) -> dict[str, Any] | None:
    """Read what a card says of the arguments: `days = [1, 2]; name = "Ann"`."""
    found: dict[str, Any] = {}
    rest = "" if words == "no input" else words
    while rest:
        name, _, value = rest.partition(" = ")
        try:
            found[name], end = json.JSONDecoder().raw_decode(value)
        except ValueError:
            return None
        rest = value[end:].removeprefix("; ")
    return found
