"""The shape of a memory: something that keeps facts and finds them again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was kept."""

    id: str
    text: str
    about: str = ""
    """A subject that it was filed under."""
    kept: float = 0.0
    """Seconds since 1970."""
    expires: float | None = None
    """Seconds since 1970, from when on it is not found any more."""
    run: str = ""
    """The id of the run whose outcome it is; empty for any other fact."""


class Memory(Protocol):
    """What one owner keeps. Another owner's facts cannot be named from here."""

    def remember(
        self, text: str, *, about: str = "", expires: float | None = None
    ) -> str:
        """Keep a fact until it is forgotten or expires; gives its id.

        Once this returns, it survives a crash. Raises UsageError for what cannot be
        kept: no text, too much of it, an end that is not in the future.
        """

    def recall(
        self, query: str = "", *, about: str = "", limit: int = 10
    ) -> Sequence[Fact]:
        """Find facts, the best match first; without a query, the newest first.

        Any text is a query, and none is a mistake. `about` is a subject, exactly as it
        was given; what was filed under others is left out.
        """

    def forget(self, id: str) -> bool:
        """Drop a fact; tells whether it was there."""


@runtime_checkable
class RemembersRuns(Protocol):
    """A memory that also keeps what came of past runs, one summary for each.

    They are facts with a `run`, so `recall` finds them among the others.
    """

    def remember_run(
        self, run: str, summary: str, *, about: str = "", expires: float | None = None
    ) -> str:
        """Keep a run's summary, in the place of an earlier one; gives the fact's id."""

    def recall_runs(
        self, query: str = "", *, about: str = "", limit: int = 10
    ) -> Sequence[Fact]:
        """Find what came of past runs, as `recall` finds facts."""


@dataclass(frozen=True, kw_only=True)
class MemoryOffer:
    """A kind of memory that a plugin brings."""

    name: str
    """What a configuration calls it: `sqlite`."""
    summary: str
    open: Callable[[str], Memory]
    """Takes the owner, which the host knows: a plugin's name, `agent:NAME`."""
