"""The integration review: the fewest permissions, settled by facts.

The specialist proposes; the host has seen what was really used. A proposal that leaves
out something used, or adds something never specified, is replaced by what was used.
"""

from __future__ import annotations

from dataclasses import dataclass

from plugwright.errors import UsageError
from plugwright.judging import Report
from plugwright.permissions import Permission
from plugwright.providers import Sampling
from plugwright_forge.bench import Description
from plugwright_forge.decisions import review
from plugwright_forge.matrix import Trial
from plugwright_forge.specification import Specification, Wish
from plugwright_forge.team import Assignment, Team
from plugwright_forge.wording import bullets, specification_in_words


@dataclass(frozen=True)
class Integration:
    """What the plugin will be allowed, and what remains to be said."""

    permissions: tuple[Wish, ...]
    unsure: tuple[str, ...]


def review_integration(
    team: Team, specification: Specification, trial: Trial, description: Description
) -> Integration:
    """Let the specialist look, then let the facts decide."""
    assignment = Assignment(
        role="integration-specialist",
        sections={
            "specification": specification_in_words(specification),
            "code": trial.code,
            "findings": _findings(trial.report, description),
        },
        sampling=Sampling(temperature=0.0, max_tokens=2048),
    )
    proposed, unsure = team.ask(assignment, lambda reply: review(reply.text))
    return settle(specification, trial.report, proposed, unsure)


def settle(
    specification: Specification,
    report: Report,
    proposed: tuple[Wish, ...],
    unsure: tuple[str, ...] = (),
) -> Integration:
    """Take the proposal if it lies between what was used and what was specified."""
    specified = tuple(wish.permission for wish in specification.permissions)
    used = tuple(p for p in _parsed(report.used) if _covered(p, specified))
    wanted = tuple(wish.permission for wish in proposed)
    if all(_covered(p, specified) for p in wanted) and all(
        _covered(p, wanted) for p in used
    ):
        return Integration(proposed, unsure)
    names = ", ".join(map(str, used)) or "none"
    note = (
        "The permissions were settled by what the tests showed in use, not by the "
        f"integration specialist: {names}."
    )
    reasons = tuple(_wish(permission, specification) for permission in used)
    return Integration(reasons, (*unsure, note))


def _findings(report: Report, description: Description) -> str:
    return bullets(
        [
            f"permissions in use: {', '.join(report.used) or 'none'}",
            f"commands: {', '.join(description.commands)}",
            f"events it listens to: {', '.join(description.events) or 'none'}",
            f"tests: {len(report.results)}",
        ]
    )


def _parsed(names: tuple[str, ...]) -> list[Permission]:
    found = []
    for name in names:
        try:
            found.append(Permission.parse(name))
        except UsageError:  # the guest named a service that nobody can grant
            continue
    return found


def _covered(permission: Permission, by: tuple[Permission, ...]) -> bool:
    return any(other.covers(permission) for other in by)


def _wish(permission: Permission, specification: Specification) -> Wish:
    reason = next(
        wish.reason
        for wish in specification.permissions
        if wish.permission.covers(permission)
    )
    return Wish(permission=permission, reason=reason)
