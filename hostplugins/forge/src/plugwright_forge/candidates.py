"""The candidates: several programmers, one specification, a different plan each."""

from __future__ import annotations

from plugwright.providers import Sampling
from plugwright_forge.acceptance import Acceptance
from plugwright_forge.bench import Bench, NotDescribed
from plugwright_forge.fences import python_file
from plugwright_forge.fitting import misfits, unsettled
from plugwright_forge.matrix import Trial
from plugwright_forge.session import Session
from plugwright_forge.specification import Specification
from plugwright_forge.team import Assignment, Team, Unusable
from plugwright_forge.watching import Watcher
from plugwright_forge.wording import specification_in_words

LONGEST_CODE = 8192
SYNTHESISER = 0
"""The number of the competitor that is no model."""
_TEMPERATURES = (0.2, 0.6, 0.9)


def write_candidate(
    team: Team, specification: Specification, number: int
) -> str | None:
    """Have one written; a programmer without a usable answer drops out.

    Programmers have different plans, temperatures and, if there are several, models.
    """
    assignment = Assignment(
        role="implementer",
        sections={
            "specification": specification_in_words(specification),
            "plan": specification.plan(number),
        },
        sampling=Sampling(
            temperature=_TEMPERATURES[(number - 1) % len(_TEMPERATURES)],
            seed=number,
            max_tokens=LONGEST_CODE,
        ),
        about=f"candidate-{number}",
        model=number - 1,
    )
    try:
        return team.ask(assignment, lambda reply: python_file(reply.text))
    except Unusable:
        return None


def write_candidates(
    team: Team, specification: Specification, count: int, watcher: Watcher
) -> dict[int, str]:
    """Have several written, each by its plan; those that dropped out are not there."""
    codes = {}
    for number in range(1, count + 1):
        code = write_candidate(team, specification, number)
        if code is None:
            watcher.note(f"candidate {number} drops out")
        else:
            codes[number] = code
    return codes


def no_candidate(session: Session) -> Unusable:
    """Say that every programmer dropped out."""
    return Unusable("implementer", "all candidates dropped out", session)


def put_on_trial(
    bench: Bench,
    specification: Specification,
    acceptance: Acceptance,
    code: str,
    *,
    candidate: int,
    iteration: int,
    suite: str = "",
) -> Trial:
    """Let one version be judged, and look at its interface.

    `suite` names the tests, if they are not the first ones.
    """
    step = f"candidate-{candidate}/{iteration}"
    files = {"plugin.py": code}
    report = bench.judge(
        f"judge/{step}{suite}",
        f"candidate {candidate}.{iteration}" if iteration else f"candidate {candidate}",
        files,
        acceptance.files,
        specification,
    )
    trial = Trial(candidate=candidate, iteration=iteration, code=code, report=report)
    if not trial.loads:
        return trial
    try:
        described = bench.describe(f"describe/{step}", files)
    except NotDescribed as error:
        problems: tuple[str, ...] = (str(error),)
    else:
        problems = (
            *misfits(specification, described),
            *unsettled(specification, code),
        )
    return Trial(**{**vars(trial), "problems": problems})
