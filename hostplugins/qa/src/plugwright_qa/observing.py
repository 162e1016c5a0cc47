"""What a plugin does with given inputs, seen from outside and without an opinion.

Each story meets a fresh plugin with empty storage, a clock that stands still, and
doubles for what it was granted, as a test does. What it did in one story is not there
in the next; what it kept from call to call of one story is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from plugwright.judging import Call, Case, Observed
from plugwright.sandboxes import JSON, Failure, Kind, Outcome, Sandbox
from plugwright_qa.subject import Subject, permission, said

REFUSED = "InputError"
LONGEST = 200
"""Characters of a failure; who fails alike should look alike."""


def observed(
    sandbox: Callable[[str], Sandbox], case: Case, story: Sequence[Call]
) -> tuple[Observed, ...]:
    """Play one story. A plugin that does not load fails every call in the same way."""
    subject = Subject.of(case)
    subject.session = sandbox(case.engine).open(subject.guest(case, initialise=True))
    try:
        return tuple(_played(subject, story))
    finally:
        subject.session.close()


def _played(subject: Subject, story: Sequence[Call]) -> Iterator[Observed]:
    loaded = subject.session.loaded
    for call in story:
        if loaded.failure is not None:
            yield Observed(failure=_words(loaded.failure))
            continue
        before = len(subject.emitted)
        subject.stage.outside.turn.next()
        outcome = subject.session.call(*operation(call))
        yield _seen(outcome, tuple(subject.emitted[before:]))


def operation(call: Call) -> tuple[str, JSON]:
    """Say it as the guest is asked."""
    if call.event:
        return "event", {"name": call.event, "data": call.data}
    return "command", {"name": call.command, "arguments": {**call.arguments}}


def _seen(outcome: Outcome, emitted: tuple[JSON, ...]) -> Observed:
    failure, fuel = outcome.failure, outcome.usage.fuel
    if outcome.denied:  # whether or not it caught the refusal
        names = ", ".join(f"`{each}`" for each in map(permission, outcome.denied))
        why = f"it reached for {names}, which was not granted"
        return Observed(failure=why[:LONGEST], emitted=emitted, fuel=fuel)
    if failure is None:
        return Observed(value=outcome.value, emitted=emitted, fuel=fuel)
    if failure.type == REFUSED:
        return Observed(refused=True, emitted=emitted, fuel=fuel)
    return Observed(failure=_words(failure), emitted=emitted, fuel=fuel)


def _words(failure: Failure) -> str:
    if failure.kind is Kind.STOPPED:
        return f"stopped by the quota `{failure.type}`"
    return said(failure)[:LONGEST]
