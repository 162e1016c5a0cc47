"""The loop guard: it sees when a session goes in circles, and always ends it."""

from plugwright_forge.guard.alarms import Alarm, Delivery, Rung, Signal
from plugwright_forge.guard.history import Progress
from plugwright_forge.guard.limits import Limits
from plugwright_forge.guard.loops import LoopGuard
from plugwright_forge.guard.observations import (
    Answered,
    Asked,
    Failed,
    Given,
    Judged,
    Made,
    Needs,
    Observation,
    Outcome,
    Waited,
)

__all__ = [
    "Alarm",
    "Answered",
    "Asked",
    "Delivery",
    "Failed",
    "Given",
    "Judged",
    "Limits",
    "LoopGuard",
    "Made",
    "Needs",
    "Observation",
    "Outcome",
    "Progress",
    "Rung",
    "Signal",
    "Waited",
]
