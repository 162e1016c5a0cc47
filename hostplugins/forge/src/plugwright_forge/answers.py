"""Questions of the interview, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Level(StrEnum):
    """How much hangs on a question."""

    ESSENTIAL = "essential"
    IMPORTANT = "important"
    NICE = "nice-to-have"


class Source(StrEnum):
    """Who answered."""

    PERSON = "person"
    FILE = "file"
    ASSUMED = "assumed"
    """Nobody: the analyst's default was taken."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing that the request leaves open."""

    question: str
    level: Level
    implication: str
    """What depends on it."""
    default: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A question and what to go by."""

    question: str
    text: str
    source: Source


class Answers(Protocol):
    """Whoever can be asked in words."""

    def answer(self, number: int, question: Question) -> str | None:
        """Answer in words; None means that nobody is there."""
