"""What a session tells its loop guard: small facts, each as it happens.

A *lineage* is one candidate with all of its repairs. Independent candidates that make
the same mistake agree with each other; only a lineage can go in circles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from plugwright.judging import Verdict


@dataclass(frozen=True, kw_only=True)
class Observation:
    """Something that happened."""

    at: float = 0.0
    """Seconds, as the session's log has them; told to people, never decided upon."""


@dataclass(frozen=True, kw_only=True)
class Asked(Observation):
    """A role is about to be asked something."""

    role: str
    tokens: int
    """How long the prompt is."""
    window: int
    """How much the model can take in, its own answer included."""
    reserve: int = 0
    """What the answer needs of it."""


@dataclass(frozen=True, kw_only=True)
class Answered(Observation):
    """A role has answered."""

    role: str
    text: str
    problem: str = ""
    """Why the answer cannot be used; empty if it can."""


@dataclass(frozen=True, kw_only=True)
class Made(Observation):
    """A lineage has brought forth a version of something."""

    lineage: str
    text: str
    kind: str = "code"


@dataclass(frozen=True, kw_only=True)
class Failed(Observation):
    """Something broke before it could be judged."""

    lineage: str
    error: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one test said of one version."""

    test: str
    verdict: Verdict
    message: str = ""

    @property
    def passed(self) -> bool:
        """Whether the test was content."""
        return self.verdict is Verdict.AC


@dataclass(frozen=True, kw_only=True)
class Judged(Observation):
    """A version of a candidate has met the tests."""

    lineage: str
    candidate: str
    """The version's own name, under which it can be delivered."""
    code: str
    outcomes: tuple[Outcome, ...]
    confidence: float = 0.0
    """How probably it is right, as far as is known by now."""

    @cached_property
    def failures(self) -> tuple[Outcome, ...]:
        """Give the tests that were not content."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)


@dataclass(frozen=True, kw_only=True)
class Needs(Observation):
    """A role or step cannot go on before another has given something."""

    who: str
    of: str


@dataclass(frozen=True, kw_only=True)
class Given(Observation):
    """What a role or step was needed for is there, for all who wait for it."""

    by: str


@dataclass(frozen=True, kw_only=True)
class Waited(Observation):
    """Time passed: a person thinks, a model loads. However often, it is no loop."""

    on: str
