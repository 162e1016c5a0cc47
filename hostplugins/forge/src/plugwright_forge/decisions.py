"""What the analyst and the integration specialist decide, read with suspicion."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from plugwright_forge.answers import Level, Question
from plugwright_forge.edge import (
    Decision,
    Line,
    Paragraph,
    Sentence,
    all_different,
    decided,
)
from plugwright_forge.specification import Wish
from plugwright_forge.specification.reading import (
    WishShape,
    wishes,
)
from plugwright_forge.specification.reading import specification as specification

MOST_QUESTIONS = 7


class _Question(Decision):
    question: Line
    level: Level
    implication: Paragraph
    default: Line


class _Questions(Decision):
    questions: Annotated[tuple[_Question, ...], Field(max_length=MOST_QUESTIONS)]


class _Review(Decision):
    permissions: tuple[WishShape, ...]
    unsure: tuple[Sentence, ...] = ()
    verdict: Annotated[str, StringConstraints(pattern=r"^(fits|does not fit)$")]
    why: Paragraph


def questions(text: str) -> tuple[Question, ...]:
    """Read what the analyst wants to know."""
    asked = decided(_Questions, text).questions
    all_different("question", [each.question for each in asked])
    return tuple(Question(**dict(each)) for each in asked)


def review(text: str) -> tuple[tuple[Wish, ...], tuple[str, ...]]:
    """Read the integration specialist's permissions, and what is unsure."""
    found = decided(_Review, text)
    unsure = tuple(found.unsure)
    if found.verdict != "fits":
        unsure += (
            f"The integration specialist says that it does not fit: {found.why}",
        )
    return wishes(found.permissions), unsure
