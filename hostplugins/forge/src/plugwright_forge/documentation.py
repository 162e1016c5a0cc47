"""The README: for the person who asked, not for programmers.

A model writes how it is used. What can be known for sure is not left to it: what it
does, requirement by requirement, the tutorial with answers that were really given,
what it may do and why, what can be changed, and what is unsure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from plugwright.judging import Report, Verdict
from plugwright.manifest import MISLEADING
from plugwright.providers import Sampling
from plugwright_forge.acceptance import function_of, requirement_of
from plugwright_forge.bench import Description
from plugwright_forge.constants import Value
from plugwright_forge.delivering.tutorial import Demonstration, tutorial
from plugwright_forge.fences import markdown_file
from plugwright_forge.specification import Specification, Wish
from plugwright_forge.team import Assignment, Team
from plugwright_forge.wording import bullets, specification_in_words

_FIRST = "What it does, point by point"


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


def with_facts(
    readme: str,
    specification: Specification,
    permissions: Sequence[Wish],
    report: Report,
    shown: Sequence[Demonstration],
    unsure: Sequence[str],
    values: Mapping[str, Value] | None = None,
) -> str:
    """Add what is known for sure, or say it anew.

    `values` are those of the settings, where they are other than at first.
    """
    parts = {
        _FIRST: _requirements(specification, report),
        "Tutorial": tutorial(
            replace(specification, permissions=tuple(permissions)), shown
        ),
        "What it may do": _permissions(permissions),
        "What you can change": _settings(specification, values or {}),
        "What is unsure": iter([bullets(unsure or ("Nothing was noted.",))]),
    }
    sections = [f"## {title}\n\n" + "\n".join(part) for title, part in parts.items()]
    words = readme.partition(f"\n## {_FIRST}\n")[0]
    return "\n\n".join([words.rstrip("\n"), *map(_readable, sections)]) + "\n"


def _requirements(specification: Specification, report: Report) -> Iterator[str]:
    for each in specification.requirements:
        results = [
            result.verdict is Verdict.AC
            for result in report.results
            if requirement_of(function_of(result.test)) == each.id
        ]
        shown = f"{sum(results)} of {len(results)} tests of it pass"
        yield f"- **{each.id}** {each.text} ({shown if results else 'not tested'})"


def _permissions(permissions: Sequence[Wish]) -> Iterator[str]:
    if not permissions:
        yield "It only computes: it keeps nothing, and asks for nothing."
    for wish in permissions:
        yield f"- It {wish.permission.in_words()}: {wish.reason}"


def _settings(
    specification: Specification, values: Mapping[str, Value]
) -> Iterator[str]:
    name = specification.name
    if specification.settings:
        yield f"With `plugwright customise {name} NAME=VALUE`; you are asked before it"
        yield "runs so."
        yield ""
    for setting in specification.settings:
        yield (
            f"- `{setting.name}`, now {values.get(setting.name, setting.value)!r}: "
            f"{setting.meaning} "
            f"({setting.allowed})"
        )
    if specification.settings:
        yield ""
    yield f'Anything else: `plugwright forge improve {name} "WHAT SHOULD CHANGE"`.'


def _readable(text: str) -> str:
    # Lines stay: everything else that a screen obeys was never wanted.
    return "\n".join(MISLEADING.sub(" ", line) for line in text.split("\n"))


def _line(test: str, verdict: Verdict) -> str:
    return f"{test.rpartition('::')[2]}: {verdict}"
