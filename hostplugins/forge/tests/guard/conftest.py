"""How the stories of these tests are told."""

from __future__ import annotations

import pytest

from plugwright.judging import Verdict
from plugwright_forge.guard import Judged, LoopGuard, Outcome

_WORDS = {"A": "AC", "W": "WA", "T": "TLE", "R": "RE", "C": "CE", "I": "IE"}


class Story:
    """Tells a guard what happens, and keeps what it said."""

    def __init__(self):
        self.number = 0

    def judged(
        self, verdicts, *, code=None, lineage="candidate-1", messages=(), **more
    ):
        """Judge a program: one letter per test; without code, a new one each time."""
        self.number += 1
        outcomes = tuple(
            Outcome(
                test=f"test_r{i}",
                verdict=Verdict(_WORDS[letter]),
                message="" if letter == "A" else self._message(i, messages),
            )
            for i, letter in enumerate(verdicts, 1)
        )
        return Judged(
            lineage=lineage,
            candidate=f"{lineage}/{self.number}",
            code=code or f"def plan():\n    return {self.number}",
            outcomes=outcomes,
            **more,
        )

    def _message(self, test, messages):
        # Another message each time, unless a story says that it is the same.
        return messages[test - 1] if messages else f"case{self.number} of {test}"


@pytest.fixture
def story():
    return Story()


@pytest.fixture
def alarms():
    def heard(*observations, limits=None):
        return LoopGuard.after(observations, limits).alarms

    return heard
