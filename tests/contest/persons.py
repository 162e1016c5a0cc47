"""The person who asked for a plugin: knows what is right, and errs now and then."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any

from contest.check import Asked

from plugwright.judging import Call, Case
from plugwright_forge.choice import Card, Option
from plugwright_forge.example_cards import ExampleCard, in_words
from plugwright_forge.person import Absent
from plugwright_forge.probing import Probe, output_of

RELIABLE = 0.9
_JSON = json.JSONDecoder()
_NOTHING = "no input"
_NAME = re.compile(r"(?:; )?(\w+) = ")
_BEGINS = re.compile(r", (?:after|then) (the event )?`([^`]+)` with (.*)", re.DOTALL)
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
        story = _read(card)
        if story is None:
            return None  # too long to be read by anybody
        right = self._right(story)
        self.errors += errs
        if (card.output == right.output) != errs:
            return "yes"
        if errs or len(right.output) > LONGEST_TYPED or "(and it" in right.output:
            return "no"
        return "refused" if right.output == "to refuse this input" else right.output

    def _right(self, story: Sequence[Call]) -> ExampleCard:
        case = Case(
            name=self._asked.name,
            files={"plugin.py": self._asked.plugin},
            tests={},
            permissions=self._asked.permissions,
        )
        (seen,) = self._judge.observe(case, [story])
        probe = Probe(id="", command=story[-1].command, arguments={})
        options = (Option(output_of(seen[-1:]), 1.0, ()),)
        return in_words(Card(probe="", options=options, bits=0.0), probe)


def _read(card: ExampleCard) -> list[Call] | None:
    """Read what a card says: `name = "Ann", after `add` with name = "Bo", then ...`."""
    try:
        arguments, rest = _arguments(card.input)
        before = []
        while rest:
            kind, name, rest = _BEGINS.match(rest).groups()  # type: ignore[union-attr]
            if kind:
                data, end = _JSON.raw_decode(rest)
                before.append(Call(event=name, data=data))
                rest = rest[end:]
            else:
                given, rest = _arguments(rest)
                before.append(Call(command=name, arguments=given))
    except (AttributeError, ValueError):
        return None
    return [*before, Call(command=card.command, arguments=arguments)]


def _arguments(words: str) -> tuple[dict[str, Any], str]:
    """Read `days = [1, 2]; name = "Ann"`, and give what comes behind."""
    found: dict[str, Any] = {}
    if words.startswith(_NOTHING):
        return found, words.removeprefix(_NOTHING)
    while named := _NAME.match(words):
        found[named[1]], end = _JSON.raw_decode(words[named.end() :])
        words = words[named.end() + end :]
    return found, words
