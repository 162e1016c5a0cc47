"""The observations as detectors see them: numbered, and read in rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugwright.judging import Verdict
from plugwright_forge.guard.fingerprints import of_code
from plugwright_forge.guard.observations import Judged, Observation

_HOW_FAR = {Verdict.AC: 0, Verdict.WA: 1, Verdict.CE: 3, Verdict.IE: 3}


@dataclass(frozen=True)
class Entry:
    """One observation with its number."""

    number: int
    seen: Observation


History = Sequence[Entry]


@dataclass(frozen=True)
class Round:
    """One version of a lineage before the tests."""

    number: int
    judged: Judged
    is_better: bool
    """Whether it is the best of its lineage so far; the first one always is."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How a lineage comes on."""

    is_progressing: bool
    rounds: int
    """Rounds since something last got better."""
    tests_passing: int
    """More tests passed than a round ago; negative: fewer."""
    errors: int
    """More different complaints than a round ago; negative: fewer."""
    changed: bool
    """Whether the program is another one than a round ago."""


def measure(judged: Judged) -> tuple[int, int]:
    """Say how far a version is: tests passed, then how near the others come.

    This tells progress from none. It never chooses between candidates.
    """
    passed = len(judged.outcomes) - len(judged.failures)
    return passed, -sum(_HOW_FAR.get(o.verdict, 2) for o in judged.failures)


def rounds(history: History, lineage: str) -> list[Round]:
    """Give the rounds of a lineage; to judge the same program again is no new one."""
    found: list[Round] = []
    best: tuple[int, int] | None = None
    for entry in history:
        judged = entry.seen
        if not isinstance(judged, Judged) or judged.lineage != lineage:
            continue
        if found and of_code(found[-1].judged.code) == of_code(judged.code):
            continue
        reached = measure(judged)
        found.append(Round(entry.number, judged, best is None or reached > best))
        best = reached if best is None else max(best, reached)
    return found


def since_better(history: History, lineage: str) -> list[Round]:
    """Give the best round of a lineage and those after it that were no better."""
    found = rounds(history, lineage)
    start = max((i for i, one in enumerate(found) if one.is_better), default=0)
    return found[start:]


def progress(history: History, lineage: str) -> Progress:
    """Compare the last two rounds of a lineage."""
    found = rounds(history, lineage)
    stalled = max(len(since_better(history, lineage)) - 1, 0)
    if len(found) < 2:
        return Progress(
            is_progressing=bool(found),
            rounds=stalled,
            tests_passing=measure(found[0].judged)[0] if found else 0,
            errors=len(_complaints(found[0].judged)) if found else 0,
            changed=bool(found),
        )
    before, now = found[-2].judged, found[-1].judged
    return Progress(
        is_progressing=found[-1].is_better,
        rounds=stalled,
        tests_passing=measure(now)[0] - measure(before)[0],
        errors=len(_complaints(now)) - len(_complaints(before)),
        changed=of_code(now.code) != of_code(before.code),
    )


def _complaints(judged: Judged) -> set[tuple[str, str]]:
    return {(outcome.test, outcome.message) for outcome in judged.failures}
