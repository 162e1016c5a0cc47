"""Prompt cards: what each role is told, as text files that are easy to read and change.

A card begins with its name and version, which are part of a recording's key: whoever
changes a card raises its version. Then come the standing instructions, and one page for
each thing that the role is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from plugwright.providers import Message, Request, Sampling

ROLES = (
    "requirements-analyst",
    "architect",
    "test-engineer",
    "implementer",
    "optimiser",
    "integration-specialist",
    "documentation-writer",
)

_PAGE = re.compile(r"^--- (\w+)\n", re.MULTILINE)
_AGAIN = (
    "\n\nAn earlier answer could not be used: {problem}.\n"
    "Answer again, in the form that is asked for above, and complete."
)


@dataclass(frozen=True)
class Card:
    """One role's instructions."""

    template: str
    """Name and version: `implementer/1`."""
    instructions: str
    pages: Mapping[str, str]

    @property
    def role(self) -> str:
        """Whose card it is."""
        return self.template.partition("/")[0]

    def request(
        self,
        page: str,
        sections: Mapping[str, str],
        sampling: Sampling,
        problem: str = "",
        advice: str = "",
        role: str = "",
    ) -> Request:
        """Fill in a page; `problem` says what was wrong with the last answer.

        `role` is whose seat it is, where a role has more than one card.
        """
        text = Template(self.pages[page]).substitute(sections).strip()
        again = _AGAIN.format(problem=problem.rstrip(".")) if problem else ""
        again += f"\n\n{advice}" if advice else ""
        return Request(
            role=role or self.role,
            template=self.template,
            messages=(
                Message("system", self.instructions),
                Message("user", text + again),
            ),
            sampling=sampling,
        )


@cache
def card(role: str) -> Card:
    """Read the card of a role."""
    text = _text(role)
    template, _, rest = text.partition("\n")
    instructions, *pages = _PAGE.split(rest)
    return Card(
        template=template,
        instructions=Template(instructions)
        .substitute(guide=_text("guest-api"))
        .strip(),
        pages=dict(zip(pages[::2], pages[1::2], strict=True)),
    )


def _text(name: str) -> str:
    folder = files("plugwright_forge").joinpath("cards")
    return folder.joinpath(f"{name}.md").read_text(encoding="utf-8").strip()
