"""The guard: it is told what happens, and says when that is a loop and what to do.

It knows nothing but what it was told, so whoever tells a new guard the same again has
the same guard. One observation gives one alarm at most. After a nudge, the next
occurrence already is the next alarm. A higher rung is a new beginning: all counting
starts again, and only the memory of what was tried stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from plugwright_forge.guard import talk, work
from plugwright_forge.guard.alarms import Alarm, Delivery, Finding, Rung, Signal
from plugwright_forge.guard.history import Entry, History, Progress, measure, progress
from plugwright_forge.guard.ladder import Ladder, advice
from plugwright_forge.guard.limits import Limits
from plugwright_forge.guard.observations import Judged, Observation

Detector = Callable[[History, Limits], Finding | None]

DETECTORS: dict[Signal, Detector] = {
    Signal.CONTEXT_OVERFLOW: talk.context_overflow,
    Signal.CIRCULAR_DEPENDENCY: talk.circular_dependency,
    Signal.CHANTING: talk.chanting,
    Signal.FORMAT_FAILURE: talk.format_failure,
    Signal.OSCILLATION: work.oscillation,
    Signal.REPEATED_ARTEFACT: work.repeated_artefact,
    Signal.REPEATED_ERROR: work.repeated_error,
    Signal.TEST_FAILURE_LOOP: work.test_failure_loop,
    Signal.NO_PROGRESS: work.no_progress,
}
_SURE = {
    Signal.CONTEXT_OVERFLOW: 1.0,
    Signal.CIRCULAR_DEPENDENCY: 1.0,
    Signal.CHANTING: 0.9,
    Signal.FORMAT_FAILURE: 0.8,
    Signal.OSCILLATION: 0.9,
    Signal.REPEATED_ARTEFACT: 0.9,
    Signal.REPEATED_ERROR: 0.8,
    Signal.TEST_FAILURE_LOOP: 0.75,
    Signal.NO_PROGRESS: 0.7,
}


class LoopGuard:
    """Watches one session."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._ladder = Ladder(self._limits)
        self._entries: list[Entry] = []
        self._start = 0
        self._alarms: list[Alarm] = []

    @classmethod
    def after(
        cls, observations: Iterable[Observation], limits: Limits | None = None
    ) -> LoopGuard:
        """Rebuild the guard of a session from what it was told."""
        guard = cls(limits)
        for observation in observations:
            guard.observe(observation)
        return guard

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Give all alarms so far."""
        return tuple(self._alarms)

    @property
    def is_over(self) -> bool:
        """Whether the ladder is at its end."""
        return bool(self._alarms) and self._alarms[-1].rung is Rung.ABORT

    def tried(self, signal: Signal) -> tuple[Rung, ...]:
        """Give what was tried against a signal."""
        return self._ladder.tried(signal)

    def progress(self, lineage: str) -> Progress:
        """Say how a lineage comes on."""
        return progress(self._entries, lineage)

    def observe(self, observation: Observation) -> Alarm | None:
        """Take note of something; after the end, the last alarm is all there is."""
        if self.is_over:
            return self._alarms[-1]
        self._entries.append(Entry(len(self._entries) + 1, observation))
        history = self._entries[self._start :]
        for detect in DETECTORS.values():
            if finding := detect(history, self._limits):
                return self._raise(finding)
        return None

    def _raise(self, finding: Finding) -> Alarm:
        tried = self._ladder.tried(finding.signal)
        rung = self._ladder.climb(finding.signal)
        last = self._entries[-1]
        began = self._entries[finding.first - 1].seen.at
        alarm = Alarm(
            signal=finding.signal,
            rung=rung,
            confidence=_confidence(finding),
            occurrences=finding.occurrences,
            signature=finding.signature,
            about=finding.about,
            first=finding.first,
            last=last.number,
            timespan=max(last.seen.at - began, 0.0),
            evidence=finding.evidence,
            tried=tried,
            reasoning=_reasoning(finding, rung, tried),
            delivery=self._delivery(finding) if rung is Rung.ABORT else None,
        )
        self._alarms.append(alarm)
        if rung is not Rung.NUDGE:
            self._start = len(self._entries)
        return alarm

    def _delivery(self, finding: Finding) -> Delivery:
        judged = [e.seen for e in self._entries if isinstance(e.seen, Judged)]
        loops = dict.fromkeys(
            f"{signal}: {words}"
            for signal, evidence in (
                *((alarm.signal, alarm.evidence) for alarm in self._alarms),
                (finding.signal, finding.evidence),
            )
            for words in evidence[:1]
        )
        if not judged:
            unsure = ("no candidate was ever judged", *loops)
            return Delivery(candidate=None, confidence=0.0, unsure=unsure)
        best = max(judged, key=lambda one: (one.confidence, measure(one)))
        failed = (f"fails {one.test} ({one.verdict})" for one in best.failures)
        return Delivery(
            candidate=best.candidate,
            confidence=best.confidence,
            unsure=(*failed, *loops),
        )


def _confidence(finding: Finding) -> float:
    """Halve the doubt with every occurrence beyond those that are needed."""
    more = max(finding.occurrences - finding.needed, 0)
    return 1 - (1 - _SURE[finding.signal]) * 0.5**more


def _reasoning(finding: Finding, rung: Rung, tried: tuple[Rung, ...]) -> str:
    before = f" Tried before: {', '.join(tried)}." if tried else ""
    return (
        f"{finding.signal}: {'; '.join(finding.evidence)}.{before}"
        f" Now {rung}: {advice(finding.signal, rung)}."
    )
