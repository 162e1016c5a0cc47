"""The README: for the person who asked, not for programmers."""

from __future__ import annotations

from plugwright.judging import Report, Verdict
from plugwright.providers import Sampling
from plugwright_forge.bench import Description
from plugwright_forge.fences import markdown_file
from plugwright_forge.specification import Specification
from plugwright_forge.team import Assignment, Team
from plugwright_forge.wording import bullets, specification_in_words


def write_readme(
    team: Team,
    request: str,
    specification: Specification,
    description: Description,
    report: Report,
    unsure: tuple[str, ...],
) -> str:
    """Have it written from what was specified and shown."""
    assignment = Assignment(
        role="documentation-writer",
        sections={
            "request": request,
            "specification": specification_in_words(specification),
            "commands": bullets(
                f"{name}({', '.join(command.parameters)})"
                for name, command in description.commands.items()
            ),
            "report": bullets(_line(r.test, r.verdict) for r in report.results),
            "unsure": bullets(unsure),
        },
        sampling=Sampling(temperature=0.4, max_tokens=4096),
    )
    return team.ask(assignment, lambda reply: markdown_file(reply.text))


def _line(test: str, verdict: Verdict) -> str:
    return f"{test.rpartition('::')[2]}: {verdict}"
