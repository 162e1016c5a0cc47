"""What the tester is asked: one call, one file, for some requirements and kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plugwright_forge.specification import Requirement, Specification
from plugwright_forge.testing.kinds import ASKED, TestKind
from plugwright_forge.testing.strategies import SCOPES, Strategy


@dataclass(frozen=True, kw_only=True)
class Task:
    """One call."""

    about: str
    """Which of several; empty where there is one."""
    requirements: tuple[Requirement, ...]
    kinds: tuple[TestKind, ...]
    needs_all: bool
    """Whether every requirement has to have a test in this file."""

    @property
    def kinds_in_words(self) -> str:
        """What these kinds are, for the prompt."""
        return "\n".join(f"- {kind}: {ASKED[kind]}" for kind in self.kinds)


def tasks(strategy: Strategy, specification: Specification) -> tuple[Task, ...]:
    """Plan the calls; no more of them than the strategy allows."""
    scope = SCOPES[strategy]
    rounds = [*_rounds(scope.rounds, specification)]
    groups = [*_groups(specification, scope.requirements, scope.calls // len(rounds))]
    planned = [(kinds, group) for kinds in rounds for group in groups]
    return tuple(
        Task(
            about="" if len(planned) == 1 else f"part-{number}",
            requirements=group,
            kinds=kinds,
            # Units are for all; not every requirement has an error or a property.
            needs_all=TestKind.UNIT in kinds,
        )
        for number, (kinds, group) in enumerate(planned, 1)
    )


def _rounds(
    rounds: Sequence[tuple[TestKind, ...]], specification: Specification
) -> Iterator[tuple[TestKind, ...]]:
    """Leave out what a plugin that needs nothing of its host cannot be tested for."""
    alone = not specification.permissions and not specification.events
    for kinds in rounds:
        kept = tuple(k for k in kinds if not (alone and k is TestKind.INTEGRATION))
        if kept:
            yield kept


def _groups(
    specification: Specification, size: int, most: int
) -> Iterator[tuple[Requirement, ...]]:
    every = specification.requirements
    size = max(size, -(-len(every) // most))
    for first in range(0, len(every), size):
        yield every[first : first + size]
