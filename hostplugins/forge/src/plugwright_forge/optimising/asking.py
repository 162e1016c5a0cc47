"""The optimiser's question to the team, with its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugwright.providers import Sampling
from plugwright_forge.fences import python_file
from plugwright_forge.specification import Specification
from plugwright_forge.team import Assignment, Team, Unusable
from plugwright_forge.wording import specification_in_words

LONGEST_CODE = 8192
ROLE = "optimiser"


def asking(
    team: Team, specification: Specification, role: str = ROLE
) -> Callable[[str, Mapping[str, str]], str | None]:
    """Give what asks for a faster version; None comes if no usable answer does.

    `role` is whose seat it is; the card is the optimiser's.
    """

    def ask(about: str, sections: Mapping[str, str]) -> str | None:
        assignment = Assignment(
            role=role,
            card=ROLE,
            sections={
                "specification": specification_in_words(specification),
                **sections,
            },
            sampling=Sampling(temperature=0.2, seed=1, max_tokens=LONGEST_CODE),
            about=about,
        )
        try:
            return team.ask(assignment, lambda reply: python_file(reply.text))
        except Unusable:
            return None

    return ask
