"""The design: from the request and the interview to a specification that holds."""

from __future__ import annotations

from plugwright.providers import Sampling
from plugwright_forge.answers import Answer
from plugwright_forge.bench import Bench, NotDescribed
from plugwright_forge.decisions import specification as read_specification
from plugwright_forge.fences import Malformed
from plugwright_forge.skeletons import interface
from plugwright_forge.specification import Specification
from plugwright_forge.team import Assignment, Reply, Team
from plugwright_forge.wording import interview_in_words


def write_specification(
    team: Team, bench: Bench, request: str, answers: tuple[Answer, ...]
) -> Specification:
    """Have it written; its types and signatures have to load in the sandbox."""
    assignment = Assignment(
        role="architect",
        sections={"request": request, "interview": interview_in_words(answers)},
        sampling=Sampling(temperature=0.2, max_tokens=8192),
    )
    return team.ask(assignment, lambda reply: _read(reply, bench))


def _read(reply: Reply, bench: Bench) -> Specification:
    found = read_specification(reply.text)
    step = f"describe/interface/{reply.attempt}"
    try:
        bench.describe(step, {"plugin.py": interface(found)})
    except NotDescribed as error:
        raise Malformed(f"the interface does not load: {error}") from error
    return found
