"""What the guard says: which loop, on what evidence, and what to do about it now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Signal(StrEnum):
    """A sign that a session goes in circles; the surest first."""

    CONTEXT_OVERFLOW = "context overflow"
    CIRCULAR_DEPENDENCY = "circular dependency"
    CHANTING = "chanting"
    FORMAT_FAILURE = "format failure"
    OSCILLATION = "oscillation"
    REPEATED_ARTEFACT = "repeated artefact"
    REPEATED_ERROR = "repeated error"
    TEST_FAILURE_LOOP = "test-failure loop"
    NO_PROGRESS = "no progress"


class Rung(StrEnum):
    """What is tried against a loop, the mildest first."""

    NUDGE = "nudge"
    RESET_CONTEXT = "reset context"
    ALTERNATIVE = "alternative plan or model"
    ASK = "ask one question"
    ESCALATE = "escalate"
    ABORT = "abort"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A loop that was seen, before anybody says what to do."""

    signal: Signal
    about: tuple[str, ...]
    """Whom or what it concerns: a lineage, roles, or the tests to put on trial."""
    signature: str
    """What makes two such loops the same."""
    occurrences: int
    needed: int
    """How many occurrences make it a loop."""
    first: int
    """The number of the observation that it began with."""
    evidence: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What there is to give when a session ends without having succeeded."""

    candidate: str | None
    """The best version that was judged, if any was."""
    confidence: float
    unsure: tuple[str, ...]
    """What is not known to be right, in words."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One loop and one thing to do about it."""

    signal: Signal
    rung: Rung
    confidence: float
    """How sure it is that this is a loop: a judgement in numbers, not measured."""
    occurrences: int
    signature: str
    about: tuple[str, ...]
    first: int
    last: int
    """The numbers of the observations between which it happened."""
    timespan: float
    """Seconds between these two, if the session's log has times."""
    evidence: tuple[str, ...]
    tried: tuple[Rung, ...]
    """What was tried against this signal before."""
    reasoning: str
    """The whole of it in words."""
    delivery: Delivery | None = None
    """With `Rung.ABORT`: what can be given nevertheless."""
