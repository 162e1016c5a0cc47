"""What the forge tells whoever watches it work."""

from __future__ import annotations

from typing import Protocol

from plugwright.judging import TestResult


class Watcher(Protocol):
    """Somebody who looks on; nothing of the forge depends on it."""

    def phase(self, name: str) -> None:
        """A part of the work begins."""

    def working(self, role: str, about: str) -> None:
        """A role is asked for something."""

    def judging(self, subject: str) -> None:
        """A plugin stands before the judge."""

    def result(self, subject: str, result: TestResult) -> None:
        """One test of it has ended."""

    def iteration(self, number: int, met: int, requirements: int) -> None:
        """A round is over; so many requirements are met."""

    def note(self, sentence: str) -> None:
        """Something that a person may want to know."""


class Nobody:
    """Watches nothing."""

    def phase(self, name: str) -> None:
        """Let it pass."""

    def working(self, role: str, about: str) -> None:
        """Let it pass."""

    def judging(self, subject: str) -> None:
        """Let it pass."""

    def result(self, subject: str, result: TestResult) -> None:
        """Let it pass."""

    def iteration(self, number: int, met: int, requirements: int) -> None:
        """Let it pass."""

    def note(self, sentence: str) -> None:
        """Let it pass."""
