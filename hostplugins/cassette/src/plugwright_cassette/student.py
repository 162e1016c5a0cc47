"""A provider for experiments, which knows the answers and gets some of them wrong.

Strategies of a team can be compared without a model: as often as is wanted, and with
the same mistakes for both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from plugwright.errors import UsageError
from plugwright.providers import Capabilities, Completion, Provider, Request, able
from plugwright_cassette.key import Call, Calls, CountsCalls

Blunder = Callable[[str, Random], str]
"""Makes of an answer one that has a mistake in it."""
ANYBODY = "*"
"""In the rates: every role that is not named."""
_FENCED = re.compile(r"^ {0,3}```[^\n]*\n(.*?)^ {0,3}```", re.DOTALL | re.MULTILINE)
_SLIPS = {
    r"<=": "<",
    r">=": ">",
    r"(?<![<>=-])<(?![<=])": "<=",
    r"(?<![<>=-])>(?![>=])": ">=",
    r"==": "!=",
    r"\bnot in\b": "in",
    r"\band\b": "or",
    r"\bor\b": "and",
    r"\bTrue\b": "False",
    r"\bmin\(": "max(",
    r"\bmax\(": "min(",
    r" \+ ": " - ",
    r" - ": " + ",
    r"\b[0-8]\b": "9",
}


class Student:
    """Answers as another provider does, but errs as often as its role does.

    Student(provider, {"implementer": 0.4, "*": 0.1}, seed=7)

    Whether it errs in a call, and how, follows from the seed, the request, and how
    often that was asked: the luck is the same in any order, and in any thread.
    """

    def __init__(
        self,
        teacher: Provider,
        rates: Mapping[str, float],
        *,
        seed: int = 0,
        blunder: Blunder | None = None,
    ) -> None:
        for role, rate in rates.items():
            if not 0 <= rate <= 1:
                raise UsageError(
                    f"`{role}` cannot err in {rate:g} of all answers",
                    remedy="give a rate between 0 and 1",
                )
        self.name = f"student:{seed}={teacher.name}"
        self.erred: list[Call] = []
        """In which calls it did, so far."""
        self._teacher = teacher
        self._rates = rates
        self._seed = seed
        self._blunder = blunder or slip
        self._calls = Calls()

    @property
    def capabilities(self) -> Capabilities:
        """What the teacher can, but at once; the form of an answer is no promise."""
        can = able(self._teacher)
        plain = replace(can, streams=False, counts=False, embeds=False)
        return replace(plain, schema=False, grammar=False)

    def complete(self, request: Request) -> Completion:
        """Answer, rightly or not."""
        with self._calls.numbered(request) as call:
            answer = self._teacher.complete(request)
        luck = Random(f"{self._seed} {call.n} {call.key}")
        rate = self._rates.get(request.role, self._rates.get(ANYBODY, 0.0))
        if luck.random() >= rate:
            return answer
        wrong = self._blunder(answer.text, luck)
        if wrong != answer.text:
            self.erred.append(call)
        return replace(answer, text=wrong)

    def skip(self, request: Request) -> None:
        """Count a call that was answered elsewhere."""
        self._calls.take(request)
        if isinstance(self._teacher, CountsCalls):
            self._teacher.skip(request)


def slip(text: str, luck: Random) -> str:
    """Put one bug into a program, as people do: `<` for `<=`, `or` for `and`, 9 for 1.

    Only what stands in fences is touched, if there are any. A text without anything to
    mistake stays as it is.
    """
    parts = [found.span(1) for found in _FENCED.finditer(text)] or [(0, len(text))]
    places = [
        (*found.span(), instead)
        for start, end in parts
        for pattern, instead in _SLIPS.items()
        for found in re.compile(pattern).finditer(text, start, end)
    ]
    if not places:
        return text
    start, end, instead = luck.choice(places)
    return text[:start] + instead + text[end:]
