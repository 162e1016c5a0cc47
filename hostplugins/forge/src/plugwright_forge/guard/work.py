"""Loops in what is made and judged: errors, artefacts, oscillation, tests, no progress.

Each detector looks whether the last observation completes a loop.
"""

from __future__ import annotations

from collections.abc import Sequence

from plugwright.judging import Verdict
from plugwright_forge.guard.alarms import Finding, Signal
from plugwright_forge.guard.fingerprints import (
    normalised,
    of_code,
    of_outcomes,
    of_text,
)
from plugwright_forge.guard.history import History, Round, rounds, since_better
from plugwright_forge.guard.limits import Limits
from plugwright_forge.guard.observations import Failed, Judged, Made, Outcome

# These say that nothing could be run, which is no fault of a test.
_NOT_RUN = (Verdict.CE, Verdict.IE)


def repeated_error(history: History, limits: Limits) -> Finding | None:
    """The same error, while nothing got better in its lineage."""
    last = history[-1].seen
    if isinstance(last, Failed):
        found = _same_failures(history, last)
        return _error(last.lineage, last.error, found, limits)
    if not _is_new_round(history, last):
        return None
    assert isinstance(last, Judged)
    stalled = since_better(history, last.lineage)
    if len(stalled) < limits.repeated_error:
        return None
    for outcome in last.failures:
        key = _complaint(outcome)
        found = [
            one.number for one in stalled if key in map(_complaint, one.judged.failures)
        ]
        words = f"{outcome.test}: {outcome.message or outcome.verdict}"
        if finding := _error(last.lineage, words, found, limits):
            return finding
    return None


def repeated_artefact(history: History, limits: Limits) -> Finding | None:
    """The same thing handed in again."""
    last = history[-1].seen
    if not isinstance(last, Made):
        return None
    versions = _versions(history, last)
    mark = versions[-1][1]
    row = next(
        (i for i, (_, other) in enumerate(reversed(versions)) if other != mark),
        len(versions),
    )
    same = [number for number, other in versions if other == mark]
    if row < limits.same_in_a_row and len(same) < limits.same_in_all:
        return None
    in_a_row = row >= limits.same_in_a_row
    how = f"{row} times in a row" if in_a_row else f"{len(same)} times in all"
    return Finding(
        signal=Signal.REPEATED_ARTEFACT,
        about=(last.lineage,),
        signature=mark,
        occurrences=row if in_a_row else len(same),
        needed=limits.same_in_a_row if in_a_row else limits.same_in_all,
        first=same[-row] if in_a_row else same[0],
        evidence=(f"{last.lineage} handed in the same {last.kind} {how}",),
    )


def oscillation(history: History, limits: Limits) -> Finding | None:
    """Versions, or what they pass, come back in turn, over two periods."""
    last = history[-1].seen
    if isinstance(last, Made):
        return _turns(_versions(history, last), last.lineage, last.kind, limits)
    if not _is_new_round(history, last):
        return None
    assert isinstance(last, Judged)
    vectors = [
        (one.number, of_outcomes(one.judged.outcomes))
        for one in rounds(history, last.lineage)
    ]
    return _turns(vectors, last.lineage, "set of passed tests", limits)


def no_progress(history: History, limits: Limits) -> Finding | None:
    """Rounds go by and nothing gets better."""
    last = history[-1].seen
    if not _is_new_round(history, last):
        return None
    assert isinstance(last, Judged)
    stalled = since_better(history, last.lineage)
    if len(stalled) - 1 < limits.no_progress:
        return None
    return Finding(
        signal=Signal.NO_PROGRESS,
        about=(last.lineage,),
        signature=last.lineage,
        occurrences=len(stalled) - 1,
        needed=limits.no_progress,
        first=stalled[0].number,
        evidence=(
            f"{last.lineage} was best as {stalled[0].judged.candidate}, which passes "
            f"{_passed(stalled[0])}; then came "
            + ", ".join(_passed(one) for one in stalled[1:]),
        ),
    )


