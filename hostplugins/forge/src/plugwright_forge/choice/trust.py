"""How probably a test is right, and why: each piece of evidence, and what it is worth.

A test starts with what its source is worth. Evidence moves its odds; a flaw is a bound
that no evidence lifts. The numbers are data: the first ones come from the sources that
the forge's design names, or are judgements, and each can be replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, log

from plugwright_forge.choice.behaviours import Share
from plugwright_forge.choice.curves import Curve

REJECTS = 0.75
RANKS = 0.3
RELIABLE = 0.9
"""How often a person's answer is right."""


class Source(StrEnum):
    """Where a test comes from."""

    FACT = "what the host sees by itself"
    """Whether it has the interface, say. Nobody can be of another opinion."""
    APPROVED = "an example that the person approved"
    REQUEST = "a literal example of the request"
    PROPERTY = "a property that should always hold"
    BLIND = "written without seeing code"
    SEEING = "written by one who saw code"


SURE = (Source.FACT, Source.APPROVED)
"""What candidates do says nothing about these."""


class Kind(StrEnum):
    """What is known about a test."""

    CONFIRMED = "the person confirms it"
    DENIED = "the person says that it is wrong"
    AGREEMENT = "different behaviours pass it"
    HOLDS = "the property holds"
    MUTANT = "it kills a mutant"
    RIVAL = "it tells two candidates apart"
    UPHELD = "it was put on trial and upheld"
    DISMISSED = "it was put on trial and dismissed"
    ACCUSED = "it is on trial"
    FLAKY = "it does not always say the same"
    TRIVIAL = "a plugin that does nothing passes it"
    CLOCK = "it depends on the clock"
    ORDER = "it depends on the order of tests"
    COPIED = "it computes what it expects with the code under test"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One thing that is known about one test."""

    kind: Kind
    detail: str = ""
    share: Share | None = None
    """With `Kind.AGREEMENT`."""


def odds(probability: float) -> float:
    """Give the logarithm of the odds."""
    return log(probability / (1 - probability))


def probability(odds: float) -> float:
    """Give the probability of such odds, however long they are."""
    return 1 / (1 + exp(-odds)) if odds > -700 else 0.0


_ANSWER = odds(RELIABLE)


STARTS: Mapping[Source, float] = {
    Source.FACT: 0.999,
    Source.APPROVED: RELIABLE,
    Source.REQUEST: 0.85,
    Source.PROPERTY: 0.5,
    Source.BLIND: 0.5,
    Source.SEEING: 0.35,
}
STEPS: Mapping[Kind, float] = {
    Kind.CONFIRMED: _ANSWER,
    Kind.DENIED: -_ANSWER,
    Kind.HOLDS: 1.2,
    Kind.MUTANT: 0.4,
    Kind.RIVAL: 0.2,
    Kind.UPHELD: _ANSWER,
    Kind.DISMISSED: -2 * _ANSWER,
}
BOUNDS: Mapping[Kind, float] = {
    Kind.ACCUSED: 0.74,
    Kind.TRIVIAL: 0.5,
    Kind.CLOCK: 0.5,
    Kind.ORDER: 0.5,
    Kind.FLAKY: 0.29,
    Kind.COPIED: 0.29,
}
AGREEMENT = Curve(
    ((0.0, -1.3), (0.1, -1.0), (0.35, 0.3), (0.6, 2.8), (0.75, 4.2), (1.0, 4.2))
)
"""Of an old model's asserts 32 % were right; of those that 60-90 % of the candidates
pass, 97 %; of those that under 10 % pass, 14 %. Between the points is a guess."""


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What sources and evidence are worth."""

    starts: Mapping[Source, float] = field(default_factory=lambda: dict(STARTS))
    steps: Mapping[Kind, float] = field(default_factory=lambda: dict(STEPS))
    """What moves the logarithm of the odds, and how far."""
    bounds: Mapping[Kind, float] = field(default_factory=lambda: dict(BOUNDS))
    """What a test with a flaw can reach at most."""
    agreement: Curve = AGREEMENT
    """What a share of the behaviours is worth."""
    witnesses: float = 4.0
    """So many behaviours halve the worth of their agreement: few agree easily."""

    def step(self, evidence: Evidence) -> float:
        """Say how far evidence moves the logarithm of the odds."""
        share = evidence.share
        if evidence.kind is not Kind.AGREEMENT:
            return self.steps.get(evidence.kind, 0.0)
        if share is None or not share.total:
            return 0.0
        return self.agreement(share.part) * share.total / (share.total + self.witnesses)
