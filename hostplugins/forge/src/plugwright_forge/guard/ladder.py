"""The ladder: each rung once per signal, and every climb comes to an end."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from plugwright_forge.guard.alarms import Rung, Signal
from plugwright_forge.guard.limits import Limits

_NUDGES: Mapping[Signal, str] = MappingProxyType(
    {
        Signal.CONTEXT_OVERFLOW: "leave out what the role can do without",
        Signal.CIRCULAR_DEPENDENCY: "let the first of them begin with an assumption",
        Signal.CHANTING: "ask again, for a short answer, with another seed",
        Signal.FORMAT_FAILURE: "show the form that is wanted and what was wrong",
        Signal.OSCILLATION: "show both versions and ask for one that does both",
        Signal.REPEATED_ARTEFACT: "say that this was handed in before and did not do",
        Signal.REPEATED_ERROR: "say that this error is still there and what was tried",
        Signal.TEST_FAILURE_LOOP: "put the test on trial before another repair",
        Signal.NO_PROGRESS: "name the one failure to begin with",
    }
)
_ADVICE: Mapping[Rung, str] = MappingProxyType(
    {
        Rung.RESET_CONTEXT: "begin the role anew with the specification, the best "
        "version and its failures only",
        Rung.ALTERNATIVE: "take another plan, or ask another model",
        Rung.ASK: "ask the person one question about the point it hangs on",
        Rung.ESCALATE: "hand it to whoever can do more: a person or a stronger model",
        Rung.ABORT: "stop, and give the best there is with what is unsure about it",
    }
)


class Ladder:
    """What was tried against which signal, and what comes next."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._tried: dict[Signal, tuple[Rung, ...]] = {}

    def tried(self, signal: Signal) -> tuple[Rung, ...]:
        """Give what was tried against a signal, in order."""
        return self._tried.get(signal, ())

    def climb(self, signal: Signal) -> Rung:
        """Take the next rung for a signal; none is taken twice."""
        before = self.tried(signal)
        left = [r for r in Rung if r in self._limits.rungs and r not in before]
        spent = sum(map(len, self._tried.values())) + 1
        rung = Rung.ABORT if spent >= self._limits.alarms else left[0]
        self._tried[signal] = (*before, rung)
        return rung


def advice(signal: Signal, rung: Rung) -> str:
    """Say what a rung means for a signal."""
    return _NUDGES[signal] if rung is Rung.NUDGE else _ADVICE[rung]
