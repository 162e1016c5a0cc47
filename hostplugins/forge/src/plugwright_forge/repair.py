"""Repair: the best version and what the judge said, at most twice, never backwards."""

from __future__ import annotations

from collections.abc import Sequence

from plugwright.providers import Sampling
from plugwright_forge.candidates import LONGEST_CODE
from plugwright_forge.evidence import evidence
from plugwright_forge.fences import python_file
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.specification import Specification
from plugwright_forge.team import Assignment, Team, Unusable
from plugwright_forge.wording import specification_in_words


def write_repair(
    team: Team,
    matrix: Matrix,
    specification: Specification,
    best: Trial,
    *,
    iteration: int,
    lesson: str,
    beside: Sequence[str] = (),
) -> str | None:
    """Have the best version mended; None if no usable answer came.

    `beside` is what it gets wrong beside the tests.
    """
    forget = team.steering.is_fresh("implementer")
    assignment = Assignment(
        role="implementer",
        page="repair",
        sections={
            "specification": specification_in_words(specification),
            "code": best.code,
            "evidence": evidence(matrix, best, beside),
            "lesson": f"\n{lesson}\n" if lesson and not forget else "",
        },
        # Another seed each round: the same question again deserves another answer.
        sampling=Sampling(temperature=0.2, seed=iteration, max_tokens=LONGEST_CODE),
        about=f"repair-{iteration}",
        model=best.candidate - 1,
    )
    try:
        return team.ask(assignment, lambda reply: python_file(reply.text))
    except Unusable:
        return None


def improves(matrix: Matrix, new: Trial, old: Trial) -> bool:
    """Tell whether nothing got worse and something got better.

    By the tests that may rank: one that nobody passed before cannot be trusted yet.
    """
    now, before = matrix.ranked(new), matrix.ranked(old)
    faults = (_faults(new), _faults(old))
    if not now >= before or (faults[0] > faults[1] and old.loads):
        return False
    return now > before or faults[0] < faults[1] or (new.loads and not old.loads)


def lesson_of(matrix: Matrix, new: Trial, old: Trial) -> str:
    """Say why an attempt was undone, for whoever tries next."""
    broken = sorted(matrix.ranked(old) - matrix.ranked(new))
    if broken:
        return "An earlier repair was undone, for it broke " + ", ".join(broken) + "."
    return "An earlier repair was undone, for it made nothing better."


def _faults(trial: Trial) -> int:
    return len(trial.problems) + len(trial.report.denied)
