"""The design: from the request and the interview to a specification that holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from plugwright.errors import PlugwrightError, UsageError
from plugwright.permissions import Permission
from plugwright.providers import Sampling
from plugwright_forge.answers import Answer
from plugwright_forge.bench import Bench, NotDescribed
from plugwright_forge.decisions import specification as read_specification
from plugwright_forge.edge import Decision, Line, held
from plugwright_forge.fences import Malformed, json_object
from plugwright_forge.policy import forbidden
from plugwright_forge.skeletons import interface
from plugwright_forge.specification import Base, Specification, Wish
from plugwright_forge.specification.document import loads
from plugwright_forge.team import ATTEMPTS, Assignment, Reply, Team
from plugwright_forge.wording import interview_in_words


class NotPossible(PlugwrightError):
    """What was asked for cannot be made here; nobody is to blame for that."""


class _Impossible(Decision):
    impossible: Line
    missing: tuple[Line, ...] = ()


@dataclass(frozen=True)
class _Refusal:
    why: str
    remedy: str


def write_specification(
    team: Team,
    bench: Bench,
    request: str,
    answers: tuple[Answer, ...],
    base: Base | None = None,
    allowed: Sequence[Permission] = (),
) -> Specification:
    """Have it written; its types and signatures have to load in the sandbox.

    Beside what the policy lets everybody wish for, `allowed` may be wished for. Raises
    `NotPossible` where the architect says so, or insists on what is forbidden.
    """
    allowed = _allowed(base, allowed)
    assignment = Assignment(
        role="architect",
        sections={"request": request, "interview": interview_in_words(answers)},
        sampling=Sampling(temperature=0.2, max_tokens=8192),
    )
    found = team.ask(assignment, lambda reply: _read(reply, bench, base, allowed))
    if isinstance(found, _Refusal):
        raise NotPossible(found.why, remedy=found.remedy)
    return found


def check_wanted(
    bench: Bench,
    specification: Specification,
    base: Base | None = None,
    allowed: Sequence[Permission] = (),
) -> None:
    """Raise UsageError if what a person wrote cannot be built, or may not be."""
    if wishes := forbidden(specification, _allowed(base, allowed)):
        raise UsageError(
            _forbidden(wishes),
            remedy=f"take it out, or begin anew with {_said(wishes)}",
        )
    source = interface(specification)
    step = f"describe/approved/{sha256(source.encode()).hexdigest()[:16]}"
    try:
        bench.describe(step, {"plugin.py": source})
    except NotDescribed as error:
        raise UsageError(
            f"the interface does not load: {error}",
            remedy="correct `types`, or the types of parameters and results",
        ) from error


def _read(
    reply: Reply, bench: Bench, base: Base | None, allowed: Sequence[Permission]
) -> Specification | _Refusal:
    if refusal := _impossible(reply.text):
        return refusal
    found = read_specification(reply.text)
    if refusal := _beyond(found, allowed):
        if reply.attempt < ATTEMPTS:
            raise Malformed(
                f'{refusal.why}; do without, or answer {{"impossible": "why"}}'
            )
        return refusal
    if base and found.name != base.plugin:
        raise Malformed(f"`name`: it is a change of `{base.plugin}`; keep that name")
    step = f"describe/interface/{reply.attempt}"
    try:
        bench.describe(step, {"plugin.py": interface(found)})
    except NotDescribed as error:
        raise Malformed(f"the interface does not load: {error}") from error
    return found


def _allowed(base: Base | None, allowed: Sequence[Permission]) -> Sequence[Permission]:
    """Give what may be wished for: what was granted, and what it has already."""
    was = loads(base.specification).permissions if base else ()
    return (*allowed, *(wish.permission for wish in was))


def _impossible(text: str) -> _Refusal | None:
    value = json_object(text)
    if "impossible" not in value:
        return None
    said = held(_Impossible, value)
    lacking = f"; what is missing: {'; '.join(said.missing)}" if said.missing else ""
    return _Refusal(
        f"it cannot be made as it was asked for: {said.impossible}{lacking}",
        "ask for the part that can be done, or say how the rest is to be known",
    )


def _beyond(
    specification: Specification, allowed: Sequence[Permission]
) -> _Refusal | None:
    wishes = forbidden(specification, allowed)
    if not wishes:
        return None
    return _Refusal(
        _forbidden(wishes),
        f"ask for a plugin that does without, or add {_said(wishes)}",
    )


def _forbidden(wishes: Sequence[Wish]) -> str:
    named = "; ".join(f"`{wish.permission}` ({wish.reason})" for wish in wishes)
    return f"the policy forbids what it would need: {named}"


def _said(wishes: Sequence[Wish]) -> str:
    return " ".join(f"--allow '{wish.permission}'" for wish in wishes)