def test_failure_loop(history: History, limits: Limits) -> Finding | None:
    """One test fails in different programs, and none passes it."""
    last = history[-1].seen
    if not isinstance(last, Judged):
        return None
    refused = _refused(history, last)
    tests = [
        test
        for test, programs in refused.items()
        if len(programs) >= limits.implementations
    ]
    if not tests:
        return None
    worst = max(tests, key=lambda test: len(refused[test]))
    return Finding(
        signal=Signal.TEST_FAILURE_LOOP,
        about=tuple(tests),
        signature=" ".join(tests),
        occurrences=len(refused[worst]),
        needed=limits.implementations,
        first=min(min(refused[test].values()) for test in tests),
        evidence=tuple(
            f"{test} refuses {len(refused[test])} different programs and passes none"
            for test in tests
        ),
    )


def _same_failures(history: History, last: Failed) -> list[int]:
    stalled = since_better(history, last.lineage)
    start = stalled[0].number if stalled else 0
    return [
        entry.number
        for entry in history
        if isinstance(entry.seen, Failed)
        and entry.number >= start
        and entry.seen.lineage == last.lineage
        and normalised(entry.seen.error) == normalised(last.error)
    ]


def _error(
    lineage: str, words: str, found: Sequence[int], limits: Limits
) -> Finding | None:
    if len(found) < limits.repeated_error:
        return None
    return Finding(
        signal=Signal.REPEATED_ERROR,
        about=(lineage,),
        signature=of_text(words),
        occurrences=len(found),
        needed=limits.repeated_error,
        first=found[0],
        evidence=(f"{lineage}, {len(found)} times: {words[:200]}",),
    )


def _complaint(outcome: Outcome) -> tuple[str, str]:
    return outcome.test, normalised(outcome.message) or outcome.verdict


def _is_new_round(history: History, last: object) -> bool:
    """Tell whether a program that is not there yet has just come before the tests."""
    if not isinstance(last, Judged) or not last.failures:
        return False
    return rounds(history, last.lineage)[-1].number == history[-1].number


def _versions(history: History, last: Made) -> list[tuple[int, str]]:
    return [
        (entry.number, of_code(entry.seen.text))
        for entry in history
        if isinstance(entry.seen, Made)
        and (entry.seen.lineage, entry.seen.kind) == (last.lineage, last.kind)
    ]


def _turns(
    marks: Sequence[tuple[int, str]], lineage: str, what: str, limits: Limits
) -> Finding | None:
    values = [mark for _, mark in marks]
    for period in range(2, limits.longest_period + 1):
        turn = values[-period:]
        if len(values) < 2 * period or turn != values[-2 * period : -period]:
            continue
        if len(set(turn)) == 1:  # standing still is another signal
            continue
        length = 2 * period
        while (
            length < len(values) and values[-length - 1] == values[period - length - 1]
        ):
            length += 1
        return Finding(
            signal=Signal.OSCILLATION,
            about=(lineage,),
            signature=" ".join(sorted(turn)),
            occurrences=length // period,
            needed=2,
            first=marks[-length][0],
            evidence=(f"{lineage}: every {period} steps the same {what} is back",),
        )
    return None


def _refused(history: History, last: Judged) -> dict[str, dict[str, int]]:
    """Give for each test that just failed the programs it refused since it passed one.

    If the last program is no new one to a test, the test is left out.
    """
    refused: dict[str, dict[str, int]] = {}
    counting = {o.test for o in last.failures if o.verdict not in _NOT_RUN}
    for entry in reversed(history):
        if not counting:
            break
        if not isinstance(entry.seen, Judged):
            continue
        mark = of_code(entry.seen.code)
        for outcome in entry.seen.outcomes:
            if outcome.test not in counting or outcome.verdict in _NOT_RUN:
                continue
            if outcome.passed:
                counting.discard(outcome.test)
            else:
                refused.setdefault(outcome.test, {})[mark] = entry.number
    newest, now = of_code(last.code), history[-1].number
    return {
        test: programs for test, programs in refused.items() if programs[newest] == now
    }


def _passed(one: Round) -> str:
    total = len(one.judged.outcomes)
    return f"{total - len(one.judged.failures)} of {total}"
