"""Expressions and what they give on every example: the same everywhere is the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

LARGEST = 10**12
LONGEST = 500
_LONGEST_KEY = 20_000
"""Values beyond these are not gone on with: numbers, characters, members."""


@dataclass(frozen=True)
class Term:
    """One expression."""

    source: str
    size: int
    values: tuple[Any, ...]
    """What it gives, in the order of the situations it was tried in."""
    kind: str
    """The type of what it gives; empty if that differs."""


def kind_of(value: Any) -> str:
    """Name a value's type, and of a list that of its members."""
    if isinstance(value, list):
        members = {kind_of(member) for member in value}
        return f"list {members.pop()}" if len(members) == 1 else "list"
    return type(value).__name__


def key_of(values: Iterable[Any]) -> str:
    """Write values so that only the same are equal: `1`, `1.0` and `True` differ."""
    return json.dumps([_plain(value) for value in values], sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return [type(value).__name__, value] if isinstance(value, bool | float) else value


class Gone(Exception):
    """An expression that fails on an example, or grows too large there."""


def computed(work: Callable[..., Any], *arguments: Sequence[Any]) -> tuple[Any, ...]:
    """Do the same with each situation's values. Raises `Gone`."""
    try:
        found = tuple(work(*values) for values in zip(*arguments, strict=True))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise Gone from error
    if any(map(_too_large, found)):
        raise Gone
    return found


def _too_large(value: Any) -> bool:
    if isinstance(value, int | float):
        return not abs(value) <= LARGEST
    return isinstance(value, str | list | dict) and len(value) > LONGEST


def _kind(values: Sequence[Any]) -> str:
    kinds = {kind_of(value) for value in values}
    if len(kinds) > 1:
        kinds.discard("list")  # an empty one is a list of anything
    return kinds.pop() if len(kinds) == 1 else ""


class Pool:
    """The expressions found so far, one of each behaviour, the smallest first."""

    def __init__(self, most: int, goal: Sequence[Any] | None = None) -> None:
        self.most = most
        self.tried = 0
        self.terms: list[Term] = []
        self.found: Term | None = None
        """The first that gives what the goal has."""
        self._goal = None if goal is None else key_of(goal)
        self._known: set[str] = set()
        self._sorted: dict[tuple[int, str], list[Term]] = {}

    @property
    def full(self) -> bool:
        """Whether enough was tried, or the goal is reached."""
        return self.tried >= self.most or self.found is not None

    def add(
        self,
        source: str,
        size: int,
        work: Callable[..., Any],
        *arguments: Sequence[Any],
    ) -> Term | None:
        """Try one more; None if it fails, or does only what another does."""
        self.tried += 1
        try:
            values = computed(work, *arguments)
        except Gone:
            return None
        key = key_of(values)
        if key in self._known or len(key) > _LONGEST_KEY:
            return None
        self._known.add(key)
        term = Term(source, size, values, _kind(values))
        self.terms.append(term)
        self._sorted.setdefault((size, term.kind), []).append(term)
        if key == self._goal:
            self.found = term
        return term

    def of_size(self, size: int, kinds: str) -> list[Term]:
        """Give those of one size, of kinds that are joined by `|`."""
        return [
            term
            for kind in dict.fromkeys(kinds.split("|"))
            for term in self._sorted.get((size, kind), ())
        ]
